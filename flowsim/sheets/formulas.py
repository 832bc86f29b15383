"""Cells of a workbook that are formulas nobody has computed yet: their values are not in the file.

Excel and LibreOffice save a formula's last value beside it. A program that writes a workbook often does not: it leaves
the value out or writes 0, and asks that the whole be computed when the workbook is opened. Read as they stand, such
cells would be zeros that look right.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path

_ON_LOAD = re.compile(rb'<calcPr[^>]*fullCalcOnLoad="(?:1|true)"')
_SHEET = re.compile(rb"<sheet\s[^>]*>")
_RELATION = re.compile(rb"<Relationship\s[^>]*>")
_EMPTY_FORMULA = re.compile(
    rb'<c r="[A-Z]+(\d+)"[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v>0?</v>|<v\s*/>)?</c>',
)


def never_computed(path: Path, sheet: int) -> int:
    """The row of the first formula without a value on the sheet at a place (0 is the first); 0 if there is none."""
    with zipfile.ZipFile(path) as packed:
        workbook = packed.read("xl/workbook.xml")
        if not _ON_LOAD.search(workbook):
            return 0
        found = _EMPTY_FORMULA.search(packed.read(_part(packed, workbook, sheet)))
    return int(found[1]) if found else 0


def _part(packed: zipfile.ZipFile, workbook: bytes, sheet: int) -> str:
    """The part of the package that holds a sheet."""
    wanted = _attribute(_SHEET.findall(workbook)[sheet], rb"r:id")
    relations = _RELATION.findall(packed.read("xl/_rels/workbook.xml.rels"))
    target = next(_attribute(one, rb"Target") for one in relations if _attribute(one, rb"Id") == wanted)
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/") if target[0] != "/" else target[1:]


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return found[1].decode() if found else ""
