"""Figures of lying bars, one a scenario: what became of each resource's capacity, and how the patients ended."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flowsim.frames import pd
from flowsim.report.figures import canvas
from flowsim.report.reading import Reading

BAR = 0.72
BEYOND = ("overtime", "over")
"""Parts used beyond what was offered; drawn past 100 %."""
_NOT_LOST = ("offered", "used", "planned", *BEYOND)
_ENDED = {
    "treated": "#0a6ebd",
    "elsewhere": "#7fb8e6",
    "discharged": "#14795a",
    "left": "#e08e00",
    "died": "#56626e",
    "inside": "#c3cad1",
}
_DARK = ("#0a6ebd", "#14795a", "#56626e", "#b5338a", "#8a5a00", "#4b3f9e", "#d9534f")
"""Colours that white letters can be read on."""

Parts = dict[str, dict[str, float]]
"""part -> scenario -> size."""


def capacity_by_cause(reading: Reading) -> Figure:
    """Of what each resource offered: used, with its interval, and lost by cause; a panel a resource."""
    words, frame = reading.words, reading.table("capacity")
    resources = resources_shown(reading)
    parts = ["used", *loss_causes(frame), *(p for p in BEYOND if _heaviest(frame, p) > 0.0005)]
    with canvas.style():
        figure, panels = _panels(reading, resources)
        for panel, resource in zip(panels, resources, strict=True):
            shares = shares_of_offered(reading, resource, parts)
            stack(panel, shares, reading.scenarios)
            _used(panel, reading, resource, shares["used"])
            panel.set_title(words.first_upper(words.name(resource)))
            panel.set_xlim(0, max(1.0, *(sum(shares[p].get(s, 0.0) for p in parts) for s in reading.scenarios)))
            canvas.number_axis(panel.xaxis, words, percent=True, most=4)
            panel.set_xlabel(words("axis_of_offered"))
        said = [words.first_upper(words.name(p)) for p in parts]
        canvas.key(figure, *canvas.patches(said))
    return figure


def resources_shown(reading: Reading) -> list[str]:
    """Resources of the table in the setting's order, those without any offer left out."""
    frame = reading.table("capacity")
    offered = frame[(frame["part"] == "offered") & (frame["mean"] > 0)]["resource"]
    return [r.name for r in reading.setting.resources if (offered == r.name).any()]


def loss_causes(frame: pd.DataFrame, most: int = 8) -> list[str]:
    """Causes of loss in the table, the heaviest first by share of what was offered; at most `most`."""
    lost = frame.loc[~frame["part"].isin(_NOT_LOST), "part"].unique()
    weight = {str(cause): _heaviest(frame, cause) for cause in lost}
    return sorted((c for c in weight if weight[c] > 0.0005), key=lambda c: -weight[c])[:most]


def _heaviest(frame: pd.DataFrame, part: str) -> float:
    """The part's largest share of what was offered, over scenarios and resources."""
    columns = ["scenario", "resource", "mean"]
    own = frame.loc[frame["part"] == part, columns]
    offered = frame.loc[frame["part"] == "offered", columns]
    both = own.merge(offered, on=["scenario", "resource"], suffixes=("", "_offered"))
    both = both[both["mean_offered"] > 0]
    return float((both["mean"] / both["mean_offered"]).max()) if len(both) else 0.0


def shares_of_offered(reading: Reading, resource: str, parts: list[str], column: str = "mean") -> Parts:
    """Part -> scenario -> share of what the resource offered (mean)."""
    rows = reading.rows("capacity", resource=resource)
    amount = {(s, p): float(m) for s, p, m in zip(rows["scenario"], rows["part"], rows[column], strict=True)}
    whole = {
        s: float(m) for s, p, m in zip(rows["scenario"], rows["part"], rows["mean"], strict=True) if p == "offered"
    }
    return {part: {s: amount.get((s, part), 0.0) / w for s, w in whole.items() if w > 0} for part in parts}


