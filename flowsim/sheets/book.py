"""One workbook, or a folder of CSV files, as named sheets; each is read by a form, its faults told together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.sheets.forms import Form, framed
from flowsim.sheets.table import Table, read_sheets, read_text_table, refused

TEXTS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Book:
    """Named sheets, not yet read; `notes` tells what is worth knowing of how they were read."""

    name: str
    files: Mapping[str, Path] = field(default_factory=dict)
    """Of a folder: sheet -> CSV file."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Of a workbook: sheet -> its table."""
    notes: list[str] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """The sheets' names as they stand in the book."""
        return (*self.files, *self.tables)

    def has(self, form: Form) -> bool:
        """Is there a sheet of the form's name, or one of its other names?"""
        return any(form.is_called(name) for name in self.names)

    def read(self, form: Form) -> pd.DataFrame:
        """The form's sheet as a frame (see `forms.framed`). InputError with every fault."""
        found = [name for name in self.names if form.is_called(name)]
        if len(found) != 1:
            names = ", ".join((form.name, *form.also))
            words = (
                f"There is no sheet {names}: it is needed. Found: {', '.join(self.names) or 'nothing'}."
                if not found
                else f"Two sheets mean the same: {' and '.join(found)}. Keep one."
            )
            raise InputError([Fault(self.name, 0, "the sheets", "", words)])
        return framed(self._table(found[0]), form)

    def _table(self, name: str) -> Table:
        if name in self.tables:
            return self.tables[name]
        table = read_text_table(self.files[name])
        if table.note and table.note not in self.notes:
            self.notes.append(table.note)
        return table


def read_book(path: str | Path) -> Book:
    """A workbook (.xlsx) or a folder of CSV files, guarded: see `table`. InputError if it is neither."""
    path = Path(path)
    if path.is_dir():
        files = {one.stem: one for one in sorted(path.iterdir()) if one.suffix.lower() in TEXTS}
        if not files:
            raise refused(path.name, "the folder", "There are no CSV files in it.")
        return Book(path.name, files=files)
    if path.suffix.lower() != ".xlsx":
        raise refused(path.name, "the file", "It must be a workbook (.xlsx) or a folder of CSV files.")
    return Book(path.name, tables=read_sheets(path))


def read_forms(book: Book, needed: Iterable[Form], welcome: Iterable[Form] = ()) -> dict[str, pd.DataFrame]:
    """Frames by form name; `welcome` forms only if the book has them. InputError with the faults of all sheets."""
    frames: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for form in (*needed, *(form for form in welcome if book.has(form))):
        try:
            frames[form.name] = book.read(form)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return frames
