"""`python benchmarks/memory.py`: bytes a patient that one replication with a million patients leaves and needs.

ortho4 with 62 times its referrals, servers, beds and waiting patients, 156 weeks, all rows kept, compiled engine. A
process of its own runs it; its greatest resident memory (VmHWM), less what it had after a run of ortho4 itself
(libraries, kernel), divided by the patients. So draws, tables of the kernel and rows all count. Exit code 1 where the
goal is missed.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import HERE, built, machine, ours, verdict, warm

TIMES = 62
MOST_BYTES = 600


def enlarged(times: int) -> str:
    """ortho4 with so many times its rate, capacity and backlog."""
    text = (HERE / "ortho4.yaml").read_text()
    return re.sub(r"(per_week|patients|servers|places): (\d+)", lambda m: f"{m[1]}: {times * int(m[2])}", text)


def peak() -> int:
    """The greatest resident memory of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(size) * (1 if sys.platform == "darwin" else 1024)
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])  # type: ignore[index]


def measured(times: int, engine: str) -> dict[str, int]:
    """Patients, contacts, and bytes: of this process at its greatest above a small run, and of the rows alone."""
    warm(built(HERE / "ortho4.yaml"), engine)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ortho4.yaml"
        path.write_text(enlarged(times))
        made = built(path)
    base = peak()
    rows = ours(made, 0, engine)
    held = sum(column.nbytes for table in rows.values() for column in table.values())
    patients, contacts = (len(rows[table]["patient"]) for table in ("patients", "contacts"))
    return {"patients": patients, "contacts": contacts, "bytes": peak() - base, "rows": held}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=TIMES, help="times ortho4")
    parser.add_argument("--engine", default="compiled")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(measured(asked.times, asked.engine)))
        return 0
    print(machine())
    command = [sys.executable, __file__, "--here", "--times", str(asked.times), "--engine", asked.engine]
    one = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    each, rows = one["bytes"] / one["patients"], one["rows"] / one["patients"]
    print(f"\n{one['patients']:,} patients, {one['contacts']:,} contacts, {asked.engine} engine:")
    print(f"{each:.0f} bytes a patient at the most, of which the rows {rows:.0f}")
    return verdict([(each <= MOST_BYTES, f"at most {MOST_BYTES} bytes a patient: {each:.0f}")])


if __name__ == "__main__":
    sys.exit(main())
