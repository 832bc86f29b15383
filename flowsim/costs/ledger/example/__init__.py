"""A made-up hospital to cost: every figure invented, by a fixed seed, in the columns a costing reads.

tables() -> {table: rows}        write(folder) -> the same as CSV files, with costing.yaml
"""

from flowsim.costs.ledger.example.hospital import tables, write

__all__ = ["tables", "write"]
