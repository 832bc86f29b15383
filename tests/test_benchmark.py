"""The benchmark's model keeps giving the plain SimPy peer's results, and its scenario files stay readable."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flowsim import plan, scenario

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
REPLICATIONS = 4


@pytest.mark.parametrize("path", sorted(BENCHMARKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_scenarios_can_be_built(path: Path) -> None:
    made = plan.build(scenario.load(path))
    assert made.end == 156 * 7 * 86_400
    assert sum(source == 1 for source in plan.draw(made, 1, 0).source) == 500


def test_the_same_results_as_the_peer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Waits, queues and visits per stage within 4 standard errors; the script compares more replications."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import ortho4
    from peers import simpy_plain

    made = plan.build(scenario.load(BENCHMARKS / "ortho4.yaml"))
    peers = [ortho4.peer_summary(simpy_plain.run(seed)) for seed in range(REPLICATIONS)]
    mine = [ortho4.our_summary(ortho4.ours(made, seed, "simpy"), made) for seed in range(REPLICATIONS)]
    assert ortho4.compare(peers, mine), capsys.readouterr().out
    for name in ("ortho4", "peers", "peers.model", "peers.simpy_plain"):
        sys.modules.pop(name, None)
