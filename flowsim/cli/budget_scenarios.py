"""Budget lines from simulated scenarios: what a study's scenario gives beyond its baseline, as volume by group."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowsim.errors import Fault, InputError
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.schema.budget import Budget, ScenarioLine

Said = list[tuple[str, str]]


def lines_of_studies(path: Path, file: Budget) -> tuple[pd.DataFrame, Said]:
    """Rows of the sheet budget_lines for the file's scenario lines, and each with its interval in words (en, sv).

    InputError where a study does not have the scenario or the measure; FlowsimError where there is no study.
    """
    from flowsim.study import Study

    rows: list[dict[str, Any]] = []
    said: Said = []
    for number, line in enumerate(file.scenario_lines):
        study = Study.load(path.parent / line.study)
        found = _difference(path, number, line, study.tables["headline"])
        mean = Decimal(str(round(found["diff"], 3)))
        rows += [
            {"row": number + 1, "line": line.line, "kind": "scenario", "level": line.level, "account": "", "period": ""}
            | {"cost_centre": line.cost_centre, "group": group, "volume": mean * Decimal(str(share)), "amount_sek": 0}
            for group, share in line.groups.items()
        ]
        ends = f"{found['diff']:+.1f} ({found['diff_low']:.1f}–{found['diff_high']:.1f})"
        n, swedish = study.run["replications"], ends.replace(".", ",")
        english = f"{line.line}: {line.measure} {ends} against {study.baseline}, {n} replications."
        said.append((english, f"{line.line}: {line.measure} {swedish} mot {study.baseline}, {n} körningar."))
    return pd.DataFrame(rows), said


def _difference(path: Path, number: int, line: ScenarioLine, headline: pd.DataFrame) -> Any:
    """The headline's row of the scenario and measure, with its paired difference to the baseline."""
    mine = headline[headline["scenario"].astype(str) == line.scenario]
    if not len(mine):
        raise _fault(path, number, "scenario", line.scenario, headline["scenario"])
    row = mine[mine["measure"].astype(str) == line.measure]
    if not len(row) or not math.isfinite(row.iloc[0]["diff"]):
        differing = mine[mine["diff"].notna()]
        raise _fault(path, number, "measure", line.measure, differing["measure"])
    return row.iloc[0]


def _fault(path: Path, number: int, key: str, found: str, known: pd.Series) -> InputError:
    names = ", ".join(dict.fromkeys(known.astype(str))) or "none: it is the baseline"
    words = f"The study has no difference of that {key}. It has: {names}."
    return InputError([Fault(path.as_posix(), 0, f"scenario_lines[{number}].{key}", f'"{found}"', words)])
