"""The door for YAML: what is read, what is refused, and that nothing gets past the guard."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flowsim import scenario, schema
from flowsim.errors import InputError
from flowsim.schema import laws, reading, values
from flowsim.schema.entry import DOC_KEYS

TODAY = (Path(__file__).parent / "faulty/bases/today.yaml").read_text(encoding="utf-8")


def refused(text):
    with pytest.raises(InputError) as caught:
        schema.read(text, "a.yaml")
    return caught.value.faults


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90 min", 5400), ("4 h", 14400), ("1.5 days", 129600), ("6 weeks", 3628800), ("30 s", 30), ("2 hours", 7200),
     ("1 year", 31557600), ("1 week", 604800), ("0 days", 0), (0, 0)],
)  # fmt: skip
def test_durations_are_seconds(text, seconds):
    assert values.seconds(text) == seconds


@pytest.mark.parametrize("wrong", ["90", 90, "90 m", "min", "-3 days", "1,5 h", "2 months", "5000 years", True, None])
def test_durations_need_a_unit(wrong):
    with pytest.raises(ValueError, match=r"must|has no|months"):
        values.seconds(wrong)


@pytest.mark.parametrize(("text", "share"), [(0.3, 0.3), ("30 %", 0.3), ("7.5%", 0.075), (1, 1.0), (0, 0.0)])
def test_shares_may_be_per_cent(text, share):
    assert values.share(text) == pytest.approx(share)


@pytest.mark.parametrize("wrong", [1.1, -0.1, "130 %", "30", "many %", True])
def test_shares_lie_between_0_and_1(wrong):
    with pytest.raises(ValueError, match="must be"):
        values.share(wrong)


def test_opening_hours_may_cross_midnight():
    assert values.hours("08:00-16:30") == (28800, 59400)
    assert values.hours("22:00-06:00") == (79200, 108000)
    assert values.hours("00:00-24:00") == (0, 86400)


@pytest.mark.parametrize("wrong", ["8-16", "08:00", "08:00-25:00", "08:00-08:00", 8, "08:60-16:00"])
def test_opening_hours_are_two_times_of_day(wrong):
    with pytest.raises(ValueError, match=r"must be|opens and closes"):
        values.hours(wrong)


def test_days_are_seven_weights():
    assert values.days("mon-fri") == (1, 1, 1, 1, 1, 0, 0)
    assert values.days("sat-mon") == (1, 0, 0, 0, 0, 1, 1)
    assert values.days(["mon", "wed"]) == (1, 0, 1, 0, 0, 0, 0)
    assert values.days({"mon": 2, "tue": 1, "note": "longer Mondays"}) == (2, 1, 0, 0, 0, 0, 0)


def test_weeks_may_go_over_the_years_end():
    assert values.weeks("26-28") == {26, 27, 28}
    assert values.weeks("51-2") == {51, 52, 53, 1, 2}
    assert values.weeks([8, "10-11"]) == {8, 10, 11}


def test_a_bare_duration_is_a_fixed_law():
    law = laws.read_law("15 min")
    assert (law.law, law.value) == ("fixed", 900)


def test_a_law_keeps_its_numbers_in_seconds():
    law = laws.read_law({"law": "lognormal", "mean": "40 min", "cv": 0.5, "source": "register"})
    assert (law.mean, law.spread, law.source) == (2400, 1200, "register")
    parts = [{"share": "30 %", "law": "fixed", "value": "1 h"}, {"share": 0.7, "law": "erlang", "mean": "2 h", "k": 3}]
    mixture = laws.read_law({"law": "mixture", "parts": parts})
    assert [(part.share, part.of.law) for part in mixture.parts] == [(0.3, "fixed"), (0.7, "erlang")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"law": "list", "values": {"1 day": 0.5, "24 h": 0.5}},
        {"law": "list", "values": {"1 day": 0.5}},
        {"law": "uniform", "low": "2 h", "high": "1 h"},
        {"law": "triangular", "low": "1 h", "mode": "3 h", "high": "2 h"},
        {"law": "histogram", "bins": []},
        {"law": "mixture", "parts": [{"share": 0.5, "law": "fixed", "value": "1 h"}]},
        {"law": "erlang", "mean": "1 h", "k": 0},
        {"mean": "1 h"},
        [1, 2],
    ],
)
def test_laws_that_are_none_are_refused(wrong):
    with pytest.raises((ValidationError, ValueError)):
        laws.read_law(wrong)


def test_what_differs_by_group_and_what_does_not_have_one_form():
    step = schema.Step.model_validate({"duration": "1 h", "then": "treated"})
    assert step.duration.of("hip").value == 3600
    by_group = {"by_group": {"hip": "2 h", "default": "1 h"}}
    step = schema.Step.model_validate(
        {"duration": by_group, "then": {"by_group": {"hip": "died", "default": {"a": 1}}}}
    )
    assert (step.duration.of("hip").value, step.duration.of("knee").value) == (7200, 3600)
    assert (step.then.targets("hip"), step.then.targets("knee")) == ((("died", 1.0),), (("a", 1.0),))
    assert schema.Step.model_validate({"then": {"all": ["a", "b"], "join": "c"}}).then.branches == ("a", "b")


def test_needs_are_pairs_in_order():
    forms = [(["a", "b"], (("a", 1), ("b", 1))), ({"b": 1, "a": 2}, (("b", 1), ("a", 2))), ("a", (("a", 1),))]
    for said, pairs in forms:
        assert schema.Step.model_validate({"needs": said, "duration": "1 h", "then": "treated"}).needs == pairs


def test_models_are_frozen_and_every_key_is_explained():
    model = schema.parsed(schema.ScenarioModel, *schema.read(TODAY, "today.yaml"))
    with pytest.raises(ValidationError):
        model.title = "other"
    rows = scenario.reference()
    assert all(row.meaning for row in rows)
    assert {"slots_per_week", "decision", "where", "extra_operations"} - {row.key for row in rows} == {
        "extra_operations"
    }
    assert ("duration", "s, min, h, days, weeks or years", "0 min") in {(r.type, r.unit, r.default) for r in rows}


def test_free_text_is_allowed_in_every_mapping():
    text = TODAY.replace("cv: 0.28,", "cv: 0.28, source: history, assumed: lag,")
    text = text.replace("surgery: 0.55,", "surgery: 0.55, note: low,")
    schema.parsed(schema.ScenarioModel, *schema.read(text, "today.yaml"))
    assert DOC_KEYS == ("source", "note", "assumed")


def test_json_schema_holds_together():
    whole = json.dumps(scenario.json_schema())
    names = set(scenario.json_schema()["$defs"])
    assert {"Step", "Slots", "LawByGroup", "ExtraOperations"} <= names
    assert {ref.split('"')[0] for ref in whole.split("#/$defs/")[1:]} <= names


def test_yaml_1_no_constructor_outside_the_safe_set():
    (fault,) = refused("title: !!python/object/apply:os.system [echo]")
    assert "Tags are not allowed" in fault.message
    assert schema.read("a: !!str 012\nb: !!float 1", "a.yaml")[0] == {"a": "012", "b": 1}


def test_yaml_2_aliases_and_anchors_are_refused_with_their_lines():
    assert [(f.line, f.found) for f in refused("a: &x [1]\nb: 2\nc: *x")] == [(1, "&x"), (3, "*x")]
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    bomb = "a: &a [x]\n" + "".join(f"{k}: &{k} [{','.join(['*' + j] * 9)}]\n" for j, k in pairs)
    assert len(refused(bomb)) <= 50


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, "a: " + "{a: " * 100_000, "- " * 100_000 + "a", "a:\n" * 3 + "? " * 100_000]
)
def test_yaml_3_depth_is_refused_before_anything_is_built(text):
    assert refused(text)


def test_yaml_4_size_and_number_of_values_are_limited():
    assert "larger than 5 MB" in refused("a: " + "x" * reading.MAX_BYTES)[0].message
    assert "more than 200000 values" in refused("a: [" + "1," * 200_000 + "]")[0].message


def test_yaml_5_double_keys_name_both_lines():
    (fault,) = refused("a:\n  b: 1\n  c: {d: 1}\n  b: 2")
    assert (fault.line, fault.key) == (4, "a.b")
    assert "first on line 2" in fault.message


def test_yaml_6_words_mean_what_they_say():
    data, _ = schema.read("a: no\nb: 12:30\nc: 1e3\nd: on\ne: 2027-01-04\nf: true\ng: -1.5\nh: '7'\ni: 1_000", "a.yaml")
    assert list(data.values()) == ["no", "12:30", 1000.0, "on", "2027-01-04", True, -1.5, "7", "1_000"]
    for wrong in ("012", ".inf", "-.Inf", ".nan", "1e999", "9" * 50):
        assert refused(f"a: {wrong}")[0].key == "a"


def test_marks_are_the_lines_of_the_keys():
    _, marks = schema.read("a:\n  - b: 1\n    c:\n      2\n  - 3\n", "x.yaml")
    assert {path: mark.line for path, mark in marks.items()} == {
        (): 1, ("a",): 1, ("a", 0): 2, ("a", 0, "b"): 2, ("a", 0, "c"): 3, ("a", 1): 5,
    }  # fmt: skip
    assert schema.place(marks, ("a", 0, "missing")) == ("x.yaml", 2)
    assert schema.spelled(("a", 0, "b")) == "a[0].b"


def test_files_that_cannot_be_read_are_told_in_words(tmp_path):
    (tmp_path / "today.yaml").write_bytes("title: å".encode("latin-1"))
    (tmp_path / "wide.yaml").write_bytes("title: å".encode("utf-16"))
    cases = {"todya.yaml": 'Did you mean "today.yaml"', ".": "This is a folder", "a\0b": "cannot be read"}
    cases |= {"today.yaml": "is not UTF-8", "wide.yaml": "is not UTF-8"}
    for name, words in cases.items():
        with pytest.raises(InputError, match=words):
            schema.text_of(tmp_path / name)
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert schema.read(schema.text_of(tmp_path / "bom.yaml"), "bom.yaml")[0] == {"a": 1, "b": 2}


PLAIN = st.recursive(
    st.text(max_size=12) | st.integers(-(10**9), 10**9) | st.booleans() | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.dictionaries(st.text(max_size=8), PLAIN, min_size=1, max_size=4))
@example({"1e3": "1e3", "no": "no", "012": "012", "": "", "~": ".inf", "2027-01-04": "true", "a": "x: y # z"})
def test_what_is_written_is_read_back(data):
    assert schema.read(schema.as_yaml(data), "a.yaml")[0] == data


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, len(TODAY) - 1), st.binary(max_size=3)), min_size=1, max_size=4))
def test_fuzz_mutated_bytes_give_success_or_words(tmp_path, places):
    """P-FUZZ-2, small: no other exception, whatever the bytes."""
    raw = TODAY.encode()
    for at, new in places:
        raw = raw[:at] + new + raw[at + len(new) :]
    path = tmp_path / "mutated.yaml"
    path.write_bytes(raw)
    try:
        scenario.load(path)
    except InputError:
        pass


WORDS = sorted(set(TODAY.translate(str.maketrans("{},:", "    ")).split()))
SWAPS = st.sampled_from(
    [*WORDS, "-1", "0", "1e9", "[]", "{}", "null", "true", "7 days", "x y", "52-3", "'08:00-07:00'"]
)


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 200), SWAPS), min_size=1, max_size=3))
def test_fuzz_swapped_words_give_success_or_words(tmp_path, swaps):
    """P-FUZZ-1, small: right YAML with wrong words in it."""
    pieces = TODAY.split(" ")
    for at, new in swaps:
        old = pieces[at % len(pieces)]
        ending = old[len(old.rstrip("},:\n")) :]
        pieces[at % len(pieces)] = new + ending
    path = tmp_path / "swapped.yaml"
    path.write_text(" ".join(pieces), encoding="utf-8")
    try:
        scenario.load(path)
    except InputError:
        pass


def test_importing_the_schema_is_light():
    heavy = ("pandas", "scipy", "matplotlib", "simpy")
    code = f"import sys, flowsim.scenario; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
