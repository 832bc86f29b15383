"""A study and a check as a planner reads them in a terminal: short tables, with intervals and differences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flowsim.cli.screen import Sheet
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.report.words import Words
    from flowsim.study import Study

SHOWN = (
    "queue_end",
    "wait_median_days",
    "wait_p90_days",
    "share_within_guarantee",
    "operations_per_week",
    "visits_per_week",
    "operations_year_1",
    "total_cash_sek",
    "added_cost_sek",
    "full_cost_sek_per_operated",
)
"""Measures of the headline table, in this order, where the study has them."""
COLUMNS: dict[str, tuple[str, str]] = {
    "queue_end": ("kö vid slutet", "queue at end"),
    "wait_median_days": ("väntan, median, dagar", "wait, median, days"),
    "wait_p90_days": ("väntan, p90, dagar", "wait, p90, days"),
    "share_within_guarantee": ("inom garantin, %", "in time, %"),
    "operations_per_week": ("operationer per vecka", "operations a week"),
    "visits_per_week": ("besök per vecka", "visits a week"),
    "operations_year_1": ("operationer år 1", "operations year 1"),
    "total_cash_sek": ("kostnad i kassa, Mkr", "total cash, MSEK"),
    "added_cost_sek": ("merkostnad, Mkr", "added cost, MSEK"),
    "full_cost_sek_per_operated": ("fullkostnad per opererad, kr", "full cost per operated, SEK"),
}


def headline(study: Study, words: Words) -> Sheet:
    """The headline table: for each scenario value ± half its 95 % interval, below it the paired difference."""
    frame = study.tables["headline"]
    measures = [m for m in SHOWN if frame["mean"][frame["measure"] == m].notna().any()]
    sv = words.lang == "sv"
    columns = ["scenario", *(_two_lines(COLUMNS[m][0 if sv else 1]) for m in measures)]
    rows = []
    for place, (name, setting) in enumerate(study.settings.items()):
        title = (setting.title_sv if sv else "") or setting.title
        mine = frame[frame["scenario"] == name].set_index("measure")
        cells = [_cell(mine.loc[m] if m in mine.index else None, m, words, place > 0) for m in measures]
        rows.append([f"{_letter(place)}  {title}", *cells])
    return Sheet("", columns, rows)


def legend(study: Study, words: Words) -> str:
    """How to read the headline table."""
    from flowsim.report.inputs import included

    n, uncertain = study.run["replications"], included(study.run, study.tables, words)
    if words.lang == "sv":
        return (
            f"Medel av {n} körningar ± halva 95 %-intervallet; under det skillnaden mot A, parad körning för körning. "
            "Operationer, kö och väntan gäller hela perioden om inte annat sägs."
            f"{' ' + uncertain if uncertain else ''}"
        )
    return (
        f"Mean of {n} replications ± half the 95 % interval; below it the difference to A, paired run by run. "
        "Operations, queue and wait are of the whole horizon unless said otherwise."
        f"{' ' + uncertain if uncertain else ''}"
    )


def binding(study: Study, words: Words) -> list[str]:
    """What binds in each scenario, and what binds next, with the numbers behind it."""
    if "bottlenecks" not in study.tables or not len(study.tables["bottlenecks"]):
        return []
    sv = words.lang == "sv"
    lines = ["Vad som är trångt, och vad som blir det därnäst:" if sv else "What binds, and what binds next:"]
    for place, name in enumerate(study.settings):
        mine = study.tables["bottlenecks"]
        mine = mine[mine["scenario"] == name].sort_values("rank").head(2)
        texts = [f"{words.name(row.resource)} ({row.why_sv if sv else row.why})" for row in mine.itertuples()]
        lines.append(f"{_letter(place)}  {('; därnäst ' if sv else '; next ').join(texts)}")
    return lines


PER_EXTRA = {
    "added_cost_per_extra_sek": ("merkostnad {}", "added cost {}"),
    "full_cost_sek_per_extra": ("fullkostnad {}", "full cost {}"),
    "bought_sek_per_bought": ("en köpt {} med uppföljning", "a bought one {} with follow-up"),
}


def per_extra(study: Study, words: Words) -> list[str]:
    """What one operation more costs in each scenario: added, full, and a bought one; or why it cannot be said."""
    frame = study.tables.get("added_cost")
    if frame is None or "reason" not in frame or not len(frame):
        return []
    sv, letters = words.lang == "sv", {name: _letter(place) for place, name in enumerate(study.settings)}
    lines = [
        "En operation till kostar (kr, 95 % intervall):" if sv else "One operation more costs (SEK, 95% interval):"
    ]
    for row in frame.astype(object).to_dict("records"):
        said = [
            text[0 if sv else 1].format(words.number(row[name]) + _reach(row, name, words))
            for name, text in PER_EXTRA.items()
            if math.isfinite(row[name])
        ]
        why = row["reason_sv" if sv else "reason"]
        lines.append(f"{letters[str(row['scenario'])]}  {'; '.join([*said, *([str(why)] if why else [])])}")
    return [*lines, ""]


def _reach(row: dict[str, Any], name: str, words: Words) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f" ({words.interval(low, high)})" if low < high else ""


BY_HAND = {
    "operations_per_week": ("operationer per vecka", "operations a week"),
    "growth_per_week": ("köns tillväxt per vecka", "growth of the queue a week"),
}


def by_hand(study: Study, words: Words) -> list[str]:
    """The baseline's waiting list by arithmetic beside the simulated one, with the reason where they part."""
    frame = study.tables.get("by_hand")
    if frame is None:
        return []
    sv, lines = words.lang == "sv", []
    for row in frame[(frame["scenario"] == study.baseline) & frame["number"].isin(BY_HAND)].itertuples():
        what = BY_HAND[row.number][0 if sv else 1]
        ends = f" ({words.interval(row.low, row.high, 1, signed=row.number == 'growth_per_week')})" if row.n > 1 else ""
        simulated = f"{'simulerat' if sv else 'simulated'} {words.number(row.mean, 1)}{ends}"
        why = row.why_sv if sv else row.why
        said = f"{what} {words.number(row.by_hand, 1)}, {simulated}"
        lines.append(f"  {said}" + (f"; {why}" if why else ""))
    return [("För hand (A):" if sv else "By hand (A):"), *lines] if lines else []


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame as a list of rows without NaN."""
    rows: list[dict[str, Any]] = frame.astype(object).to_dict("records")
    return [{str(k): _plain(v) for k, v in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _letter(place: int) -> str:
    """A, B, ... Z, A2: as in the report."""
    turn, letter = divmod(place, 26)
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[letter] + (str(turn + 1) if turn else "")


def _cell(row: Any, measure: str, words: Words, compared: bool) -> str:
    """`248 ± 9` and, on the line below, `−98 ± 9`."""
    if row is None or not math.isfinite(row["mean"]):
        return "–"
    from flowsim.report.quantities import quantity

    written = quantity(measure, 1e12 if measure in ("total_cash_sek", "added_cost_sek") else 0.0)
    half = (row["high"] - row["low"]) / 2
    text = f"{written.value(words, row['mean'], half)}{_half(written, words, half)}"
    if not compared or not math.isfinite(row["diff"]):
        return text
    half = (row["diff_high"] - row["diff_low"]) / 2
    return f"{text}\n{written.difference(words, row['diff'], half)}{_half(written, words, half)}"


def _half(written: Any, words: Words, half: float) -> str:
    return f" ± {written.value(words, half, half)}" if math.isfinite(half) else ""


def _two_lines(heading: str) -> str:
    """A heading broken once, so that a column is hardly wider than its numbers."""
    parts = heading.split()
    best = min(range(1, len(parts)), key=lambda k: max(len(" ".join(parts[:k])), len(" ".join(parts[k:]))), default=0)
    return "\n".join(filter(None, [" ".join(parts[:best]), " ".join(parts[best:])]))
