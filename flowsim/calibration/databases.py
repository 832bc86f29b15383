"""Databases: one table or view by an address such as sqlite:///clinic.db, read only and piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flowsim.frames import pd
from flowsim.sheets.table import refused


def is_address(source: object) -> bool:
    """Whether this is a database's address (sqlite:///clinic.db), not a file's path."""
    return isinstance(source, str) and "://" in source


def named(address: str) -> str:
    """What a database is called in messages: its kind. Addresses may hold passwords."""
    return f"the {address.partition(':')[0].partition('+')[0]} database"


def rows_of(address: str, table: str, rows: int) -> Iterator[tuple[pd.DataFrame, int]]:
    """(so many rows, rows in all) of one table or view, streamed, in a transaction that is rolled back.

    InputError if there is no such table, or it cannot be read.
    """
    try:
        import sqlalchemy as sql
    except ImportError:
        raise refused(
            "the database", address.partition(":")[0], "Reading needs SQLAlchemy: install it first."
        ) from None
    try:
        engine = sql.create_engine(_read_only(address))
        options = {"stream_results": True, "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection:
            found = sql.Table(table, sql.MetaData(), autoload_with=connection)
            total = connection.execute(sql.select(sql.func.count()).select_from(found)).scalar_one()
            for piece in pd.read_sql_query(sql.select(found), connection, chunksize=rows):
                yield piece, int(total)
            connection.rollback()
        engine.dispose()
    except sql.exc.NoSuchTableError:
        known = ", ".join(sorted(sql.inspect(engine).get_table_names() + sql.inspect(engine).get_view_names())[:20])
        words = f"There is no such table or view; there are: {known or 'none'}. Say which with --table."
        raise refused("the database", table, words) from None
    except (sql.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        words = f"It could not be read ({type(error).__name__}). Is the address right, and the server up?"
        raise refused("the database", table, words) from None


def _read_only(address: str) -> str:
    """A SQLite file opened for reading only; an address of a file that is not there would make one."""
    path = address.removeprefix("sqlite:///")
    if path == address or path.startswith("file:"):
        return address
    if not Path(path).is_file():
        raise refused("the database", Path(path).name, "There is no such database file.")
    return f"sqlite:///file:{path}?mode=ro&uri=true"
