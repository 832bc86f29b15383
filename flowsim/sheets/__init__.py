"""Tables as people keep them: guarded reading of CSV and workbooks, Swedish or English, and safe writing.

    book = read_book("costs.xlsx")                    # or a folder of CSV files; InputError in words
    frame = book.read(Form("ledger", (Column("amount_sek", "money", also=("Belopp",)), ...), also=("Huvudbok",)))
    frames = read_forms(book, needed=[...], welcome=[...])      # the faults of all sheets at once
    write_book("out.xlsx", {"unit_costs": frame}, lang="sv", headings={"idle_sek": ("idle, SEK", "Ledigt, kr")})

Money is read as whole öre; `amounts` tells which ways of writing a number are taken and which are refused.
"""

from flowsim.sheets.book import Book, read_book, read_forms
from flowsim.sheets.forms import Column, Form, headings_of
from flowsim.sheets.table import Table, read_table, refused
from flowsim.sheets.writing import write_book

__all__ = [
    "Book", "Column", "Form", "Table", "headings_of", "read_book", "read_forms", "read_table", "refused", "write_book",
]  # fmt: skip
