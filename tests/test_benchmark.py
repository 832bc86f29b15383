"""The benchmark's model keeps giving its peers' results; its scenario files stay readable."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from flowsim import arithmetic, plan, scenario

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
REPLICATIONS = 4


@pytest.fixture
def ortho4(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script as a module; forgotten afterwards."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    import ortho4

    yield ortho4
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("ortho4", "peers", "measuring", "memory", "region_scenario"):
            sys.modules.pop(name)


@pytest.mark.parametrize("path", sorted(BENCHMARKS.glob("ortho*.yaml")), ids=lambda path: path.stem)
def test_scenarios_can_be_built(path: Path) -> None:
    made = plan.build(scenario.load(path))
    assert made.end == 156 * 7 * 86_400
    assert sum(source == 1 for source in plan.draw(made, 1, 0).source) == 500


def test_the_same_results_as_plain_simpy_and_c(ortho4: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Waits, queues and visits per stage within 4 standard errors; the script compares more replications."""
    peers = [ortho4.peer_summary(ortho4.simpy_plain.run(seed)) for seed in range(REPLICATIONS)]
    theirs_in_c = {}
    if ortho4.in_c.compiler() is not None:
        theirs_in_c = {"C": [ortho4.peer_summary(ortho4.in_c.run(seed)) for seed in range(REPLICATIONS)]}
    made = plan.build(scenario.load(BENCHMARKS / "ortho4.yaml"))
    mine = [ortho4.our_summary(ortho4.ours(made, seed, "simpy"), made) for seed in range(REPLICATIONS)]
    assert ortho4.compare(peers, {"flowsim": mine, **theirs_in_c}), capsys.readouterr().out
    if not theirs_in_c:
        pytest.skip("C NOT TESTED: no compiler here (plain SimPy agrees)")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ciw", "salabim"])
def test_other_tools_give_the_same_results(ortho4: ModuleType, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip(name, reason=f'NOT TESTED: {name} is not installed: pip install "flowsim[benchmarks]"')
    from importlib import import_module

    run = import_module(f"peers.in_{name}").run
    plain = [ortho4.peer_summary(ortho4.simpy_plain.run(seed)) for seed in range(2 * REPLICATIONS)]
    assert ortho4.compare(plain, {name: [ortho4.peer_summary(run(s)) for s in range(2 * REPLICATIONS)]})


def test_the_large_model_is_62_times_the_small_one(ortho4: ModuleType) -> None:
    import memory

    def numbers(text: str) -> list[int]:
        return [int(n) for n in re.findall(r"(?:per_week|patients|servers|places): (\d+)", text)]

    small = (BENCHMARKS / "ortho4.yaml").read_text()
    assert numbers(small) == [100, 500, 5, 3, 4, 38]
    assert numbers(memory.enlarged(62)) == [62 * n for n in numbers(small)]


def test_the_region_is_15_specialties_and_a_million_episodes_in_three_years(ortho4: ModuleType, tmp_path: Path) -> None:
    import region_scenario

    found = region_scenario.specialties()
    assert len(found) == 15
    assert 3 * sum(one.per_year for one in found) == 3 * 334_931
    made = plan.build(scenario.load(region_scenario.write(tmp_path / "region.yaml", scale=0.003)))
    assert 3_000 < plan.draw(made, 1, 0).n < 3_600
    assert all(0.3 < load.load < 1 for load in arithmetic.loads(made) if load.asked_per_week > 10)
