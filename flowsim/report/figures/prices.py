"""One operation more, three prices side by side: added cost, full cost, and what a bought one costs."""

from __future__ import annotations

from matplotlib.figure import Figure

from flowsim.report.figures import canvas
from flowsim.report.reading import Reading

PRICES = {"added_cost_per_extra_sek": "o", "full_cost_sek_per_extra": "s", "bought_sek_per_bought": "D"}
"""Columns of the table `added_cost`, and their marks; never laid end to end: they answer different questions."""
_THOUSAND, _APART = 1e3, 0.22


def priced(reading: Reading) -> list[str]:
    """Scenarios for which one of the three prices can be said."""
    return [s for s in reading.others if any(_reach(reading, s, p)[0] is not None for p in PRICES)]


def per_extra(reading: Reading) -> Figure:
    """A mark and its 95 % interval for each price and scenario, thousand SEK."""
    words, rows = reading.words, priced(reading)
    with canvas.style():
        figure = canvas.sheet(0.62 * len(rows) + 1.5)
        panel = figure.subplots()
        for line, (price, mark) in enumerate(PRICES.items()):
            for place, scenario in enumerate(rows):
                mean, low, high = _reach(reading, scenario, price)
                if mean is None or low is None or high is None:
                    continue
                at = place + (line - 1) * _APART
                panel.plot([low, high], [at, at], color=canvas.SERIES[line], linewidth=1.6)
                panel.plot(mean, at, mark, color=canvas.SERIES[line], markersize=6)
        names = [words.first_upper(words.measure(price)) for price in PRICES]
        canvas.key(figure, *canvas.patches(names))
        canvas.scenario_names(panel, reading, rows, 38)
        panel.set_xlim(left=min(0.0, panel.get_xlim()[0]))
        canvas.number_axis(panel.xaxis, words)
        panel.set_xlabel(words("axis_thousand_sek", year=reading.price_year))
    return figure


def _reach(reading: Reading, scenario: str, price: str) -> tuple[float | None, ...]:
    """Mean, low and high in thousand SEK; None where it is not known."""
    reach = (reading.one("added_cost", price + end, scenario=scenario) for end in ("", "_low", "_high"))
    return tuple(value / _THOUSAND if value == value else None for value in reach)
