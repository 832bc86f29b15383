"""Stage 3, allocation applied: each ledger cell's öre at the final centres, by behaviour, with where it came from.

A variable or step-fixed krona keeps its behaviour for the share of its way that went by `volume` keys; the rest
becomes fixed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.costs.ledger.allocation import Allocation
from flowsim.costs.ledger.forms import BEHAVIOURS, RESOURCE_KINDS
from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.reconciliation import Stage, closed
from flowsim.costs.ledger.spreading import WHOLE, on_grid, spread_pairs, spread_rows
from flowsim.frames import pd

FIXED = BEHAVIOURS.index("fixed")


@dataclass(frozen=True)
class Finals:
    """Öre at final centres, one line per ledger cell, final centre and behaviour; parallel arrays of codes."""

    centres: tuple[str, ...]
    """Origin codes: supporting centres, then final ones."""
    finals: tuple[str, ...]
    accounts: tuple[str, ...]
    origin: np.ndarray
    account: np.ndarray
    final: np.ndarray
    behaviour: np.ndarray
    """Code in `BEHAVIOURS`."""
    kind: np.ndarray
    """Code in `RESOURCE_KINDS`."""
    ore: np.ndarray
    stage: Stage

    def cost(self) -> dict[str, int]:
        """Öre by final centre."""
        total = np.zeros(len(self.finals), dtype=np.int64)
        np.add.at(total, self.final, self.ore)
        return dict(zip(self.finals, total.tolist(), strict=True))


def at_finals(inputs: Inputs, cells: pd.DataFrame, allocation: Allocation) -> Finals:
    """Cells (cost_centre, account, ore) of supporting centres by the composite shares, those of final ones as is."""
    network = allocation.network
    place = {name: k for k, name in enumerate(network.centres)}
    types = inputs["cost_types"].set_index("cost_type")
    of_account = dict(zip(inputs["accounts"]["account"], inputs["accounts"]["cost_type"], strict=True))
    accounts = tuple(cells["account"].unique())
    behaviour = np.array([BEHAVIOURS.index(types.at[of_account[a], "behaviour"]) for a in accounts], dtype=np.int64)
    kind = np.array([RESOURCE_KINDS.index(types.at[of_account[a], "resource_kind"]) for a in accounts], dtype=np.int64)
    origin = cells["cost_centre"].map(place).to_numpy(dtype=np.int64)
    account = cells["account"].map({name: k for k, name in enumerate(accounts)}).to_numpy(dtype=np.int64)
    ore = cells["ore"].to_numpy(dtype=np.int64)
    own = origin >= len(network.supporting)
    lines: list[tuple[np.ndarray, ...]] = [
        (origin[own], account[own], origin[own] - len(network.supporting), behaviour[account[own]], ore[own])
    ]
    lines += _allocated(allocation, origin[~own], account[~own], behaviour, ore[~own])
    o, a, f, h, amount = (np.concatenate(part) for part in zip(*lines, strict=True))
    some = amount != 0
    o, a, f, h, amount = o[some], a[some], f[some], h[some], amount[some]
    stage = Stage("3", f"supporting -> final ({allocation.method})", int(ore.sum()), int(amount.sum()))
    before = {str(name): int(one) for name, one in cells.groupby("cost_centre")["ore"].sum().items()}
    came = pd.Series(amount).groupby(np.array(network.centres, dtype=object)[o]).sum()
    checked = closed(stage, before, {str(name): int(one) for name, one in came.items()})
    return Finals(network.centres, network.final, accounts, o, a, f, h, kind[a], amount, checked)


def _allocated(
    allocation: Allocation, origin: np.ndarray, account: np.ndarray, behaviour: np.ndarray, ore: np.ndarray
) -> list[tuple[np.ndarray, ...]]:
    """Lines of supporting centres' cells: what keeps its behaviour, and what became fixed."""
    if not len(ore):
        return []
    whole = on_grid(allocation.composite)
    kept = np.minimum(np.rint(allocation.variable * WHOLE).astype(np.int64), whole)
    kept[np.isclose(allocation.variable, allocation.composite, rtol=1e-12, atol=0)] = -1
    kept = np.where(kept < 0, whole, kept)
    amounts = spread_rows(ore, whole[origin])
    cell, final = np.nonzero(amounts)
    amount = amounts[cell, final]
    of = behaviour[account[cell]]
    stays = np.where(of == FIXED, amount, spread_pairs(amount, kept[origin[cell], final], whole[origin[cell], final]))
    where = (origin[cell], account[cell], final)
    return [(*where, of, stays), (*where, np.full(len(of), FIXED), amount - stays)]
