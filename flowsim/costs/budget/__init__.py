"""Activity-based budget in three phases, volume -> capacity -> economy; its versions, its months, and its follow-up.

`reading` loads a budget file with its tables, `volume`, `capacity` and `economy` are the phases, `versions` sets region
beside department and line beside line, `follow_up` and `deviation` split outcome against budget, `printed` checks a
budget that somebody else has printed. Amounts are exact fractions until they are öre, and no öre is lost.
"""
