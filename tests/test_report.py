"""The report of a made-up study: what it says, that it says it in both languages, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import made_study
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from flowsim import report
from flowsim.errors import FlowsimError
from flowsim.report import answer, findings
from flowsim.report.exhibits import Exhibit, exhibits
from flowsim.report.figures import canvas, comparisons, money, pathway, waits, weekly
from flowsim.report.figures.layers import layout
from flowsim.report.reading import Reading
from flowsim.report.words import Language

HOSTILE = "<img src=x onerror=alert(1)> & $\\frac{a}{b}$ {{ 7*7 }}"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("study")
    reading = made_study.made("en", 2, ortho_plus6=HOSTILE)
    path = report.write_reading(reading, folder)
    return folder, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def english() -> Reading:
    return made_study.made("en")


def images(text: str) -> list[str]:
    return [base64.b64decode(data).decode() for data in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)]


def named(reading: Reading) -> dict[str, Exhibit]:
    return {exhibit.name: exhibit for exhibit in exhibits(reading)}


def test_one_file_without_script_or_network(written: tuple[Path, str]) -> None:
    _, text = written
    links = re.findall(r'\b(?:src|href|action|data)="([^"]*)"', text)
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert not re.search(
        r"<script|<iframe|<object|<link (?!rel=\"icon\")|\son[a-z]+=", re.sub(r"&lt;.*?&gt;", "", text)
    )
    assert "style=" not in re.sub(r'src="data:[^"]*"', "", text)


def test_the_policy_allows_the_one_style_sheet_and_nothing_else(written: tuple[Path, str]) -> None:
    _, text = written
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert policy is not None
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    rules = html.unescape(policy[1])
    assert rules.startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}'" in rules
    assert "unsafe" not in rules


def test_a_hostile_name_is_text_on_the_page(written: tuple[Path, str]) -> None:
    _, text = written
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; $\\frac{a}{b}$ {{ 7*7 }}" in text
    assert "A &lt;b&gt;bold&lt;/b&gt; guess &amp; more" in text


def test_a_hostile_name_is_text_in_every_figure(written: tuple[Path, str]) -> None:
    _, text = written
    pictures = images(text)
    assert len(pictures) > 15
    for picture in pictures:
        kinds = {element.tag.rpartition("}")[2] for element in ET.fromstring(picture).iter()}  # noqa: S314
        assert not kinds & {"img", "image", "script", "foreignObject", "a", "animate", "set"}
        links = re.findall(r'href="([^"]*)"', picture)
        assert all(link.startswith("#") for link in links)


def test_each_figure_has_its_words_and_its_numbers(written: tuple[Path, str]) -> None:
    _, text = written
    blocks = re.findall(r'<figure id="figure_.*?</figure>', text, re.DOTALL)
    assert len(blocks) == len(images(text))
    for block in blocks:
        finding = re.search(r"<h3>(.*?)</h3>", block, re.DOTALL)
        assert finding is not None
        assert finding[1] in block.partition('alt="')[2]
        assert finding[1].endswith(".")
        assert "<table>" in block
        assert len(re.findall(r"<tr>", block)) >= 2
        assert "<figcaption" in block


def test_headings_and_tables_are_built_for_screen_readers(written: tuple[Path, str]) -> None:
    _, text = written
    assert '<html lang="en">' in text
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert not re.search(r"<th(?![^>]*scope=)[ >]", text)
    assert text.count("<main") == 1
    targets = set(re.findall(r'\bid="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= targets
    assert len(targets) == len(re.findall(r'\bid="([^"]+)"', text))


def test_pictures_are_kept_as_files_too(written: tuple[Path, str]) -> None:
    folder, _ = written
    pictures = sorted((folder / "figures").glob("*.png"))
    assert len(pictures) >= 12
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)
    assert not list(folder.rglob(".*"))


def test_it_says_how_it_was_run_and_that_it_is_simulated(written: tuple[Path, str]) -> None:
    folder, text = written
    for said in ("Simulated data", "Seed", "simpy", "numpy 2.4.6", "no end to the growth", "lag-1 0.25", "0f0f0f0f"):
        assert said in text, said
    assert str(folder) not in text


def test_swedish_is_swedish(tmp_path: Path) -> None:
    reading = made_study.made("sv", 2)
    text = report.write_reading(reading, tmp_path).read_text(encoding="utf-8")
    assert '<html lang="sv">' in text
    assert "Kö per vecka: väntar på operation" in text
    assert "1\u00a0371" in text
    for english in ("Queue by week", "The answer", "Simulated data", "waiting for surgery", "1,371"):
        assert english not in text, english


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_answer_is_three_sentences(lang: Language) -> None:
    said = answer.sentences(made_study.made(lang))
    assert len(said) == 3
    if lang == "sv":
        assert "står 255 (244–266) patienter i kö" in said[0]
        assert "15\u00a0% (13–17)" in said[0]
        assert "173 fler operationer (164–182) och 11,9\u00a0Mkr mer (11,5–12,3)" in said[1]
        assert said[2] == "Flaskhals är operationssal; i B röntgen; i E vårdavdelning."
    else:
        assert "K (Six more a week, no extra beds, stay shortened): 151 fewer in queue (142–160)" in said[1]
        assert said[2] == "The bottleneck is theatre; in B X-ray; in E ward."


def test_where_nothing_is_sure_the_answer_says_so(english: Reading) -> None:
    frame = english.table("headline").copy()
    frame[["diff_low", "diff_high"]] = [-1e9, 1e9]
    unsure = replace(english, tables={**english.tables, "headline": frame}, _plain={})
    assert answer.sentences(unsure)[1].startswith("No scenario is surely different")
    assert findings.differences(unsure) == "No scenario surely gives more operations than A."
    assert findings.cost_against_queue(unsure).startswith("No scenario gives a surely shorter queue")


def test_the_headline_table_has_interval_and_paired_difference(english: Reading) -> None:
    first, further = answer.headline(english)
    headings = [heading for heading, _ in first.columns]
    assert headings[0] == "In queue at the end"
    _, _, baseline = first.rows[0]
    _, _, second = first.rows[1]
    assert (baseline[0].value, baseline[0].difference) == ("255 ± 11", "")
    assert (second[0].value, second[0].difference, second[0].clear) == ("157 ± 11", "−98 ± 9", True)
    assert any("share" in heading or "guarantee" in heading for heading in headings)
    assert [heading for heading, _ in further.columns]


def test_money_is_never_said_without_year_perspective_and_operations(english: Reading) -> None:
    for exhibit in exhibits(english):
        if exhibit.section == "money":
            assert "2023" in exhibit.topic
            assert "hospital perspective" in exhibit.topic
            assert "operations" in exhibit.finding + " ".join(exhibit.table.columns)


def test_findings_are_computed_from_the_tables(english: Reading) -> None:
    queue = english.rows("weekly_queue", scenario="ortho_today", span="waiting_for_surgery").sort_values("week")
    said = findings.queue(english, "waiting_for_surgery")
    assert f"from {queue['mean'].iloc[0]:.0f} patients in the first week to {queue['mean'].iloc[-1]:.0f}" in said
    bins = english.rows("waits", scenario="ortho_today", span="waiting_for_surgery")
    within = bins.loc[bins["to_days"] <= 90, "mean"].sum()
    assert f"{within:.0%} of those treated in A" in findings.waits(english, "waiting_for_surgery", 90.0)
    assert "bottleneck in A is theatre, 95.5% of its offer used; the largest loss is cancelled (illness)" in (
        findings.capacity(english)
    )
    assert findings.occupancy(english, "ward") == "Fullest in A is ward on Friday: 6.9 of 10 places on average."
    pace = english.rows("weekly_throughput", scenario="ortho_today", step="surgery")["mean"].mean()
    assert findings.accepted_queue(english) == pytest.approx(pace * 90 / 7)


def test_every_figure_has_axes_with_words_and_draws_the_same_bytes_twice() -> None:
    few = made_study.made("sv", 2)
    for exhibit in exhibits(few):
        figure = exhibit.draw()
        said = [axes.get_xlabel() + axes.get_ylabel() for axes in figure.axes if axes.axison]
        assert not said or any(said), exhibit.name
    assert canvas.svg(comparisons.differences(few, ["operations"])) == canvas.svg(
        comparisons.differences(few, ["operations"])
    )


def test_chance_is_always_shown() -> None:
    few = made_study.made("en", 2)
    queue = weekly.queue_by_week(few, "waiting_for_surgery", 171.0)
    assert all(len(panel.collections) == 1 for panel in queue.axes)
    spread = waits.waiting_times(few, "waiting_for_surgery", 90.0)
    assert all(panel.collections for panel in spread.axes)
    dots = comparisons.differences(few, ["operations"])
    whisker = next(line for line in dots.axes[0].lines if len(line.get_xdata()) == 2 and line.get_marker() == "|")
    assert list(whisker.get_xdata()) == [93.0, 111.0]


def test_panel_titles_do_not_run_into_each_other() -> None:
    figure = weekly.queue_by_week(made_study.made("sv"), "waiting_for_surgery", 171.0)
    figure.draw_without_rendering()
    boxes = [panel.get_title(loc="left") and panel._left_title.get_window_extent() for panel in figure.axes]
    assert len(boxes) == 11
    for left, right in itertools.pairwise(boxes):
        assert left.x1 <= right.x0 or left.y0 != right.y0 or left.x0 > right.x0
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


def test_letters_by_the_points_keep_apart() -> None:
    points = np.array([[0.0, 0.0], [3.0, 2.0], [1.0, -2.0], [200.0, 100.0]])
    place = money.spread(points, 14.0)
    apart = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) + 1e9 * np.eye(len(points))
    assert apart.min() > 10


def test_one_scenario_and_few_tables_are_enough(tmp_path: Path) -> None:
    one = made_study.made("en", 1)
    kept = {name: one.tables[name] for name in ("headline", "weekly_queue")}
    bare = replace(one, tables=kept, _plain={})
    assert [exhibit.section for exhibit in exhibits(bare)] == ["queues"] * 7
    text = report.write_reading(bare, tmp_path).read_text(encoding="utf-8")
    assert "single scenario" in text
    assert "cannot be read from the study" in text


def test_a_study_where_nobody_is_treated_is_told_too(tmp_path: Path) -> None:
    reading = made_study.made("sv", 2)
    tables = {name: frame.copy() for name, frame in reading.tables.items()}
    first = tables["waits"]["scenario"] == "ortho_today"
    tables["waits"].loc[first, ["mean", "low", "high"]] = np.nan
    empty = tables["headline"]["measure"].isin(["wait_median_days", "wait_p90_days", "full_cost_sek_per_operated"])
    tables["headline"].loc[empty, ["mean", "low", "high", "diff", "diff_low", "diff_high"]] = np.nan
    tables["capacity"].loc[tables["capacity"]["resource"] == "ward", ["mean", "low", "high"]] = 0.0
    text = report.write_reading(replace(reading, tables=tables, _plain={}), tmp_path).read_text(encoding="utf-8")
    assert "nan" not in re.sub(r'src="[^"]*"', "", text).lower().replace("annan", "").replace("finans", "")


def test_categories_are_read_as_names(english: Reading) -> None:
    tables = {
        name: frame.astype({c: "category" for c in frame.columns if not pd.api.types.is_numeric_dtype(frame[c])})
        for name, frame in english.tables.items()
    }
    same = replace(english, tables=tables, _plain={})
    assert [e.finding for e in exhibits(same)] == [e.finding for e in exhibits(english)]


def test_a_folder_without_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FlowsimError, match=r"no study|run\.json"):
        report.write(tmp_path)
    with pytest.raises(ValueError, match="sv, en"):
        report.write(tmp_path, "fr")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("front", "back"),
    [
        *[(canvas.INK, canvas.PAPER), (canvas.MUTED, canvas.PAPER), (canvas.TARGET, canvas.PAPER)],
        *[("#ffffff", canvas.USED), ("#ffffff", "#14795a"), ("#0a5a9c", "#f4f7fa"), ("#553c00", "#fff6dd")],
        *[(canvas.INK, "#e9a63a"), (canvas.MUTED, "#f2f7fc")],
    ],
)
def test_letters_stand_out_from_their_ground(front: str, back: str) -> None:
    def light(color: str) -> float:
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(front), light(back)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_figures_leave_no_pyplot_behind() -> None:
    import sys

    assert isinstance(weekly.throughput_by_week(made_study.made("en", 1), "surgery"), Figure)
    assert "matplotlib.pyplot" not in sys.modules


def test_the_pathway_is_laid_out_without_boxes_on_each_other() -> None:
    steps = list("abcdefg")
    edges = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "e"), ("c", "e"), ("d", "g"), ("e", "f"), ("f", "b"), ("a", "f")]
    made = layout(steps, [*edges, ("g", "g")])
    assert set(made.place) == set(steps)
    for layer in range(made.layers):
        across = sorted(x for x, own in made.place.values() if own == layer)
        assert all(right - left >= 0.99 for left, right in itertools.pairwise(across))
    assert {made.place[s][1] for s in "bcd"} == {1}
    for (begin, end), way in made.way.items():
        assert (way[0], way[-1]) == (made.place[begin], made.place[end])
        assert all(abs(above[1] - below[1]) == 1 for above, below in itertools.pairwise(way))
    assert made.way["f", "b"][0][1] > made.way["f", "b"][-1][1]
    assert ("g", "g") not in made.way


def test_the_pathway_says_who_leaves_where() -> None:
    figure = pathway.pathway(made_study.made("en", 2), "ortho_plus6")
    said = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("discharged ") for text in said)
    assert "Enrolment visit" in said
    assert any(re.fullmatch(r"61 \(\d+–\d+\)", text) for text in said)


def test_small_components_are_laid_together() -> None:
    reading = made_study.made("en", 2)
    parts = [(s, f"part_{k:02d}", 1e6 * (20 - k), 0.0, 0.0) for s in reading.scenarios for k in range(14)]
    frame = pd.DataFrame(parts, columns=["scenario", "component", "mean", "low", "high"])
    rich = replace(reading, tables={**reading.tables, "contact_costs": frame}, _plain={})
    figure = money.full_by_component(rich)
    widths = sum(bar.get_width() for bar in figure.axes[0].patches)
    assert widths == pytest.approx(frame["mean"].sum() / 1e6)
    (key,) = figure.legends
    assert [text.get_text() for text in key.get_texts()][-1] == "Other"
    assert len(key.get_texts()) == len(canvas.SERIES)


def test_a_legend_of_many_parts_stays_within_the_sheet() -> None:
    said = ["Vårddygn", "Operation", "Implantat", "Anestesi", "Gemensamma kostnader (OH)", "Nybesök", "Röntgenbild"]
    said += ["Inskrivningsbesök", "Fysioterapi", "Övrigt"]
    with canvas.style():
        figure = canvas.sheet(4)
        figure.subplots()
        canvas.key(figure, *canvas.patches(said))
        figure.canvas.draw()
        box = figure.legends[0].get_window_extent()
    assert len(figure.legends[0].get_texts()) == 10
    assert box.x1 <= figure.bbox.x1
