"""Streams, laws, counts and weekly luck: uniform, independent, exact, and functions of their keys only."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats

from flowsim import chance

N = 100_000
KEYS = np.arange(N)
LAWS = [
    {"law": "fixed", "value": 3},
    {"law": "exponential", "mean": 3},
    {"law": "lognormal", "mean": 3, "sd": 2},
    {"law": "gamma", "mean": 3, "cv": 0.5},
    {"law": "weibull", "mean": 3, "cv": 0.5},
    {"law": "normal", "mean": 1, "sd": 0.7},
    {"law": "uniform", "low": 1, "high": 2},
    {"law": "triangular", "low": 1, "mode": 1, "high": 3},
    {"law": "triangular", "low": 1, "mode": 2, "high": 4},
    {"law": "erlang", "mean": 3, "k": 4},
    {"law": "list", "values": {1: 0.2, 5: 0.8}},
    {"law": "empirical", "values": list(range(20))},
    {"law": "histogram", "bins": [{"to": 1, "share": 0.2}, {"to": 4, "share": 0.8}]},
    {
        "law": "mixture",
        "parts": [{"share": 0.3, "law": "fixed", "value": 2}, {"share": 0.7, "law": "exponential", "mean": 5}],
    },
]
SMOOTH = {"exponential", "lognormal", "gamma", "weibull", "uniform", "triangular", "erlang", "histogram"}


def chi_square_p(u: np.ndarray, cells: int = 256) -> float:
    """p-value of uniformity over equal cells."""
    seen = np.bincount((u * cells).astype(int), minlength=cells)
    return float(stats.chi2.sf(((seen - len(u) / cells) ** 2).sum() * cells / len(u), cells - 1))


def test_never_0_or_1_and_always_the_same() -> None:
    u = chance.uniform(1, 0, "a", KEYS)
    assert u.min() > 0
    assert u.max() < 1
    assert np.array_equal(u, chance.uniform(1, 0, "a", KEYS))
    assert chance.uniform(1, 0, "a", 7)[0] == u[7]
    extreme = (np.array([0, 2**52 - 1], dtype=float) + 0.5) * 2.0**-52
    assert extreme[0] > 0
    assert extreme[1] < 1


def test_values_are_the_same_on_every_machine() -> None:
    assert chance.stream_key("duration:surgery") == 0x806A9665330BD9FE
    assert chance.uniform(1, 2, "duration", [3], 4, 5)[0] == 0.2030223969524917


@pytest.mark.parametrize("seed", range(5))
def test_uniform_over_neighbouring_keys_numbers_and_replications(seed: int) -> None:
    one = np.array([42])
    for u in (
        chance.uniform(seed, 0, "a", KEYS),
        chance.uniform(seed, 3, "b", KEYS * 2**32, 1),
        chance.uniform(seed, 0, "a", one, np.arange(N)),
        np.concatenate([chance.uniform(seed, r, "a", one) for r in range(5000)]),
        np.concatenate([chance.uniform(s + seed, 0, "a", one) for s in range(5000)]),
    ):
        assert chi_square_p(u, 64) > 1e-4
        assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4 / np.sqrt(len(u))


@pytest.mark.parametrize("seed", range(5))
def test_pairs_fill_the_square(seed: int) -> None:
    base = chance.uniform(seed, 0, "a", KEYS)
    others = [
        chance.uniform(seed, 1, "a", KEYS),
        chance.uniform(seed + 1, 0, "a", KEYS),
        chance.uniform(seed, 0, "b", KEYS),
        chance.uniform(seed, 0, "a", KEYS + 1),
        chance.uniform(seed, 0, "a", KEYS, 0),
        chance.uniform(seed, 0, "a", KEYS, 1),
    ]
    for other in others:
        cell = (base * 32).astype(int) * 32 + (other * 32).astype(int)
        assert chi_square_p((cell + 0.5) / 1024, 1024) > 1e-4


def test_one_changed_bit_changes_half_of_all_bits() -> None:
    base = chance.bits(1, 0, "a", KEYS[:2000])
    for bit in range(0, 64, 7):
        changed = chance.bits(1, 0, "a", KEYS[:2000].astype(np.uint64) ^ np.uint64(1 << bit))
        share = np.unpackbits((base ^ changed).view(np.uint8)).mean()
        assert abs(share - 0.5) < 0.01


def test_order_of_numbers_matters_and_fractions_are_refused() -> None:
    assert chance.uniform(1, 0, "a", [1], 2, 3)[0] != chance.uniform(1, 0, "a", [1], 3, 2)[0]
    with pytest.raises(TypeError, match="whole numbers"):
        chance.uniform(1, 0, "a", [1.5])


def test_patient_keys_differ_by_every_part_and_do_not_move() -> None:
    weeks = np.repeat(np.arange(1, 53), 100)
    index = np.tile(np.arange(100), 52)
    keys = chance.patient_keys("hip", "arrivals", 2027, weeks, index)
    others = [
        chance.patient_keys("knee", "arrivals", 2027, weeks, index),
        chance.patient_keys("hip", "queue", 2027, weeks, index),
        chance.patient_keys("hip", "arrivals", 2028, weeks, index),
    ]
    assert len(np.unique(np.concatenate([keys, *others]))) == 4 * len(keys)
    assert np.array_equal(keys[:50], chance.patient_keys("hip", "arrivals", 2027, 1, np.arange(50)))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law["law"])
def test_quantile_has_the_declared_moments(law: dict) -> None:
    u = (np.arange(N) + 0.5) / N
    x = chance.quantile(law, u)
    assert x.min() >= 0
    assert x.mean() == pytest.approx(chance.mean(law), rel=1e-4)
    assert x.std() == pytest.approx(chance.sd(law), rel=1e-3, abs=1e-12)
    if law["law"] != "mixture":
        assert np.all(np.diff(x) >= 0)
    if law["law"] in SMOOTH:
        assert np.abs(chance.cdf(law, x) - u).max() < 1e-12


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law["law"])
def test_quantile_exceeding_is_the_law_given_that_it_exceeds(law: dict) -> None:
    u = (np.arange(N) + 0.5) / N
    x, age = chance.quantile(law, u), 1.1 * chance.mean(law)
    later = chance.quantile_exceeding(law, u, age)
    assert later.min() >= age
    if (x > age).any():
        assert later.mean() == pytest.approx(x[x > age].mean(), rel=1e-3)
    assert np.array_equal(chance.quantile_exceeding(law, u, -1.0), x) or law["law"] == "mixture"


def test_moments_against_scipy_stats() -> None:
    u = np.array([0.01, 0.5, 0.99])
    weibull = chance.weibull_power(0.5)
    assert stats.weibull_min(weibull).std() / stats.weibull_min(weibull).mean() == pytest.approx(0.5)
    assert chance.quantile({"law": "gamma", "mean": 4, "sd": 2}, u) == pytest.approx(stats.gamma(4, scale=1).ppf(u))
    sigma = np.sqrt(np.log1p(0.25))
    lognormal = stats.lognorm(sigma, scale=4 * np.exp(-(sigma**2) / 2)).ppf(u)
    assert chance.quantile({"law": "lognormal", "mean": 4, "cv": 0.5}, u) == pytest.approx(lognormal)


def test_no_spread_is_the_mean_and_an_unknown_law_is_refused() -> None:
    assert chance.quantile({"law": "lognormal", "mean": 4, "cv": 0}, [0.1, 0.9]).tolist() == [4, 4]
    with pytest.raises(ValueError, match="there is no law 'beta'; there are fixed"):
        chance.mean({"law": "beta"})


def test_a_change_of_one_part_moves_nobody_in_another() -> None:
    def mixed(mean: float) -> dict:
        parts = [{"share": 0.4, "law": "exponential", "mean": 2}, {"share": 0.6, "law": "exponential", "mean": mean}]
        return {"law": "mixture", "parts": parts}

    u = chance.uniform(1, 0, "a", KEYS)
    before, after = chance.quantile(mixed(5), u), chance.quantile(mixed(9), u)
    assert np.array_equal(before[u < 0.4], after[u < 0.4])


def test_whole_seconds() -> None:
    assert chance.to_seconds([0.2, 1.5, 2.4, 1e12]).tolist() == [1, 2, 2, 2**31 - 1]
    assert chance.to_seconds([0.0], zero=True).tolist() == [0]


@pytest.mark.parametrize("ratio", [1.0, 1.3, 23.28])
@pytest.mark.parametrize("mean", [0.05, 1.0, 28.2, 400.0])
def test_counts_are_exact_and_rise_with_the_mean(mean: float, ratio: float) -> None:
    u = np.concatenate([chance.uniform(1, 0, "n", np.arange(3000)), [2.0**-53, 1 - 2.0**-53]])
    k = chance.counts(u, mean, ratio)
    law = stats.poisson(mean) if ratio == 1 else stats.nbinom(mean / (ratio - 1), 1 / ratio)
    assert np.array_equal(k[:-2], law.ppf(u[:-2]).astype(int))
    assert np.all(chance.counts(u, mean * 1.05, ratio) >= k)
    assert np.all((law.cdf(k) >= u) & (law.cdf(k - 1) < u))


def test_counts_refuse_less_than_poisson_and_give_0_for_0() -> None:
    assert chance.counts([0.3, 0.999], [0.0, 0.0]).tolist() == [0, 0]
    with pytest.raises(ValueError, match="variance-to-mean"):
        chance.counts([0.5], 1.0, 0.9)


def test_weeks_are_numbered_from_a_monday() -> None:
    sunday, monday = date(2027, 1, 3), date(2027, 1, 4)
    assert chance.week_number(monday) == chance.week_number(sunday) + 1
    assert chance.week_number(date(1, 1, 7)) == 0


@pytest.mark.parametrize("law", ["lognormal", "gamma", "normal", "weibull"])
@pytest.mark.parametrize("rho", [0.0, 0.25, 0.8])
def test_luck_has_mean_1_its_cv_and_its_autocorrelation(law: str, rho: float) -> None:
    spec, weeks = {"law": law, "cv": 0.28, "lag1": rho}, np.arange(2000)
    luck = np.concatenate([chance.weekly_luck(spec, 1, r, "theatre", weeks) for r in range(20)])
    z = chance.weekly_normals(1, 0, "theatre", np.arange(40_000), rho)
    widened = np.sqrt((1 + rho) / (1 - rho) / len(luck))
    assert abs(luck.mean() - 1) < 4 * 0.28 * widened
    assert luck.std() == pytest.approx(0.28, rel=0.06)
    assert z.std() == pytest.approx(1, abs=0.03)
    for lag in (1, 2):
        assert np.corrcoef(z[:-lag], z[lag:])[0, 1] == pytest.approx(rho**lag, abs=0.03)


def test_luck_is_the_documented_sum() -> None:
    e = stats.norm.ppf(chance.uniform(3, 1, "luck:ward", np.arange(90, 101)))
    c = np.sqrt((1 - 0.25**2) / (1 - 0.25**22))
    z = c * sum(0.25**j * e[10 - j] for j in range(11))
    assert chance.weekly_normals(3, 1, "ward", [100], 0.25)[0] == pytest.approx(z, rel=1e-12)
    assert chance.weekly_normals(3, 1, "ward", [100], -0.3)[0] == pytest.approx(e[10])


@pytest.mark.parametrize(
    "spec",
    [
        {"law": "lognormal", "cv": 0.28, "lag1": 0.8},
        {"law": "bootstrap", "values": np.linspace(0.5, 1.5, 42), "block_weeks": 4},
        {
            "law": "classes",
            "classes": {"low": {"share": 0.6, "factor": 0.7}, "high": {"share": 0.4, "factor": 1.45}},
            "transition": {"low": {"low": 0.95, "high": 0.05}, "high": {"low": 0.1, "high": 0.9}},
        },
    ],
)
def test_a_longer_horizon_or_a_warm_up_moves_no_week(spec: dict) -> None:
    start = chance.week_number(date(2027, 1, 4))
    short = chance.weekly_luck(spec, 1, 0, "clinic", np.arange(start, start + 104))
    longer = chance.weekly_luck(spec, 1, 0, "clinic", np.arange(start - 52, start + 260))
    assert np.array_equal(short, longer[52:156])
    assert not np.array_equal(short, chance.weekly_luck(spec, 1, 1, "clinic", np.arange(start, start + 104)))


def test_blocks_keep_the_order_of_history_and_go_round() -> None:
    spec = {"law": "bootstrap", "values": np.arange(42) / 20.5, "block_weeks": 4}
    luck = np.rint(chance.weekly_luck(spec, 1, 0, "clinic", np.arange(4000)) * 20.5).astype(int).reshape(-1, 4)
    assert np.all((luck[:, 1:] - luck[:, :-1]) % 42 == 1)
    assert len(np.unique(luck[:, 0])) == 42
    assert luck[:, 0].mean() == pytest.approx(20.5, abs=1.5)


def test_classes_follow_their_transition() -> None:
    rows = {"low": {"low": 0.8, "high": 0.2}, "high": {"low": 0.3, "high": 0.7}}
    classes = {"low": {"share": 0.6, "factor": 0.5}, "high": {"share": 0.4, "factor": 1.75}}
    chained = {"law": "classes", "classes": classes, "transition": rows}
    high = chance.weekly_luck(chained, 1, 0, "clinic", np.arange(20_000)) > 1
    assert chance.stationary([[0.8, 0.2], [0.3, 0.7]]) == pytest.approx([0.6, 0.4])
    assert high.mean() == pytest.approx(0.4, abs=0.02)
    assert high[1:][high[:-1]].mean() == pytest.approx(0.7, abs=0.02)
    free = chance.weekly_luck({"law": "classes", "classes": classes}, 1, 0, "clinic", np.arange(20_000)) > 1
    assert free[1:][free[:-1]].mean() == pytest.approx(0.4, abs=0.02)


def test_levelled_keeps_the_mean_and_lowest_raises_it() -> None:
    weeks, spec = np.arange(5000), {"law": "lognormal", "cv": 0.48}
    luck = chance.weekly_luck(spec, 1, 0, "clinic", weeks)
    level = chance.weekly_luck({**spec, "level_out": 0.5}, 1, 0, "clinic", weeks)
    assert level == pytest.approx(1 + 0.5 * (luck - 1))
    assert np.array_equal(chance.weekly_luck({**spec, "lowest": 0.8}, 1, 0, "clinic", weeks), np.maximum(luck, 0.8))
    assert np.array_equal(chance.weekly_luck(None, 1, 0, "clinic", weeks), np.ones(5000))


def test_shared_luck_is_correlated_and_a_resource_added_last_moves_no_other() -> None:
    weeks = np.arange(20_000)
    two = chance.loadings(["theatre", "ward"], [[1, 0.6], [0.6, 1]])
    three = chance.loadings(["theatre", "ward", "xray"], [[1, 0.6, 0.1], [0.6, 1, 0.2], [0.1, 0.2, 1]])
    z = {name: chance.weekly_normals(1, 0, name, weeks, 0.3, row) for name, row in three.items()}
    assert np.corrcoef(z["theatre"], z["ward"])[0, 1] == pytest.approx(0.6, abs=0.03)
    for name in two:
        assert np.allclose(z[name], chance.weekly_normals(1, 0, name, weeks, 0.3, two[name]))
    assert np.array_equal(z["theatre"], chance.weekly_normals(1, 0, "theatre", weeks, 0.3))
    with pytest.raises(ValueError, match="contradict"):
        chance.loadings(["a", "b", "c"], [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])


def test_changing_the_cv_keeps_the_ranks() -> None:
    narrow, wide = (chance.weekly_luck({"law": "gamma", "cv": cv}, 1, 0, "ward", np.arange(200)) for cv in (0.1, 0.5))
    assert np.array_equal(np.argsort(narrow), np.argsort(wide))
