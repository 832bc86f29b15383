"""Any measure over replications and against a baseline: mean with interval, paired differences, bands, ratios, steps.

Frames come as `measures` and `costs` make them: scenario, replication, columns that tell rows apart (`by`), a value.
Left out, `value` is the frame's last column and `by` all columns between `replication` and it. Scenarios share their
luck replication by replication, so a difference is always taken within each replication first. Intervals are Student's
t over replications. `fill` is the value of rows a replication does not list (0 for counts that are listed only where
they happened); without it such replications are left out of the row's n. A value that is NaN (a wait nobody had) is
left out too.
"""

from flowsim.comparison.intervals import band, interval, needed_replications
from flowsim.comparison.pairs import compared, paired, step_table
from flowsim.comparison.ratios import paired_ratio, ratio, ratio_of_differences

__all__ = [
    "band",
    "compared",
    "interval",
    "needed_replications",
    "paired",
    "paired_ratio",
    "ratio",
    "ratio_of_differences",
    "step_table",
]
