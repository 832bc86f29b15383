"""Supporting to final centres: direct, step-down and reciprocal allocation as one matrix of shares.

A method only decides which shares between supporting centres count: none (direct), those to centres later in an order
(step-down), all (reciprocal). With those, S, and the shares to final centres, T (rows of [S T] sum to 1),

    M = (I - S)^-1 T          composite shares: where a supporting centre's own krona ends
    x = (I - S')^-1 b         gross cost: what passes through a centre, own cost b and what it is given

Behaviour: with the rows of S and T of `capacity` keys set to 0, V = (I - S)^-1 T <= M is the part of M whose whole way
went by `volume` keys. Source: matrix form of the textbook methods (University of Regina, open textbook, 8.3-8.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from flowsim.costs.ledger.keys import Network
from flowsim.errors import Fault, FlowsimError, InputError
from flowsim.frames import pd

Method = Literal["reciprocal", "step_down", "direct"]
METHODS: tuple[Method, ...] = get_args(Method)
_TINY = 1e-12


@dataclass(frozen=True)
class Allocation:
    """A method's shares over a network."""

    network: Network
    method: Method
    order: tuple[str, ...]
    """Of step-down: the centres, first to last; empty otherwise."""
    to_supporting: np.ndarray
    """S: the shares between supporting centres that count."""
    to_final: np.ndarray
    """T: shares to final centres."""
    composite: np.ndarray
    """M, supporting x final, rows sum to 1 (0 where nothing is spread)."""
    variable: np.ndarray
    """V, elementwise 0 <= V <= M."""
    warnings: tuple[str, ...]
    dropped: pd.DataFrame
    """Shares that the method leaves out: from_centre, to_centre, share_percent, ledger_dropped_sek (of gross cost)."""

    def gross(self, own: np.ndarray) -> np.ndarray:
        """What passes through each supporting centre, own cost and what others give it, in own's unit."""
        return np.linalg.solve(np.eye(len(own)) - self.to_supporting.T, own)

    def flows(self, own: np.ndarray) -> pd.DataFrame:
        """The blackboard's view: from_centre, to_centre, amount for every share that counts."""
        given = self.gross(own)[:, None] * np.hstack([self.to_supporting, self.to_final])
        i, j = np.nonzero(given)
        names = np.array(self.network.centres, dtype=object)
        return pd.DataFrame({"from_centre": names[i], "to_centre": names[j], "amount": given[i, j]})


def allocate(
    network: Network,
    own: np.ndarray,
    method: Method = "reciprocal",
    order: Sequence[str] = (),
    circular: Literal["allow", "stop"] = "allow",
    file: str = "keys",
) -> Allocation:
    """The method's shares for supporting centres of these own costs (any unit; only who has cost matters).

    `order` of step-down: first to last; default by `step_order`, then the rule of `default_order`. InputError for a
    closed loop, a centre with cost and no drivers, or one that the method cannot spread.
    """
    _refuse_dead_ends(network, own, file)
    names = network.supporting
    sequence = tuple(order or default_order(network, own)) if method == "step_down" else ()
    counted = _counted(network, method, [names.index(name) for name in sequence])
    drivers = np.hstack([network.drivers[:, : len(names)] * counted, network.drivers[:, len(names) :]])
    _refuse_stuck(network, own, drivers, method, file)
    s, t = _shares(drivers, len(names))
    through = network.volume[:, None]
    composite, variable = _composite(s, t), _composite(s * through, t * through)
    dropped = _dropped(network, counted, s, own)
    warnings = _circles(network, circular, file) if method == "step_down" else ()
    return Allocation(
        network, method, sequence, s, t, composite, np.minimum(variable, composite), tuple(warnings), dropped
    )


def default_order(network: Network, own: np.ndarray) -> tuple[str, ...]:
    """Step-down's order: `step_order` where given, first; the rest by who gives most to other supporting centres.

    Then who costs most, then by number. Source: University of Regina, open textbook, 8.3.
    """
    s = len(network.supporting)
    sums = network.drivers.sum(axis=1)
    to_others = np.divide(network.drivers[:, :s].sum(axis=1), sums, out=np.zeros(s), where=sums > 0)
    given = network.step_order or (None,) * s

    def rank(k: int) -> tuple[float, float, float, str]:
        place = given[k]
        return (
            np.inf if place is None else place,
            -round(float(to_others[k]), 12),
            -float(own[k]),
            network.supporting[k],
        )

    return tuple(network.supporting[k] for k in sorted(range(s), key=rank))


def _counted(network: Network, method: Method, order: list[int]) -> np.ndarray:
    """Which shares between supporting centres count: 1 or 0."""
    s = len(network.supporting)
    if method == "reciprocal":
        return np.ones((s, s))
    if method == "direct":
        return np.zeros((s, s))
    place = np.empty(s, dtype=int)
    place[order] = np.arange(s)
    return (place[None, :] > place[:, None]).astype(float)


