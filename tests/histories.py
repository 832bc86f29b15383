"""The two real histories that ship with the project, and the windows their printed numbers belong to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flowsim import calibration

FOLDER = Path(__file__).parents[1] / "calibration"
DOCTORS = FOLDER / "doctor_weekly_activity.csv"
HEP = FOLDER / "hep_weekly_arthroplasty_history.csv"
SHOCK = calibration.exclusion("2017-12-04,2018-02-11,winter shock")
FOUR_YEARS = (date(2016, 1, 4), date(2019, 12, 29))
THREE_YEARS = (date(2016, 1, 4), date(2018, 12, 30))
