"""The sheet of all numbers in words: what each counts, and its unit, in Swedish and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowsim.report.words import Words

COUNTED: dict[str, tuple[str, str]] = {
    "arrived": ("kom", "arrived"),
    "beds_at_0600_mean": ("belagda platser 06.00, medel", "places occupied at 06:00, mean"),
    "booked_share": ("andel bokad", "share booked"),
    "bought": ("köpta", "bought"),
    "lack_of_bed_share": ("andel förlorad av platsbrist", "share lost for want of a bed"),
    "lost": ("förlorat", "lost"),
    "lost_share": ("andel förlorad", "share lost"),
    "offered": ("erbjudet", "offered"),
    "operations": ("operationer", "operations"),
    "operations_per_week": ("operationer per vecka", "operations a week"),
    "operations_to": ("operationer till och med", "operations up to"),
    "operations_year_1": ("operationer, första året", "operations, first year"),
    "over": ("över gränsen", "over the limit"),
    "over_limit_end": ("väntat för länge, vid slutet", "waited too long, at the end"),
    "over_limit_on": ("väntat för länge", "waited too long"),
    "patients_died": ("avlidna", "died"),
    "patients_discharged": ("avslutade utan behandling", "discharged untreated"),
    "patients_elsewhere": ("behandlade hos annan", "treated elsewhere"),
    "patients_inside": ("kvar i vården", "still inside"),
    "patients_left": ("lämnade kön", "left the queue"),
    "patients_treated": ("behandlade", "treated"),
    "queue_end": ("i kö vid slutet", "in queue at the end"),
    "queue_mean": ("i kö, medel", "in queue, mean"),
    "queue_on": ("i kö", "in queue"),
    "queue_sum_end": ("alla köer vid slutet", "all queues at the end"),
    "queue_sum_mean": ("alla köer, medel", "all queues, mean"),
    "queue_sum_on": ("alla köer", "all queues"),
    "resource_queue_end": ("i kö till resursen vid slutet", "in the resource's queue at the end"),
    "resource_queue_mean": ("i kö till resursen, medel", "in the resource's queue, mean"),
    "resource_queue_on": ("i kö till resursen", "in the resource's queue"),
    "span_queue_end": ("väntar vid slutet", "waiting at the end"),
    "span_queue_mean": ("väntar, medel", "waiting, mean"),
    "span_queue_on": ("väntar", "waiting"),
    "span_wait_mean_days": ("hela väntan, medel", "whole wait, mean"),
    "span_wait_median_days": ("hela väntan, median", "whole wait, median"),
    "span_wait_n": ("hela väntan, antal avslutade", "whole waits ended"),
    "span_wait_p90_days": ("hela väntan, 9 av 10", "whole wait, 9 of 10"),
    "used": ("använt", "used"),
    "utilisation_share": ("andel använd", "share used"),
    "visits": ("besök", "visits"),
    "visits_per_week": ("besök per vecka", "visits a week"),
    "visits_year_1": ("besök, första året", "visits, first year"),
    "wait_mean_days": ("väntetid, medel", "wait, mean"),
    "wait_median_days": ("väntetid, median", "wait, median"),
    "wait_n": ("väntetider, antal", "number of waits"),
    "wait_p90_days": ("väntetid, 9 av 10", "wait, 9 of 10"),
    "within_share_treated": ("andel behandlade i tid", "share treated in time"),
    "within_share_treated_elsewhere": ("andel i tid hos annan", "share in time elsewhere"),
    "within_share_waiting": ("andel väntande inom gränsen", "share waiting inside the limit"),
}
"""A number's name, before any colon -> (sv, en)."""
UNITS: dict[str, tuple[str, str]] = {
    "days": ("dagar", "days"),
    "hours": ("timmar", "hours"),
    "operations": ("operationer", "operations"),
    "operations per week": ("operationer per vecka", "operations per week"),
    "patients": ("patienter", "patients"),
    "place-days": ("vårddygn", "place-days"),
    "places": ("platser", "places"),
    "share": ("andel 0-1", "share 0-1"),
    "slots": ("tider", "slots"),
    "visits": ("besök", "visits"),
    "visits per week": ("besök per vecka", "visits per week"),
}
"""A unit as the tables write it -> (sv, en)."""


def counted(words: Words, measure: str) -> str:
    """A number's name in the language, with the day or the cause it is about in brackets."""
    head, colon, tail = measure.partition(":")
    said = COUNTED[head][_place(words)] if head in COUNTED else words.measure(head)
    return words.first_upper(said) + (f" ({words.name(tail)})" if colon else "")


def unit(words: Words, name: str) -> str:
    """A unit in the language; one that is not known as written."""
    return UNITS[name][_place(words)] if name in UNITS else name


def _place(words: Words) -> int:
    return 0 if words.lang == "sv" else 1
