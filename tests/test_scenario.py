"""Scenarios: bases and changes, dates, named interventions, files, and what is checked across the whole."""

import math
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowsim import scenario, schema
from flowsim.errors import InputError
from flowsim.scenario.amounts import added, scaled
from flowsim.scenario.interventions import NAMED
from flowsim.scenario.routes import cycle_in

pytestmark = pytest.mark.usefixtures("told_in_swedish")

TODAY = (Path(__file__).parent / "faulty/bases/today.yaml").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path):
    """A folder of scenarios with a base that is right."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/today.yaml").write_text(TODAY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def changed(project):
    """Loads the base with some changes made."""

    def load(*changes, base="today.yaml", name="other"):
        text = f"scenario: {name}\ntitle: Another\nbased_on: {base}\nchange:\n" + "".join(
            f"  - {one}\n" for one in changes
        )
        path = project / f"scenarios/{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return scenario.load(path)

    return load


def refused(load, *changes):
    with pytest.raises(InputError) as caught:
        load(*changes)
    return str(caught.value)


def test_a_scenario_without_changes(project):
    path = project / "scenarios/today.yaml"
    one = scenario.load(path)
    assert (one.name, one.title, one.path, one.based_on) == ("today", "A small clinic", str(path), ())
    assert [day for day, _ in one.periods] == [date(2027, 1, 4)]
    assert one.periods[0][1] is one.model
    assert one.texts == {str(path): TODAY}
    assert (one.changes, one.warnings, one.unit_costs) == ((), (), None)


def test_set_add_and_scale(changed):
    one = changed(
        "{where: resources.theatre.slots_per_week, add: 6}",
        "{where: resources.theatre.slots_per_week, scale: 1.1}",
        "{where: resources.ward.places, set: 12}",
        "{where: pathway.triage.duration, scale: 1.5}",
        "{where: pathway.follow_up.delay, add: -7 days}",
        "{where: pathway.surgery.patience.mean, scale: 0.5}",
        "{where: pathway.surgery.late_cancellation.illness.share, scale: 2}",
        "{where: pathway.follow_up.rework.share, add: 5 %}",
        "{where: queue_at_start.surgery.patients, add: 10}",
        "{where: 'queue_at_start[0].waited', scale: 2}",
        "{where: resources.theatre.level, scale: 0.9}",
        "{where: calendar.closed_weeks, set: [8]}",
        "{where: resources.theatre.luck, set: null}",
    )
    model = one.model
    assert model.resources["theatre"].slots_per_week == 19.8
    assert model.resources["ward"].places == 12
    assert model.pathway["triage"].duration.default.value == 1800
    assert model.pathway["follow_up"].delay.default.value == 5 * 604800
    assert model.pathway["surgery"].patience[0].after.default.mean == 7 * 365.25 * 86400
    assert model.pathway["surgery"].late_cancellation[0].share == 0.06
    assert model.pathway["follow_up"].rework.share == pytest.approx(0.15)
    assert model.queue_at_start[0].patients == 50
    assert model.queue_at_start[0].waited.high == 180 * 86400
    assert model.resources["theatre"].level == 0.9
    assert model.resources["theatre"].luck is None
    assert model.calendar.closed_weeks == (8,)
    first = one.changes[0]
    assert (first.where, first.old, first.new, first.by) == ("resources.theatre.slots_per_week", 12, 18, "")


def test_the_base_is_not_changed(changed, project):
    changed("{where: resources.ward.places, set: 12}")
    assert scenario.load(project / "scenarios/today.yaml").model.resources["ward"].places == 10


def test_bases_may_have_bases(changed):
    changed("{where: resources.ward.places, add: 2}", name="more")
    one = changed("{where: resources.ward.places, scale: 2}", base="more.yaml", name="most")
    assert one.model.resources["ward"].places == 24
    assert [os.path.basename(path) for path in one.based_on] == ["more.yaml", "today.yaml"]
    assert [change.new for change in one.changes] == [12, 24]
    assert sorted(os.path.basename(path) for path in one.texts) == ["more.yaml", "most.yaml", "today.yaml"]


def test_dated_changes_make_periods(changed):
    one = changed(
        "{where: resources.theatre.slots_per_week, add: 6, from: 2027-02-01, to: 2027-03-31}",
        "{where: resources.theatre.slots_per_week, scale: 2, from: 2027-03-01}",
        "{where: pathway.first_visit.then, set: {surgery: 0.6, discharged: 0.4}, to: 2027-01-31}",
    )
    assert [(day.isoformat(), m.resources["theatre"].slots_per_week) for day, m in one.periods] == [
        ("2027-01-04", 12), ("2027-02-01", 18), ("2027-03-01", 36), ("2027-04-01", 24),
    ]  # fmt: skip
    assert [m.pathway["first_visit"].then.targets("hip")[0][1] for _, m in one.periods] == [0.6, 0.55, 0.55, 0.55]
    assert (one.changes[1].old, one.changes[1].new, one.changes[1].from_) == (18, 36, date(2027, 3, 1))


def test_a_change_before_the_start_holds_from_the_beginning(changed):
    one = changed("{where: resources.ward.places, set: 7, from: 2026-06-01}")
    assert [(day, model.resources["ward"].places) for day, model in one.periods] == [(date(2027, 1, 4), 7)]


def test_resolved_says_the_same_without_a_base(changed, project):
    one = changed(
        "{where: resources.ward.places, add: 2}",
        "{where: resources.theatre.slots_per_week, add: 6, from: 2027-02-01, to: 2027-03-31}",
        "extra_operations: {resource: theatre, per_week: 6, with: {ward: 3}, from: 2027-01-18}",
    )
    (project / "scenarios/resolved.yaml").write_text(scenario.resolved(one), encoding="utf-8")
    again = scenario.load(project / "scenarios/resolved.yaml")
    assert again.periods == one.periods
    assert again.based_on == ()


def test_extra_operations_raise_what_they_need(changed):
    one = changed(
        'extra_operations: {resource: theatre, per_week: 6, days: mon-thu, hours: "17:00-21:00", from: 2027-01-18,'
        " to: 2027-06-30, not_when_season_below: 0.8, price_sek_per_unit: 24530, only: [surgery],"
        " with: {ward: {amount: 3, price_sek_per_unit: 3500}, xray: 18}}"
    )
    evening = one.model.resources["theatre"].tranches["evening"]
    assert (evening.slots_per_week, evening.hours, evening.days) == (6, (61200, 75600), (1, 1, 1, 1, 0, 0, 0))
    assert (evening.from_, evening.to) == (date(2027, 1, 18), date(2027, 6, 30))
    assert (evening.not_when_season_below, evening.price_sek_per_unit, evening.only) == (0.8, 24530, ("surgery",))
    beds = one.model.resources["ward"].tranches["evening"]
    assert (beds.places, beds.price_sek_per_unit, beds.to) == (3, 3500, date(2027, 6, 30))
    assert [(part.weeks, part.factor) for part in beds.season] == [(frozenset(range(26, 33)), 0)]
    assert one.model.resources["xray"].tranches["evening"].slots_per_week == 18
    assert {change.by for change in one.changes} == {"extra_operations"}


def test_extra_capacity(changed):
    one = changed(
        "extra_capacity: {resource: triage_nurse, servers: 2, name: agency, price_sek_per_unit: 900}",
        "extra_capacity: {resource: ward, places: 2}",
    )
    assert one.model.resources["triage_nurse"].tranches["agency"].servers == 2
    assert one.model.resources["triage_nurse"].tranches["agency"].hours == (28800, 57600)
    assert one.model.resources["ward"].tranches["extra"].places == 2
    assert "say how much more with places" in refused(changed, "extra_capacity: {resource: ward, per_week: 2}")


def test_shorter_stay(changed):
    one = changed("shorter_stay: {step: surgery, days: 1}")
    assert one.model.pathway["surgery"].stay.nights.default.values == {0: 0.6, 1: 0.3, 3: 0.1}
    one = changed("shorter_stay: {step: surgery, nights: {0: 0.5, 1: 0.5}, from: 2027-03-01}")
    assert [m.pathway["surgery"].stay.nights.default.values[0] for _, m in one.periods] == [0.1, 0.5]
    assert "has no stay to shorten" in refused(changed, "shorter_stay: {step: film, days: 1}")


def test_fewer_no_shows_cancellations_and_rework(changed):
    less = "less_rework: {share: 0.3, steps: [follow_up]}"
    one = changed("fewer_no_shows: {share: 0.5}", "fewer_cancellations: {share: 50 %}", less)
    pathway = one.model.pathway
    assert pathway["first_visit"].no_show.share == 0.02
    assert [one.share for one in pathway["surgery"].late_cancellation] == [0.015, 0.005]
    assert pathway["follow_up"].rework.share == pytest.approx(0.07)
    assert "no step meant here has no_show" in refused(changed, "fewer_no_shows: {share: 0.5, steps: [film]}").lower()


def test_levelled_and_raised_lowest(changed):
    one = changed("levelled: {resources: [theatre], variance: 0.5}", "raised_lowest: {resource: theatre, lowest: 0.8}")
    luck = one.model.resources["theatre"].luck
    assert luck.level_out == pytest.approx(math.sqrt(0.5))
    assert (luck.lowest, luck.cv) == (0.8, 0.28)
    twice = changed("levelled: {resource: theatre, variance: 0.5}", "levelled: {resource: theatre, variance: 0.5}")
    assert twice.model.resources["theatre"].luck.level_out == pytest.approx(0.5)


def test_linked_pull_and_right_competence(changed):
    one = changed(
        "linked: {step: follow_up}",
        "pull: {step: first_visit, watch: surgery, below: 50}",
        "right_competence: {step: follow_up, from: clinic, to: xray}",
    )
    assert (one.model.pathway["follow_up"].linked, one.model.pathway["follow_up"].delay) == (True, None)
    assert one.model.pathway["first_visit"].pull.below == 50
    assert one.model.pathway["follow_up"].needs == (("xray", 1),)
    text = refused(changed, "right_competence: {step: follow_up, from: clinics, to: xray}")
    assert 'does not need clinics. It needs: clinic. Did you mean "clinic"?' in text


def test_parallel(changed):
    one = changed(
        "{where: pathway.lab, set: {delay: 1 day, then: first_visit}}",
        "{where: pathway.film.then, set: lab}",
        "parallel: {steps: [film, lab], join: first_visit}",
    )
    pathway = one.model.pathway
    assert (pathway["film_and_lab"].then.branches, pathway["film_and_lab"].then.join) == (
        ("film", "lab"),
        "first_visit",
    )
    assert dict(pathway["triage"].then.targets("hip")) == {"film_and_lab": 0.6, "first_visit": 0.3, "discharged": 0.1}
    assert pathway["film"].then.targets("hip") == (("first_visit", 1.0),)


def test_treat_elsewhere(changed):
    said = "at: surgery, share: 0.3, groups: [hip], price_sek: 65000, lead_time: 6 weeks, then: follow_up"
    terms = changed(f"treat_elsewhere: {{{said}}}").model.pathway["surgery"].elsewhere
    assert (terms.share, terms.groups, terms.price_sek, terms.then) == (0.3, ("hip",), 65000, "follow_up")
    one = changed(f"treat_elsewhere: {{{said}, from: 2027-03-01, to: 2027-04-30}}")
    assert [model.pathway["surgery"].elsewhere.share for _, model in one.periods] == [0, 0.3, 0]


def test_every_intervention_is_explained():
    assert len(NAMED) == 15
    assert all(one.__doc__ and all(f.description for f in one.model_fields.values()) for one in NAMED.values())


def test_faults_of_all_changes_come_at_once(changed):
    wrong = ("{where: resources.theater.level, set: 1}", "{where: pathway.fim.needs, set: [xray]}", "pul: {step: a}")
    text = refused(changed, *wrong)
    assert 'line 7: change[2] = {pul: {step: "a"}}' in text
    assert text.count("other.yaml, line") == 3
    text = refused(changed, "{where: resources.theater.level, set: 1}", "levelled: {resource: clinic, variance: 0}")
    assert text.count("other.yaml, line") == 2


def test_a_faulty_base_is_reported_at_its_own_line(changed, project):
    (project / "scenarios/today.yaml").write_text(TODAY.replace("places: 10", "places: ten"), encoding="utf-8")
    text = refused(changed, "extra_operations: {resource: theatre, per_week: 2}")
    assert 'today.yaml, line 26: resources.ward.places = "ten"' in text
    (project / "scenarios/today.yaml").write_text(TODAY.replace("season: [", "season: 3 #"), encoding="utf-8")
    text = refused(changed, "extra_operations: {resource: theatre, per_week: 2, not_when_season_below: 0.5}")
    assert "resources.theatre.season = 3" in text


def test_files_lie_inside_the_project(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text("source: secret\n", encoding="utf-8")
    (project / "calibration").mkdir()
    (project / "calibration/kpp.yaml").write_text("source: ledger\n", encoding="utf-8")
    (project / "calibration/link.yaml").symlink_to(outside / "secret.yaml")
    path = project / "scenarios/costed.yaml"
    for typed, words in {
        "../calibration/link.yaml": "Leads out of the project's folder",
        f"../../{outside.name}/secret.yaml": "Leads out of the project's folder",
        str(outside / "secret.yaml"): "Must be a path relative to this file",
        "../calibration": "This is a folder",
    }.items():
        path.write_text(TODAY + f"unit_costs: {typed}\n", encoding="utf-8")
        with pytest.raises(InputError, match=words):
            scenario.load(path)
    path.write_text(TODAY + "unit_costs: ../calibration/kpp.yaml\n", encoding="utf-8")
    one = scenario.load(path)
    assert one.unit_costs == str(project / "calibration/kpp.yaml")
    assert one.texts[one.unit_costs] == "source: ledger\n"
    assert "unit_costs: ../calibration/kpp.yaml" in scenario.resolved(one)


def test_paths_are_relative_to_the_file_that_says_them(project, changed):
    (project / "calibration").mkdir()
    (project / "calibration/kpp.yaml").write_text("source: ledger\n", encoding="utf-8")
    one = changed("{where: unit_costs, set: ../calibration/kpp.yaml}")
    assert one.unit_costs == str(project / "calibration/kpp.yaml")
    (project / "scenarios/more").mkdir()
    said = "{where: unit_costs, set: ../../calibration/kpp.yaml}"
    text = f"scenario: deeper\ntitle: Deeper\nbased_on: ../today.yaml\nchange:\n  - {said}\n"
    (project / "scenarios/more/deeper.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="Leads out of the project's folder"):
        scenario.load(project / "scenarios/more/deeper.yaml")


def test_calibrated_luck_is_read_from_its_file(project):
    fitted = "resources:\n  theatre: {luck: {law: bootstrap, values: [0.9, 1.1], block_weeks: 2}}\n"
    (project / "scenarios/fitted.yaml").write_text(fitted, encoding="utf-8")
    said = "luck: {calibration: fitted.yaml, resource: theatre, level_out: 0.5}"
    path = project / "scenarios/fits.yaml"
    path.write_text(TODAY.replace("luck: {law: lognormal, cv: 0.28, lag1: 0.25}", said), encoding="utf-8")
    one = scenario.load(path)
    luck = one.model.resources["theatre"].luck
    assert (luck.law, luck.values, luck.block_weeks, luck.level_out) == ("bootstrap", (0.9, 1.1), 2, 0.5)
    assert len(one.texts) == 2
    (project / "scenarios/fitted.yaml").write_text(fitted.replace("[0.9", "[-0.9"), encoding="utf-8")
    with pytest.raises(InputError, match="Must be 0 or more"):
        scenario.load(path)


def test_a_timetable_covers_the_horizon_or_repeats(project):
    (project / "scenarios/week.csv").write_text("date,group,count\n2027-01-04,hip,3\n", encoding="utf-8")
    path = project / "scenarios/table.yaml"
    said = TODAY.replace('per_week: 20, days: mon-fri, hours: "08:00-16:00"', "timetable: week.csv")
    path.write_text(said, encoding="utf-8")
    with pytest.raises(InputError, match="before the horizon's last day 2027-07-04"):
        scenario.load(path)
    path.write_text(said.replace("week.csv", "week.csv, repeats: true"), encoding="utf-8")
    assert scenario.load(path).model.arrivals["referrals"].timetable == str(project / "scenarios/week.csv")


def test_what_is_doubtful_is_a_warning(changed):
    one = changed("{where: pathway.film.then, set: discharged}", "{where: pathway.triage.then, set: film}",
                  "{where: queue_at_start, set: []}")  # fmt: skip
    words = "\n".join(one.warnings)
    assert "pathway.surgery: No patient ever comes to this step." in words
    one = changed("{where: pathway.surgery.decision, set: false}")
    assert "no step says decision: true" in "\n".join(one.warnings).lower()


def test_amounts_keep_their_units():
    assert scaled("40 min", 0.75) == "30 min"
    assert scaled("30 %", 0.5) == 0.15
    assert added("6 weeks", "7 days") == "7 weeks"
    assert added(0, "3 days") == "3 days"
    assert added(0.1, 0.2) == 0.3
    assert scaled({"law": "normal", "mean": "2 h", "sd": "30 min"}, 2) == {
        "law": "normal",
        "mean": "4 h",
        "sd": "60 min",
    }
    assert added({"law": "normal", "mean": "2 h", "sd": "30 min"}, "1 h") == {
        "law": "normal",
        "mean": "3 h",
        "sd": "30 min",
    }
    assert scaled({"law": "histogram", "bins": [{"to": "30 days", "share": 1}]}, 2)["bins"] == [
        {"to": "60 days", "share": 1}
    ]
    assert scaled({"by_group": {"hip": "1 h", "default": {"law": "list", "values": {"1 h": 1}}}}, 2) == {
        "by_group": {"hip": "2 h", "default": {"law": "list", "values": {"2 h": 1}}}
    }
    assert scaled({"fri": 8}, 0.5, "by_weekday") == {"fri": 4}
    for wrong in (lambda: scaled({"0": 0.5, "1": 0.5}, 2), lambda: scaled("no", 2), lambda: scaled(True, 2),
                  lambda: scaled(3, "2"), lambda: added("3 days", 2), lambda: added(3, "2 days"),
                  lambda: scaled({"law": "lognormal", "cv": 0.2}, 2), lambda: added(3, [])):  # fmt: skip
        with pytest.raises(ValueError, match=r"\w"):
            wrong()


def test_ways_round_are_found():
    graph = {"a": ["b"], "b": ["c", "d"], "c": [], "d": ["b"]}
    assert cycle_in(set(graph), lambda name: iter(graph[name])) == ["b", "d"]
    assert cycle_in({"a"}, lambda name: iter(["a"])) == ["a"]
    assert cycle_in({"a", "b"}, lambda name: iter({"a": ["b"]}.get(name, []))) == []


def _paths(data, at=""):
    yield at
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from _paths(value, f"{at}.{key}" if at else str(key))


WHERES = st.sampled_from([*_paths(schema.read(TODAY, "today.yaml")[0]), "a.b", "queue_at_start.9", "resources..level"])
VALUES = st.sampled_from(["1", "-2", "0.5", "3 days", "10 %", "[]", "{}", "null", "true", "x", "[1, 2]"])
DATES = st.sampled_from(["", ", from: 2027-02-01", ", to: 2027-02-01", ", from: 2026-01-01, to: 2030-01-01"])
HOW = st.sampled_from(["set", "add", "scale"])
PLAIN = st.builds(
    lambda where, how, value, days: f'{{where: "{where}", {how}: {value}{days}}}', WHERES, HOW, VALUES, DATES
)
SAID = st.sampled_from(
    [
        "extra_operations: {resource: theatre, per_week: 1, with: {ward: 1}, not_when_season_below: 0.7}",
        "shorter_stay: {step: surgery, days: 1}",
        "fewer_no_shows: {share: 1}",
        "linked: {step: film}",
        "levelled: {resource: theatre, variance: 0}",
        "parallel: {steps: [film, surgery], join: clinic}",
        "fewer_cancellations: {share: 0.1}",
        "right_competence: {step: film, from: xray, to: ward}",
    ]
)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PLAIN | SAID, min_size=1, max_size=4))
def test_fuzz_any_change_gives_success_or_words(changed, changes):
    try:
        one = changed(*changes)
    except InputError:
        return
    assert one.periods[0][1] is one.model
