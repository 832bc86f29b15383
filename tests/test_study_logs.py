"""Every run's own log: what a study leaves behind for process-mining tools and for calibration."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from flowsim import engines, plan, scenario, study, tables
from flowsim.calibration import read_weekly
from flowsim.calibration.log import read_events
from flowsim.measures.event_log import EVENTS, capacity_log, event_log
from flowsim.report.words import Words
from flowsim.study import Design

SCENARIO = Path(__file__).parents[1] / "scenarios" / "one_queue.yaml"


def test_a_study_holds_the_log_of_its_first_replication(tmp_path: Path) -> None:
    made = study.run([SCENARIO], Design(replications=2, seed=5, steps=0, first=3), tmp_path / "study")
    folder = made.folder / "log"
    built = plan.build(scenario.load(SCENARIO))
    results = tables.frames(engines.run(built, plan.draw(built, 5, 3)), built.setting, 3)
    events = pd.read_parquet(folder / "one_queue_simulated_events.parquet")
    assert tuple(events.columns) == EVENTS
    moments = dict.fromkeys(("queued", "booked", "start", "end"), "datetime64[s]")
    pd.testing.assert_frame_equal(events.astype(moments), event_log(results), check_dtype=False)
    capacity = pd.read_csv(folder / "one_queue_simulated_capacity.csv")
    pd.testing.assert_frame_equal(capacity, capacity_log(results), check_dtype=False)
    assert made.run["logs"] == {path.name: len(frame) for path, frame in (
        (folder / "one_queue_simulated_events.parquet", events), (folder / "one_queue_simulated_capacity.csv", capacity)
    )}  # fmt: skip
    assert read_events(folder / "one_queue_simulated_events.parquet").rejected == ()
    assert len(read_weekly(folder / "one_queue_simulated_capacity.csv")) == len(capacity)


def test_p_priv_5_simulated_patients_are_labelled_so(tmp_path: Path) -> None:
    """P-PRIV-5: what is exported of simulated patients says so in its name, the report on its page."""
    made = study.run([SCENARIO], Design(replications=1, steps=0), tmp_path / "study")
    assert all("_simulated_" in name for name in made.run["logs"])
    for lang, word in (("sv", "Simulerade"), ("en", "Simulated")):
        assert word in Words(lang)("simulated")


def test_a_pathway_that_needs_nothing_can_be_run(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "time.yaml").write_text(
        "scenario: time\ntitle: Time alone\nhorizon: {start: 2027-01-04, weeks: 8, warm_up_weeks: 0}\n"
        "groups: {all: {share: 1}}\narrivals: {r: {step: visit, per_week: 5}}\n"
        "pathway: {visit: {duration: 3 days, then: treated}}\n"
    )
    made = study.run([tmp_path / "s" / "time.yaml"], Design(replications=2, steps=0), tmp_path / "study")
    assert len(made.tables["capacity"]) == 0
    assert made.run["failures"] == []
    assert len(pd.read_parquet(made.folder / "log" / "time_simulated_events.parquet")) > 20
