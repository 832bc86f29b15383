"""A budget that somebody else has printed: loaded as it stands, and what does not add up in it, listed.

Nothing is corrected. Checked are rows against the total row, printed percentages and differences against the figures
they are made of, and totals that two tables both print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.schema.budget import Agreement, DifferenceCheck, PercentCheck, Printed, PrintedTable
from flowsim.schema.entry import listed, nearest
from flowsim.sheets.amounts import number, text
from flowsim.sheets.table import Table, read_table


@dataclass(frozen=True)
class Finding:
    """One thing that does not add up."""

    table: str
    row: str
    column: str
    printed: Decimal
    computed: Decimal
    en: str
    sv: str

    @property
    def difference(self) -> Decimal:
        """Printed - computed."""
        return self.printed - self.computed


@dataclass(frozen=True)
class Loaded:
    """One printed table as it stands: rows by key, cells as numbers where they are numbers."""

    name: str
    terms: PrintedTable
    headings: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Any]]

    @property
    def parts(self) -> list[str]:
        """Keys of the rows but the total."""
        return [key for key in self.rows if key != self.terms.total]

    def cell(self, row: str, column: str) -> Decimal | None:
        """A number; None where nothing is printed."""
        found = self.rows[row].get(column)
        return found if isinstance(found, Decimal) else None

    def called(self, row: str) -> str:
        """What a row is called in messages."""
        label = self.rows[row].get(self.terms.label) if self.terms.label else None
        return f"{row} {label}" if label and str(label) != row else row

    def frame(self) -> pd.DataFrame:
        """The table as a frame, as printed."""
        cells = [[_plain(row.get(heading)) for heading in self.headings] for row in self.rows.values()]
        return pd.DataFrame(cells, columns=list(self.headings))


def load_printed(printed: Printed, folder: Path) -> dict[str, Loaded]:
    """The tables as they stand. InputError for a file, column or row that is named and not there."""
    found, faults = {}, []
    for name, terms in printed.tables.items():
        try:
            found[name] = _loaded(name, terms, read_table(folder / terms.file))
        except InputError as error:
            faults += error.faults
    if not faults:
        faults = [fault for one in printed.agree for fault in _unknown(one, found)]
    if faults:
        raise InputError(faults)
    return found


def findings(printed: Printed, tables: Mapping[str, Loaded]) -> list[Finding]:
    """Everything that does not add up, table by table, then between tables."""
    said: list[Finding] = []
    for table in tables.values():
        for percent in table.terms.percent:
            said += _percentages(table, percent)
        for difference in table.terms.differences:
            said += _differences(table, difference)
        said += _sums(table)
    for agreement in printed.agree:
        said += _agreement(tables, agreement)
    return said


def findings_table(said: list[Finding]) -> pd.DataFrame:
    """Columns: table, row, column, printed, computed, difference, finding (English), finding_sv."""
    rows = [
        [one.table, one.row, one.column, float(one.printed), float(one.computed), float(one.difference), one.en, one.sv]
        for one in said
    ]
    heads = ["table", "row", "column", "printed", "computed", "difference", "finding", "finding_sv"]
    return pd.DataFrame(rows, columns=heads)


def _loaded(name: str, terms: PrintedTable, table: Table) -> Loaded:
    asked = [terms.key, *terms.sums, *([terms.label] if terms.label else [])]
    asked += [c for p in terms.percent for c in (p.column, p.value, p.base or p.value)]
    asked += [c for d in terms.differences for c in (d.column, d.value, d.minus)]
    faults = [
        Fault(
            table.file,
            1,
            column,
            "",
            f"There is no such column. It has: {listed(table.headings)}.{nearest(column, table.headings)}",
        )
        for column in dict.fromkeys(asked)
        if column not in table.headings
    ]
    if faults:
        raise InputError(faults)
    place = table.headings.index(terms.key)
    rows = {}
    for _, cells in table.rows:
        row = {heading: _cell(cell) for heading, cell in zip(table.headings, cells, strict=False)}
        rows[text(cells[place])] = row | {terms.key: text(cells[place])}
    needed = [terms.total, *(p.base_row for p in terms.percent)]
    for key in (key for key in needed if key is not None and key not in rows):
        words = f"There is no row {key}. It has: {listed(list(rows)[:20])}.{nearest(key, rows)}"
        raise InputError([Fault(table.file, 0, terms.key, key, words)])
    return Loaded(name, terms, table.headings, rows)


def _cell(cell: Any) -> Any:
    try:
        return number(cell) if cell is not None else None
    except ValueError:
        return text(cell)


def _percentages(table: Loaded, check: PercentCheck) -> Iterator[Finding]:
    """Printed percentages against what they recompute to, at the decimals printed."""
    for row in table.rows:
        printed, value = table.cell(row, check.column), table.cell(row, check.value)
        base = table.cell(check.base_row or row, check.base or check.value)
        if printed is None or value is None or not base:
            continue
        exact = 100 * (value / base - (1 if check.kind == "change" else 0))
        computed = exact.quantize(Decimal(1).scaleb(-check.decimals), ROUND_HALF_UP)
        if computed == printed:
            continue
        who = f"{table.called(row)}: {check.column}"
        en = f"{who} is printed {printed} %, but {value:,} / {base:,} is {exact:+.2f} %"
        sv = f"{who} står som {_sv(printed)} %, men {_sv(value)} / {_sv(base)} är {_sv(exact, 2)} %"
        if computed == -printed:
            en, sv = f"{en}: the sign is wrong", f"{sv}: fel tecken"
        yield Finding(table.name, row, check.column, printed, computed, f"{en}.", f"{sv}.")


def _differences(table: Loaded, check: DifferenceCheck) -> Iterator[Finding]:
    for row in table.rows:
        printed, value, minus = (table.cell(row, c) for c in (check.column, check.value, check.minus))
        if printed is None or value is None or minus is None or printed == value - minus:
            continue
        right, who = value - minus, f"{table.called(row)}: {check.column}"
        off = printed - right
        yield Finding(
            table.name,
            row,
            check.column,
            printed,
            right,
            f"{who} is printed {printed:,}, but {value:,} - {minus:,} = {right:,}: off by {off:+,}.",
            f"{who} står som {_sv(printed)}, men {_sv(value)} − {_sv(minus)} = {_sv(right)}: fel med "
            f"{_sv(off, signed=True)}.",
        )


def _sums(table: Loaded) -> Iterator[Finding]:
    """Rows against the total row."""
    total = table.terms.total
    for column in table.terms.sums if total is not None else ():
        printed = table.cell(str(total), column)
        computed = sum((table.cell(row, column) or Decimal(0) for row in table.parts), Decimal(0))
        if printed is None or printed == computed:
            continue
        off, n = computed - printed, len(table.parts)
        yield Finding(
            table.name,
            str(total),
            column,
            printed,
            computed,
            f"{table.name}: the {n} rows of {column} sum to {computed:,}, the total row says {printed:,} ({off:+,}): "
            + (
                "rows seem to be missing."
                if abs(off) * 20 > abs(printed)
                else "rows seem to overlap, or one is hidden."
            ),
            f"{table.name}: de {n} raderna i {column} summerar till {_sv(computed)}, totalraden säger {_sv(printed)} "
            f"({_sv(off, signed=True)}): "
            + (
                "rader tycks saknas." if abs(off) * 20 > abs(printed) else "rader tycks överlappa, eller någon är dold."
            ),
        )


def _agreement(tables: Mapping[str, Loaded], check: Agreement) -> Iterator[Finding]:
    """Two figures that should be the same."""
    (left, right) = (_figure(tables, where) for where in (check.left, check.right))
    if left is None or right is None or left == right:
        return
    off, what_sv = left - right, check.what_sv or check.what
    en = f"{check.what}: {left:,} in {check.left}, {right:,} in {check.right} ({off:+,})"
    sv = f"{what_sv}: {_sv(left)} i {check.left}, {_sv(right)} i {check.right} ({_sv(off, signed=True)})"
    more = _figure(tables, check.hint) if check.hint else None
    if more is not None:
        en, sv = f"{en}; beside them {more:,} in {check.hint}", f"{sv}; bredvid dem {_sv(more)} i {check.hint}"
    yield Finding(check.left.split(".")[0], "", check.what, left, right, f"{en}.", f"{sv}.")


def _figure(tables: Mapping[str, Loaded], where: str) -> Decimal | None:
    name, column, row = (*where.split(".", 2), "", "")[:3]
    table = tables[name]
    return table.cell(row or str(table.terms.total), column)


def _unknown(check: Agreement, tables: Mapping[str, Loaded]) -> Iterator[Fault]:
    for where in filter(None, (check.left, check.right, check.hint)):
        name, column, row = (*where.split(".", 2), "", "")[:3]
        table = tables.get(name)
        known = table is not None and column in table.headings and (row or str(table.terms.total)) in table.rows
        if not known:
            yield Fault(name, 0, "agree", where, "There is no such figure: write table.column, or table.column.row.")


def _sv(value: Decimal, decimals: int | None = None, signed: bool = False) -> str:
    sign = "+" if signed else ""
    said = f"{value:{sign},}" if decimals is None else f"{value:+,.{decimals}f}"
    return said.replace(",", " ").replace(".", ",").replace("-", "−")


def _plain(cell: Any) -> Any:
    if not isinstance(cell, Decimal):
        return cell
    return int(cell) if cell == cell.to_integral_value() and "." not in str(cell) else float(cell)
