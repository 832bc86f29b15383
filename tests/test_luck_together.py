"""Luck that goes together: what a calibration found of two resources drives the capacity that is simulated."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from histories import DOCTORS
from scipy.stats import norm, rankdata

from flowsim import calibration, chance, plan, scenario
from flowsim.errors import InputError

CLINIC = """scenario: clinic
title: A clinic
horizon: {start: 2027-01-04, weeks: 520}
groups: {all: {share: 1}}
arrivals: {r: {step: visit, per_week: 5}}
resources:
  clinic: {kind: slots, slots_per_week: 400, luck: LUCK_A}
  doctors: {kind: staff, servers: 60, days: mon-fri, luck: LUCK_B}
  nurse: {kind: slots, slots_per_week: 400, luck: {law: lognormal, cv: 0.2}}
pathway: {visit: {needs: [clinic], then: seen}, seen: {needs: [doctors], duration: 1 h, then: nursed},
  nursed: {needs: [nurse], then: discharged}}
"""


def written(folder: Path, luck_a: str, luck_b: str, together: str = "") -> Path:
    path = folder / "scenarios" / "clinic.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(CLINIC.replace("LUCK_A", luck_a).replace("LUCK_B", luck_b) + together)
    return path


def weeks_of(path: Path, seed: int = 1) -> dict[str, np.ndarray]:
    """Each resource's capacity of each week."""
    made = plan.build(scenario.load(path))
    drawn = plan.draw(made, seed, 0)
    week = 7 * 86_400
    found = {}
    for k, one in enumerate(made.resources):
        moments, weight = drawn.slots[k][:, 0], None
        if one.kind == "staff":
            moments, weight = drawn.shifts[k][:, 0], drawn.shifts[k][:, 1] - drawn.shifts[k][:, 0]
        found[one.name] = np.bincount(moments // week, weight, minlength=520).astype(float)
    return found


def of_scores(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(*(norm.ppf((rankdata(x) - 0.5) / len(x)) for x in (a, b)))[0, 1])


@pytest.mark.parametrize("correlation", [0.6, -0.4])
def test_the_correlation_said_is_the_correlation_drawn(correlation: float, tmp_path: Path) -> None:
    a, b = "{law: lognormal, cv: 0.3, lag1: 0.5}", "{law: gamma, cv: 0.2}"
    alone = weeks_of(written(tmp_path, a, b))
    both = weeks_of(
        written(tmp_path, a, b, f"luck_together: [{{resources: [clinic, doctors], correlation: {correlation}}}]\n")
    )
    assert of_scores(both["clinic"], both["doctors"]) == pytest.approx(correlation, abs=4 * 0.8 / np.sqrt(520))
    assert abs(of_scores(alone["clinic"], alone["doctors"])) < 4 / np.sqrt(520)
    assert (both["clinic"] == alone["clinic"]).all()  # the first in the file is moved by nobody
    assert (both["nurse"] == alone["nurse"]).all()
    assert both["doctors"].mean() / alone["doctors"].mean() == pytest.approx(1, abs=4 * 0.2 * np.sqrt(2 / 520))


def test_contacts_and_hours_are_drawn_as_history_had_them(tmp_path: Path) -> None:
    (tmp_path / "calibration").mkdir()
    file = tmp_path / "calibration" / "doctors.yaml"
    start = "{calibration: ../calibration/doctors.yaml, resource: clinic"
    luck = [f"{start}{of}}}" for of in ("", ", of: hours")]
    together = "luck_together: [{calibration: ../calibration/doctors.yaml}]\n"
    found = calibration.calibrate(DOCTORS, resource="clinic", samples=19)
    found.to_yaml(file)
    weeks = weeks_of(written(tmp_path, *luck, together))
    correlation = found.resources["clinic"].hours_luck.correlation
    assert of_scores(weeks["clinic"], weeks["doctors"]) == pytest.approx(correlation, abs=4 / np.sqrt(520))
    calibration.calibrate(DOCTORS, resource="clinic", samples=19, luck="bootstrap").to_yaml(file)
    weeks = weeks_of(written(tmp_path, *luck, together))
    kept = calibration.load(file).resources["clinic"]
    pairs = set(zip(kept.luck["values"], kept.hours_luck.luck["values"], strict=True))
    drawn = zip(weeks["clinic"] / 400, weeks["doctors"] / weeks["doctors"].mean(), strict=True)
    nearest = [min(abs(a - c) + abs(b - h) for c, h in pairs) for a, b in drawn]
    assert np.quantile(nearest, 0.95) < 0.1
    calibration.calibrate(DOCTORS, resource="clinic", samples=19, luck="classes").to_yaml(file)
    weeks = weeks_of(written(tmp_path, *luck, together))
    factors = [(contacts["factor"], hours) for contacts, hours in _classes(file)]
    ratios = zip(weeks["clinic"] / 400, weeks["doctors"] / 60 / 5 / 8 / 3600, strict=True)
    assert max(min(abs(a - c) + abs(b - h) for c, h in factors) for a, b in ratios) < 0.02


def test_resources_found_to_go_together_do(tmp_path: Path) -> None:
    rows = chance.loadings(["a", "b"], [[1, 0.7], [0.7, 1]])
    weeks = np.arange(104)
    lines = ["week,resource,count"]
    for name in ("a", "b"):
        luck = chance.weekly_luck({"law": "lognormal", "cv": 0.3, "lag1": 0.0}, 3, 0, name, weeks, rows[name])
        mondays = [date(2024, 1, 1) + timedelta(weeks=int(week)) for week in weeks]
        lines += [f"{monday},{name},{200 * one:.0f}" for monday, one in zip(mondays, luck, strict=True)]
    (tmp_path / "calibration").mkdir()
    (tmp_path / "calibration" / "weeks.csv").write_text("\n".join(lines).replace("week,", "date,", 1))
    found = calibration.calibrate(tmp_path / "calibration" / "weeks.csv", whole=True, samples=19)
    found.to_yaml(tmp_path / "calibration" / "weeks.yaml")
    (pair,) = found.together
    luck_of = ["{calibration: ../calibration/weeks.yaml, resource: %s}" % name for name in ("a", "b")]  # noqa: UP031
    drawn = weeks_of(written(tmp_path, *luck_of, "luck_together: [{calibration: ../calibration/weeks.yaml}]\n"))
    assert pair.kept
    assert pair.correlation == pytest.approx(0.7, abs=0.2)
    assert of_scores(drawn["clinic"], drawn["doctors"]) == pytest.approx(pair.correlation, abs=4 * 0.5 / np.sqrt(520))


def _classes(file: Path) -> list[tuple[dict[str, float], float]]:
    kept = calibration.load(file).resources["clinic"]
    return [(one, kept.hours_luck.luck["classes"][name]["factor"]) for name, one in kept.luck["classes"].items()]


@pytest.mark.parametrize(
    ("together", "said"),
    [
        ("[{resources: [clinic, theatre], correlation: 0.5}]", 'no resource "theatre"'),
        ("[{resources: [clinic, doctors]}]", "one of correlation and same_weeks"),
        ("[{resources: [clinic], same_weeks: true}]", "two different resources"),
        ("[{resources: [clinic, doctors], correlation: 1.2}]", "between -1 and 1"),
        ("[{resources: [clinic, doctors], same_weeks: true}]", "luck of one kind"),
        ("[{resources: [doctors, nurse], correlation: 0.5}]", "not by a correlation"),
        ("[{calibration: ../calibration/none.yaml}]", "no such calibration file"),
        ("[{calibration: both.yaml}]", "nothing that goes together"),
    ],
)
def test_what_cannot_go_together_is_met_in_words(together: str, said: str, tmp_path: Path) -> None:
    past = "{law: bootstrap, values: [0.5, 1.5]}"
    path = written(tmp_path, "{law: gamma, cv: 0.2}", past, f"luck_together: {together}\n")
    (path.parent / "both.yaml").write_text("resources: {}\n")
    with pytest.raises(InputError, match=f"(?i){said}"):
        scenario.load(path)


def test_correlations_that_contradict_each_other(tmp_path: Path) -> None:
    a = "{law: gamma, cv: 0.2}"
    pairs = [("clinic, doctors", 0.9), ("clinic, nurse", 0.9), ("doctors, nurse", -0.9)]
    lines = ", ".join(f"{{resources: [{names}], correlation: {r}}}" for names, r in pairs)
    path = written(tmp_path, a, a, f"luck_together: [{lines}]\n")
    with pytest.raises(InputError, match="contradict each other"):
        plan.build(scenario.load(path))
