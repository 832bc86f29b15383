"""Calibration: a clinic's own weekly history -> capacity's level, season and luck, and how well they fit.

The way of a history: `table` (a file's rows) -> `history` (our columns) -> `series` (the weeks to use) ->
`mean_model` (what was expected) -> `residuals`, `choice` (what chance added) -> `luck` -> `result` (the YAML).
First version: no breaks, no back-test, no event log yet.
"""

from flowsim.calibration.calibrate import calibrate
from flowsim.calibration.history import read_weekly
from flowsim.calibration.luck import cv_at
from flowsim.calibration.production_plan import production_plan
from flowsim.calibration.result import Calibration, ResourceCalibration, load
from flowsim.calibration.series import Exclusion, exclusion

__all__ = [
    "Calibration",
    "Exclusion",
    "ResourceCalibration",
    "calibrate",
    "cv_at",
    "exclusion",
    "load",
    "production_plan",
    "read_weekly",
]
