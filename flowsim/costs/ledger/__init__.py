"""KPP costing: from the ledger to cost per contact and the unit costs that drive a scenario's money, öre by öre.

    inputs (forms, read)  ->  1 scope  ->  2 patient costs  ->  3 allocation  ->  4 resources  ->  5 activities
    ->  6 services and idle capacity  ->  7 contacts  ->  8 patients        `run` goes through them and reconciles

Every stage gives back what it kept and what it set aside, each with a name; nothing else may be missing.

    inputs = read_inputs("my_costs.xlsx")
    found = costing(inputs)                 # .stages, .unit_costs, .contacts, .warnings
    result_tables(found, ["theatre_minute"])
    write_unit_costs(found, Path("calibration/kpp.yaml"))
"""

from flowsim.costs.ledger.inputs import Inputs, read_inputs
from flowsim.costs.ledger.run import Costing, costing
from flowsim.costs.ledger.tables import result_tables
from flowsim.costs.ledger.unit_cost_file import write_unit_costs

__all__ = ["Costing", "Inputs", "costing", "read_inputs", "result_tables", "write_unit_costs"]
