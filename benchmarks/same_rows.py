"""`python benchmarks/same_rows.py`: do the two engines return the same rows? The slow tests of it, counted.

Every shipped scenario and every theory case, three seeds; at least 1,000 random models of each of two kinds, two
seeds; the cases known to the second. About five minutes. Exit code 1 where one row differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from measuring import HERE, machine

TESTS = HERE.parent / "tests" / "test_engines_agree.py"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=int, default=1000, help="random models of each kind")
    asked = parser.parse_args()
    print(machine("hypothesis"), flush=True)
    command = [sys.executable, "-m", "pytest", "-v", "-m", "slow or not slow", str(TESTS)]
    return subprocess.run(command, env={**os.environ, "FLOWSIM_EXAMPLES": str(asked.models)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
