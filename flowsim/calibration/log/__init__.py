"""Event logs: one row a visit, read along a drawing of the pathway -> a scenario that runs, and what was assumed.

The way of a log: `sources` (files, databases) -> `reading` (our columns, rows left out) -> `visits` (attempts, who
came next) -> `findings`, `flows`, `capacity` (parameters with intervals) -> `calibrating` (the scenario).
"""

from flowsim.calibration.log.calibrating import LogCalibration, calibrate_log
from flowsim.calibration.log.parameter import Parameter
from flowsim.calibration.log.reading import Events, is_log, read_events

__all__ = ["Events", "LogCalibration", "Parameter", "calibrate_log", "is_log", "read_events"]
