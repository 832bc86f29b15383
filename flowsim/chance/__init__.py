"""Chance: every random number of flowsim, a function of its keys and nothing else.

Counter-based uniforms by named stream (`streams`); what a law in the scenario means and how one uniform becomes one
value of it (`laws`, `shapes`); whole numbers such as arrivals a week (`counts`); a week's luck of capacity (`weeks`).
Nothing is drawn in sequence, so nothing added to a scenario moves anybody else's luck.
"""

from flowsim.chance.counts import CountTable, counts, negative_binomial_cdf, poisson_cdf
from flowsim.chance.laws import LAWS, cdf, mean, quantile, quantile_exceeding, sd, survival, to_seconds
from flowsim.chance.shapes import weibull_power
from flowsim.chance.streams import bits, indexed_keys, patient_keys, starts, stream_key, uniform, week_keys
from flowsim.chance.weeks import loadings, stationary, week_number, weekly_luck, weekly_normals, weekly_uniforms

__all__ = [
    "LAWS",
    "CountTable",
    "bits",
    "cdf",
    "counts",
    "indexed_keys",
    "loadings",
    "mean",
    "negative_binomial_cdf",
    "patient_keys",
    "poisson_cdf",
    "quantile",
    "quantile_exceeding",
    "sd",
    "starts",
    "stationary",
    "stream_key",
    "survival",
    "to_seconds",
    "uniform",
    "week_keys",
    "week_number",
    "weekly_luck",
    "weekly_normals",
    "weekly_uniforms",
    "weibull_power",
]
