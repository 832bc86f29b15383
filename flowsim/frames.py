"""pandas, loaded when something of it is first used: its import takes longer than many a command.

from flowsim.frames import pd
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["pd"]

if TYPE_CHECKING:
    import pandas as pd
else:

    class _Pandas:
        """Stands for the module; what was asked for once is kept."""

        def __getattr__(self, name: str) -> object:
            import pandas as pd

            found = getattr(pd, name)
            setattr(self, name, found)
            return found

    pd = _Pandas()
