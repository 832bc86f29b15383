"""What is left of the hospital's income when its costs are paid, under each payment model."""

from __future__ import annotations

from matplotlib.figure import Figure

from flowsim.report.figures import canvas
from flowsim.report.quantities import MILLION
from flowsim.report.reading import Reading

LEFT = "income_less_total_cash_sek"


def models(reading: Reading) -> dict[str, str]:
    """Payment models and their titles in the reading's language, as they stand in the payments file."""
    mine = reading.table("income")
    mine = mine[mine["scenario"] == reading.baseline].drop_duplicates("payment")
    return dict(zip(mine["payment"], mine["title_sv" if reading.words.lang == "sv" else "title"], strict=True))


def left(reading: Reading, scenario: str, payment: str, measure: str = LEFT) -> tuple[float, float, float]:
    """Mean, low and high in MSEK."""
    mean, low, high = (
        reading.one("income", c, scenario=scenario, payment=payment, measure=measure) / MILLION
        for c in ("mean", "low", "high")
    )
    return mean, low, high


def left_by_model(reading: Reading) -> Figure:
    """One row a model: a ring for the baseline with its interval, a dot for each other scenario, the ends named."""
    words, rows = reading.words, models(reading)
    with canvas.style():
        figure = canvas.sheet(0.5 * len(rows) + 1.3)
        panel = figure.subplots()
        for place, payment in enumerate(rows):
            others = {s: left(reading, s, payment)[0] for s in reading.others}
            panel.plot(list(others.values()), [place] * len(others), "o", color=canvas.SCENARIO, markersize=4)
            mean, low, high = left(reading, reading.baseline, payment)
            panel.plot([low, high], [place, place], color=canvas.BASELINE, linewidth=1.8)
            panel.plot(mean, place, "o", color=canvas.PAPER, markeredgecolor=canvas.BASELINE, markersize=7)
            named = {min(others, key=others.__getitem__), max(others, key=others.__getitem__)} if others else set()
            for scenario in named:
                at = (others[scenario], place)
                panel.annotate(reading.letter(scenario), at, (0, 5), textcoords="offset points", ha="center")
        panel.axvline(0, color=canvas.INK, linewidth=1)
        panel.set_yticks(range(len(rows)), [canvas.wrapped(title, 38) for title in rows.values()])
        panel.set_ylim(len(rows) - 0.4, -0.7)
        canvas.number_axis(panel.xaxis, words, signed=True)
        panel.set_xlabel(words("axis_left", year=reading.price_year))
    return figure
