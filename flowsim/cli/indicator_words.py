"""What `flowsim indicators` calls its tables, columns and cells, in English and Swedish."""

from __future__ import annotations

SHEETS: dict[str, tuple[str, str]] = {
    "months": ("months", "Månader"),
    "indicators": ("indicators", "Indikatorer"),
    "tak": ("TAK by resource", "TAK per resurs"),
    "buk": ("BUK by resource", "BUK per resurs"),
    "buk_counts": ("BUK", "BUK"),
    "buk_changes": ("BUK before and after", "BUK före och efter"),
    "buk_split": ("what gave the change", "Vad som gav förändringen"),
    "backlog": ("backlog", "Vårdskuld"),
    "definitions": ("definitions", "Definitioner"),
}
HEADINGS: dict[str, tuple[str, str]] = {
    "period": ("period", "Period"), "number": ("no", "Nr"), "value": ("value", "Värde"), "low": ("low", "Låg"),
    "high": ("high", "Hög"), "n": ("replications", "Körningar"), "reason": ("why empty", "Varför tomt"),
    "spread": ("spread March 2017", "Spridning mars 2017"), "outside": ("outside the spread", "Utanför spridningen"),
    "unit": ("unit", "Enhet"), "name": ("indicator", "Indikator"), "formula": ("definition", "Definition"),
    "better": ("better is", "Bättre är"),
    "hours_per_fte": ("hours per FTE and month", "Timmar per årsarbetare och månad"),
    "resource": ("resource", "Resurs"), "theoretical": ("planned", "Planerat"), "t": ("T", "T"), "a": ("A", "A"),
    "k": ("K", "K"), "tak": ("TAK", "TAK"), "capacity": ("capacity, TAK x planned", "Kapacitet, TAK x planerat"),
    "booked": ("booked", "Bokade"), "done": ("done", "Utförda"),
    "returns": ("unplanned returns", "Oplanerade återbesök"), "planned_hours": ("planned hours", "Planerade timmar"),
    "value_hours": ("value-adding hours", "Värdeskapande timmar"),
    "b": ("B", "B"), "u": ("U", "U"), "k_definition": ("K, done/(done+returns)", "K, utförda/(utförda+återbesök)"),
    "k_of_done": ("K, (done-returns)/done", "K, (utförda-återbesök)/utförda"), "scenario": ("scenario", "Scenario"),
    "buk_definition": ("BUK by definition", "BUK enligt definitionen"),
    "buk_of_done": ("BUK by the example", "BUK enligt exemplet"),
    "buk": ("BUK", "BUK"), "quality_said": ("K as", "K som"),
    "value_time_said": ("value-adding time as", "Värdetid som"),
    "good_contacts": ("good contacts", "Goda kontakter"),
    "point_b": ("a point of B gives at most", "En punkt B ger högst"),
    "point_u": ("a point of U gives at most", "En punkt U ger högst"), "before": ("before", "Före"),
    "point_k": ("a point of K gives at most", "En punkt K ger högst"), "after": ("after", "Efter"),
    "b_before": ("B before", "B före"), "u_before": ("U before", "U före"), "k_before": ("K before", "K före"),
    "buk_before": ("BUK before", "BUK före"), "b_after": ("B after", "B efter"), "u_after": ("U after", "U efter"),
    "k_after": ("K after", "K efter"), "buk_after": ("BUK after", "BUK efter"), "points": ("points", "Procentenheter"),
    "relative": ("relative gain", "Relativ ökning"), "of": ("of", "Av"), "planned": ("more planned", "Fler planerade"),
    "missing": ("operations not done", "Uteblivna operationer"),
    "missing_days": ("not done, normal working days", "Uteblivet, normala arbetsdagar"),
    "queue_days": ("queue too long, normal working days", "För lång kö, normala arbetsdagar"),
    "catching_up_days": ("until the queue is as accepted, working days", "Tills kön är som accepterad, arbetsdagar"),
}  # fmt: skip
OUTSIDE = {"above": "över", "below": "under"}
CELLS = {
    **OUTSIDE,
    "done / (done + unplanned returns)": "utförda / (utförda + oplanerade återbesök)",
    "(done - unplanned returns) / done": "(utförda - oplanerade återbesök) / utförda",
    "value-adding hours as measured, in total": "värdeskapande timmar som de mätts, totalt",
    "value-adding hours for each visit as before": "värdeskapande timmar per besök som före",
    "good_contacts": "goda kontakter",
    "done": "utförda",
}
"""A cell's word -> Swedish."""
ALSO_DEFINED: tuple[tuple[str, str, tuple[str, str], tuple[str, str]], ...] = (
    ("tak", "TAK", ("availability x use x quality", "tillgänglighet x utnyttjande x kvalitet"),
     ("T offered (run time) / planned x A used / offered (wanted speed) x K good / all, returns and scrap in all",
      "T utbud (körtid) / plan x A använt / utbud (önskad hastighet) x K goda / alla, med återbesök och kassation")),
    ("buk", "BUK", ("occupancy x execution x quality", "beläggning x utförande x kvalitet"),
     ("B done / booked x U value-adding / planned time of the done x K in two readings, both shown",
      "B utförda / bokade x U värdeskapande / planerad tid för de utförda x K i två läsningar, båda visade")),
    ("backlog", "backlog", ("working days, two ways", "arbetsdagar, på två sätt"),
     ("not done / normal pace: what was lost; (queue - accepted) / normal pace: what still waits too long",
      "uteblivna / normal takt: vad som gick förlorat; (kö - accepterad) / normal takt: vad som väntar för länge")),
)  # fmt: skip
"""Table, number, name and formula of what is defined beside the ten."""
