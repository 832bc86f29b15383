"""Chance: every random number of flowsim, a function of its keys and nothing else.

Counter-based uniforms by named stream (`streams`); what a law in the scenario means and how one uniform becomes one
value of it (`laws`, `shapes`); whole numbers such as arrivals a week (`counts`); a week's luck of capacity (`weeks`).
Nothing is drawn in sequence, so nothing added to a scenario moves anybody else's luck.
"""

from flowsim.chance.counts import counts, negative_binomial_cdf, poisson_cdf
from flowsim.chance.laws import LAWS, cdf, mean, quantile, quantile_exceeding, sd, survival, to_seconds
from flowsim.chance.shapes import weibull_power
from flowsim.chance.streams import bits, patient_keys, stream_key, uniform
from flowsim.chance.weeks import loadings, stationary, week_number, weekly_luck, weekly_normals, weekly_uniforms

__all__ = [
    "LAWS",
    "bits",
    "cdf",
    "counts",
    "loadings",
    "mean",
    "negative_binomial_cdf",
    "patient_keys",
    "poisson_cdf",
    "quantile",
    "quantile_exceeding",
    "sd",
    "stationary",
    "stream_key",
    "survival",
    "to_seconds",
    "uniform",
    "week_number",
    "weekly_luck",
    "weekly_normals",
    "weekly_uniforms",
    "weibull_power",
]
