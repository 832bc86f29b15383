"""What contacts and capacity cost: from unit costs (KPP) to SEK per contact, patient and scenario.

Frames in, frames out; nothing here knows of engines or plans. Money is whole öre inside and SEK at the door:
`money` splits it without losing an öre, `uses` says which care services a contact used, `kpp` prices contacts and
patients, `scenario_cost` totals a scenario, `added_cost` sets scenarios beside a baseline. `ledger` makes the unit
costs from a hospital's ledger.
"""