def _shares(drivers: np.ndarray, supporting: int) -> tuple[np.ndarray, np.ndarray]:
    """S and T; rows without a way to a final centre are 0."""
    sums = drivers.sum(axis=1, keepdims=True)
    shares = np.divide(drivers, sums, out=np.zeros_like(drivers), where=sums > 0)
    alive = _reaching(drivers, supporting)
    shares[~alive] = 0
    shares[:, :supporting][:, ~alive] = 0
    sums = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, sums, out=shares, where=sums > 0)
    return shares[:, :supporting], shares[:, supporting:]


def _composite(s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(I - S)^-1 T, the float's tiny negatives cut."""
    found = np.linalg.solve(np.eye(len(s)) - s, t) if len(s) else t
    return np.where(np.abs(found) < _TINY, 0.0, found).clip(min=0.0)


def _reaching(drivers: np.ndarray, supporting: int) -> np.ndarray:
    """Which supporting centres have a way to a final one."""
    found = drivers[:, supporting:].sum(axis=1) > 0
    while True:
        more = found | ((drivers[:, :supporting] > 0) & found[None, :]).any(axis=1)
        if (more == found).all():
            return found
        found = more


def _costing(drivers: np.ndarray, supporting: int, own: np.ndarray) -> np.ndarray:
    """Which supporting centres have cost: of their own, or given by one that has."""
    has = own != 0
    while True:
        more = has | ((drivers[:, :supporting] > 0) & has[:, None]).any(axis=0)
        if (more == has).all():
            return has
        has = more


def _refuse_dead_ends(network: Network, own: np.ndarray, file: str) -> None:
    """Cost that no method can bring to a final centre."""
    s = len(network.supporting)
    stuck = _costing(network.drivers, s, own) & ~_reaching(network.drivers, s)
    empty = stuck & (network.drivers.sum(axis=1) == 0)
    faults = [
        Fault(file, 0, f"key {network.key[k]}, cost centre {network.supporting[k]}", "", _NO_DRIVER)
        for k in np.flatnonzero(empty)
    ]
    loop = [network.supporting[k] for k in np.flatnonzero(stuck & ~empty)]
    if loop and not faults:
        words = f"closed loop without way to a final centre: {', '.join(loop)}"
        faults.append(Fault(file, 0, "the keys", "", words))
    if faults:
        raise InputError(faults)


_NO_DRIVER = "driver sum is zero while cost is not: give the key a driver, or the centre another key."


def _refuse_stuck(network: Network, own: np.ndarray, drivers: np.ndarray, method: Method, file: str) -> None:
    """Cost that this method, or this order, cannot bring to a final centre."""
    s = len(network.supporting)
    stuck = _costing(drivers, s, own) & ~_reaching(drivers, s)
    if not stuck.any():
        return
    names = ", ".join(network.supporting[k] for k in np.flatnonzero(stuck))
    words = (
        f"{names}: serves supporting cost centres only, which direct allocation ignores: use step_down or reciprocal."
        if method == "direct"
        else f"{names}: has backward drivers only in this order: put it earlier (step_order), or use reciprocal."
    )
    raise InputError([Fault(file, 0, "the keys", "", words)])


def _dropped(network: Network, counted: np.ndarray, s: np.ndarray, own: np.ndarray) -> pd.DataFrame:
    """Shares between supporting centres that the method leaves out, in percent of all and in SEK of gross cost."""
    n = len(network.supporting)
    sums = network.drivers.sum(axis=1, keepdims=True)
    shares = np.divide(network.drivers, sums, out=np.zeros_like(network.drivers), where=sums > 0)[:, :n]
    gross = np.linalg.solve(np.eye(n) - s.T, own / 100) if n else own
    i, j = np.nonzero(shares * (1 - counted))
    names = np.array(network.supporting, dtype=object)
    return pd.DataFrame(
        {
            "from_centre": names[i],
            "to_centre": names[j],
            "share_percent": shares[i, j] * 100,
            "ledger_dropped_sek": np.round(gross[i] * shares[i, j], 2),
        }
    )


def _circles(network: Network, circular: Literal["allow", "stop"], file: str) -> Iterable[str]:
    """A warning, or a stop, where supporting centres support each other in a circle."""
    n = len(network.supporting)
    reach = (network.drivers[:, :n] > 0).astype(int)
    for _ in range(max(n.bit_length(), 1)):
        reach = ((reach + reach @ reach) > 0).astype(int)
    inside = np.flatnonzero(np.diag(reach))
    if not len(inside):
        return ()
    names = ", ".join(network.supporting[k] for k in inside)
    if circular == "stop":
        raise InputError([Fault(file, 0, "the keys", "", f"supporting centres in a circle: {names} (circular: stop).")])
    return (f"supporting centres in a circle: {names}. Step-down drops what goes backwards; see the dropped shares.",)


def by_name(name: str) -> Method:
    """The method of that name. FlowsimError if there is none."""
    for method in METHODS:
        if name.replace("-", "_") == method:
            return method
    raise FlowsimError(f'There is no method "{name}". Allowed: {", ".join(METHODS)}.')
