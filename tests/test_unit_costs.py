"""The unit cost file: read as whole öre, its faults told with line and key; and money split without losing an öre."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from worked_week import WORKED_WEEK as TEXT

from flowsim.costs.kpp import load_unit_costs
from flowsim.costs.money import largest_remainder, refuse_bare_money
from flowsim.errors import InputError
from flowsim.schema.reading import read
from flowsim.schema.unit_costs import unit_costs

pytestmark = pytest.mark.usefixtures("told_in_swedish")


def test_unit_costs_are_whole_ore():
    costs = unit_costs(*read(TEXT, "kpp.yaml"))
    assert costs.care_services["bed_day"].components[""].rates == (60_000, 178_571, 121_429)
    assert costs.resources["theatre"].fixed_sek_per_week == 6_000_000


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("reference_sek_per_unit: 18000", "reference_sek_unit: 18", ["line 13", "reference_sek_unit", "Did you mean"]),
        ("resource: theatre", "resource: theater", ["line 5", '"theater"', 'Did you mean "theatre"']),
        ("bed_day: bed_days", "bed_day: bed_dayz", ["line 21", "contacts.surgery.bed_day", "bed_days, nights"]),
        ("{operation: 1,", "{opration: 1,", ["line 21", 'no care service "opration"', 'Did you mean "operation"']),
        ("variable_sek: 23400", "variable_sek: 23400.125", ["line 7", "two decimals"]),
        ("variable_sek: 23400", "fixed_sek: 23400", ["line 7", "say with `resource:`"]),
        ("price_year: 2023", "", ["price_year", "missing", "year"]),
        ("size: 42", "size: 0", ["line 17", "above 0"]),
    ],
)
def test_faults_of_the_file_name_line_and_key(old, new, words):
    with pytest.raises(InputError) as caught:
        unit_costs(*read(TEXT.replace(old, new, 1), "kpp.yaml"))
    for word in ["kpp.yaml", *words]:
        assert word in str(caught.value)


def test_largest_remainder_by_its_examples():
    assert largest_remainder(10_000, np.ones(3)).tolist() == [3_334, 3_333, 3_333]
    assert largest_remainder(5, np.array([3, 2, 2])).tolist() == [2, 2, 1]
    assert largest_remainder(99_999, np.arange(1, 5)).tolist() == [10_000, 20_000, 30_000, 39_999]
    assert largest_remainder(-5, np.array([3, 2, 2])).tolist() == [-2, -2, -1]
    assert largest_remainder(3, np.array([0, 1, 0, 1])).tolist() == [0, 2, 0, 1]
    huge = largest_remainder(10**18, np.array([10**9, 1]))
    assert huge.sum() == 10**18


def test_a_bare_money_column_is_refused():
    for column in ("cost", "marginal_cost", "cost_sek", "unit_price", "price_sek", "sek"):
        with pytest.raises(ValueError, match=column):
            refuse_bare_money([column])
    refuse_bare_money(["full_cost_sek_per_operated", "added_cost_per_extra_sek_low", "week", "resource"])


def test_the_shipped_file_gives_a_hip_in_hospital_100_000_sek():
    costs = load_unit_costs(Path(__file__).parent.parent / "calibration" / "kpp_2023.yaml")
    rates = {
        name: sum(sum(part.rates) for part in service.components.values()) / 100
        for name, service in costs.care_services.items()
    }
    in_hospital = rates["operation"] + rates["implant"] + rates["drugs"] + 2 * rates["film"] + 2 * rates["ward_day"]
    assert in_hospital == 100_000
    assert in_hospital + rates["enrolment"] + rates["follow_up"] == 104_500
    for name in ("operation", "ward_day", "film", "enrolment", "physio_visit"):
        service = costs.care_services[name]
        capacity = sum(sum(part.rates[1:]) for part in service.components.values())
        assert costs.resources[str(service.resource)].reference_sek_per_unit == capacity
