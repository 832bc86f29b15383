"""What a hospital is paid: DRG points and contacts in, income by payment model out, run by run.

Caps bend, so income is counted within each replication and averaged afterwards, never the other way round. `activity`
says what is paid for, `income` applies every model of a payments file, `equal_price` and `neutrality` are the tables
behind two of the models, `titles` says what a model assumes. Money is whole öre inside, SEK at the door.
"""

from flowsim.costs.payment.activity import Activity, activity, actual_activity
from flowsim.costs.payment.income import income, income_by_hospital
from flowsim.costs.payment.reading import load_payments
from flowsim.costs.payment.titles import title

__all__ = ["Activity", "activity", "actual_activity", "income", "income_by_hospital", "load_payments", "title"]
