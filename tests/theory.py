"""Exact results of queueing theory, for comparison with the simulation.

Rates and times share one unit (arrivals per hour and hours, say). a = offered load = rate x mean visit, c = servers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, factorial

import numpy as np


def erlang_b(servers: int, load: float) -> float:
    """Share turned away where nobody may wait. Source: Erlang 1917; M/G/c/c: Sevast'yanov 1957."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share who must wait in M/M/c. Source: Kleinrock, Queueing Systems I (1975), 3.40."""
    busy = erlang_b(servers, load)
    return servers * busy / (servers - load * (1 - busy))


def mmc_wait(servers: int, rate: float, visit: float) -> float:
    """Mean wait before the visit in M/M/c. Source: Kleinrock I, section 3.5."""
    return erlang_c(servers, rate * visit) * visit / (servers - rate * visit)


def mmc_late(servers: int, rate: float, visit: float, after: float) -> float:
    """P(wait > after) in M/M/c, first come first served. Source: Gross and Harris 1998, 2.35."""
    return erlang_c(servers, rate * visit) * exp(-(servers - rate * visit) * after / visit)


def mg1_wait(rate: float, visit: float, cv: float) -> float:
    """Mean wait in M/G/1 (Pollaczek-Khinchine). Source: Kleinrock I, 5.72."""
    return rate * visit**2 * (1 + cv**2) / 2 / (1 - rate * visit)


def cobham_waits(rates: Sequence[float], visits: Sequence[float], cvs: Sequence[float]) -> list[float]:
    """Mean wait by class, one server, the first class served first, nobody interrupted. Source: Cobham 1954, eq. 3."""
    left = sum(r * v**2 * (1 + cv**2) / 2 for r, v, cv in zip(rates, visits, cvs, strict=True))
    loads = np.cumsum([0.0, *(r * v for r, v in zip(rates, visits, strict=True))])
    return [float(left / (1 - loads[k]) / (1 - loads[k + 1])) for k in range(len(rates))]


def interrupted_times(rates: Sequence[float], visits: Sequence[float], cvs: Sequence[float]) -> list[float]:
    """Mean time from joining to the end by class, preemptive resume M/G/1.

    Source: Gross and Harris 1998, section 3.4.2; Conway, Maxwell and Miller 1967, section 8.6.
    """
    loads = np.cumsum([0.0, *(r * v for r, v in zip(rates, visits, strict=True))])
    left = np.cumsum([r * v**2 * (1 + cv**2) / 2 for r, v, cv in zip(rates, visits, cvs, strict=True)])
    return [
        float(visits[k] / (1 - loads[k]) + left[k] / (1 - loads[k]) / (1 - loads[k + 1])) for k in range(len(rates))
    ]


def erlang_a(servers: int, rate: float, visit: float, patience: float) -> Mapping[str, float]:
    """M/M/c with exponential patience: `left` (share who leave), `queue` (mean number), `wait` (mean, all who joined).

    Source: Palm 1957; the birth and death chain summed directly.
    """
    weights = [1.0]
    for k in range(1, 400):
        out = min(k, servers) / visit + max(k - servers, 0) / patience
        weights.append(weights[-1] * rate / out)
    shares = np.array(weights) / sum(weights)
    queue = float(sum(p * max(k - servers, 0) for k, p in enumerate(shares)))
    return {"left": queue / patience / rate, "queue": queue, "wait": queue / rate}


def jackson_rates(outside: Sequence[float], routes: Sequence[Sequence[float]]) -> list[float]:
    """Visits per time unit to each station: rates = outside + rates x routes. Source: Jackson 1957."""
    through = np.linalg.solve(np.eye(len(outside)) - np.array(routes).T, np.array(outside))
    return [float(x) for x in through]


def poisson(mean: float, number: int) -> float:
    """P(number) of a Poisson count: those inside M/G/infinity. Source: Kleinrock I, problem 3.10."""
    return exp(-mean) * mean**number / factorial(number)


def delay_at(beds: int, load: float) -> float:
    """P(N = beds) / P(N <= beds) in an unlimited ward: Erlang B. Source: Monks et al. 2016, BMC HSR 16:530."""
    return poisson(load, beds) / sum(poisson(load, k) for k in range(beds + 1))


def tandem_throughput(first: float, second: float) -> float:
    """Two exponential stations of rates m1, m2, no buffer between, first queue never empty. Source: Hunt 1956.

    States: only the first works, both work, the first is blocked: weights m2/m1, 1, m1/m2; out at m2 in the last two.
    """
    return first * second * (first + second) / (first**2 + first * second + second**2)