def _panels(reading: Reading, resources: list[str]) -> tuple[Figure, list[Axes]]:
    """Panels three to a row, the scenarios' names at the first of each row."""
    across = min(3, len(resources))
    down = -(-len(resources) // across)
    figure = canvas.sheet(down * (0.34 * len(reading.scenarios) + 0.9) + 0.8)
    grid = list(figure.subplots(down, across, squeeze=False, sharey=True).flat)
    for spare in grid[len(resources) :]:
        spare.remove()
    for panel in grid[: len(resources)]:
        canvas.scenario_names(panel, reading, reading.scenarios, 34)
    return figure, grid[: len(resources)]


def _used(panel: Axes, reading: Reading, resource: str, used: dict[str, float]) -> None:
    """The share used, written in the bar's beginning, and its interval as a dark stroke at its end."""
    low = shares_of_offered(reading, resource, ["used"], "low")["used"]
    high = shares_of_offered(reading, resource, ["used"], "high")["used"]
    for place, scenario in enumerate(reading.scenarios):
        if scenario in used:
            text = reading.words.percent(used[scenario], 1 if 0.985 < used[scenario] < 0.9995 else 0)
            inside = used[scenario] > 0.25
            x, color = (0.02, "white") if inside else (used[scenario] + 0.03, canvas.INK)
            panel.text(x, place, text, va="center_baseline", color=color, fontweight="bold")
            panel.plot(
                [low[scenario], high[scenario]], [place, place], color=canvas.INK, linewidth=2.2, solid_capstyle="butt"
            )


def stack(panel: Axes, parts: Parts, scenarios: list[str], palette: dict[str, str] | None = None) -> None:
    """Bars laid end to end, parts in the order given, scenarios downwards."""
    begins = dict.fromkeys(scenarios, 0.0)
    for place, (part, sizes) in enumerate(parts.items()):
        values = [sizes.get(s, 0.0) for s in scenarios]
        color = palette[part] if palette else canvas.SERIES[place % len(canvas.SERIES)]
        hatch = "" if palette else canvas.HATCHES[place % len(canvas.HATCHES)]
        left = [begins[s] for s in scenarios]
        panel.barh(range(len(scenarios)), values, BAR, left, color=color, hatch=hatch, edgecolor="white", linewidth=0.6)
        begins = {s: begins[s] + v for s, v in zip(scenarios, values, strict=True)}


def endings(reading: Reading) -> Figure:
    """Patients by how they ended (table `endings`), one bar a scenario, each part's mean and 95 % interval in it."""
    words, frame = reading.words, reading.table("endings")
    known = frame["ended"]
    order = [e for e in _ENDED if float(frame.loc[known == e, "mean"].max()) > 0.5]
    with canvas.style():
        figure = canvas.sheet(0.44 * len(reading.scenarios) + 1.4)
        panel = figure.subplots()
        stack(
            panel,
            {e: frame[known == e].set_index("scenario")["mean"].to_dict() for e in order},
            reading.scenarios,
            _ENDED,
        )
        _numbers(panel, reading, order)
        canvas.scenario_names(panel, reading, reading.scenarios, 44)
        canvas.number_axis(panel.xaxis, words)
        panel.set_xlabel(words("axis_patients_horizon"))
        panel.margins(x=0.02)
        marks = canvas.patches([words.first_upper(words.name(e)) for e in order], [_ENDED[e] for e in order])
        canvas.key(figure, *marks)
    return figure


def _numbers(panel: Axes, reading: Reading, order: list[str]) -> None:
    """Each part's number with half its interval, where there is room."""
    words, total = reading.words, panel.get_xlim()[1]
    for place, scenario in enumerate(reading.scenarios):
        begin = 0.0
        for part in order:
            value, low, high = (
                reading.one("endings", c, scenario=scenario, ended=part) for c in ("mean", "low", "high")
            )
            if value > 0.05 * total:
                text = words.number(value) + (f" ± {words.number((high - low) / 2)}" if value > 0.09 * total else "")
                color = "white" if _ENDED[part] in _DARK else canvas.INK
                panel.text(begin + value / 2, place, text, ha="center", va="center_baseline", color=color)
            begin += value if value == value else 0.0
