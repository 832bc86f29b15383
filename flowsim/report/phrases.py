"""The report's sentences, Swedish and English side by side: topics, how to read, findings, the answer, the page.

key -> (sv, en). {places} are filled by the caller.
"""

from __future__ import annotations

PHRASES: dict[str, tuple[str, str]] = {
    # topics: what a figure is about
    "topic_differences": ("Skillnad mot A", "Difference against A"),
    "topic_effects": ("Vad varje ändring gav: operationer", "What each change did: operations"),
    "topic_queue": ("Kö per vecka: {span}", "Queue by week: {span}"),
    "topic_all_queues": ("Kö per vecka: alla köer tillsammans", "Queue by week: all queues together"),
    "topic_waits": ("Väntetider: {span}", "Waiting times: {span}"),
    "topic_guarantee": ("Inom vårdgarantin, {days} dagar: {name}", "Inside the care guarantee, {days} days: {name}"),
    "topic_throughput": ("Produktion per vecka: {step}", "Throughput by week: {step}"),
    "topic_capacity": ("Vad kapaciteten gick till", "What became of the capacity"),
    "topic_occupancy": ("Beläggning 06.00: {resource}", "Occupancy at 06:00: {resource}"),
    "topic_total_cost": (
        "Total kostnad, {perspective}, {year} års priser",
        "Total cost, {perspective}, prices of {year}",
    ),
    "topic_added_cost": (
        "Merkostnad mot A, {perspective}, {year} års priser",
        "Added cost against A, {perspective}, prices of {year}",
    ),
    "topic_per_extra": (
        "Vad en operation till kostar, {perspective}, {year} års priser",
        "What one operation more costs, {perspective}, prices of {year}",
    ),
    "topic_income": (
        "Intäkt minus total kostnad per ersättningsmodell, {perspective}, {year} års priser",
        "Income less total cost by payment model, {perspective}, prices of {year}",
    ),
    "topic_full_cost": (
        "Fullkostnad (KPP), {perspective}, {year} års priser",
        "Full cost (KPP), {perspective}, prices of {year}",
    ),
    "topic_cost_queue": (
        "Merkostnad mot kö, {perspective}, {year} års priser",
        "Added cost against queue, {perspective}, prices of {year}",
    ),
    "topic_endings": ("Hur det gick för patienterna", "How the patients ended"),
    "topic_pathway": ("Vägen genom vården: {scenario}", "The pathway: {scenario}"),
    # how to read each figure
    "how_weekly": (
        "Linje: medel av körningarna. Band: nio körningar av tio håller sig inom det. Grått: A.",
        "Line: mean of the runs. Band: nine runs of ten stay inside it. Grey: A.",
    ),
    "how_target": (
        "Streckat: den kö som motsvarar garantins dagar i A:s takt (starter per vecka gånger dagar delat med sju).",
        "Dashed: the queue that answers to the guarantee's days at A's pace (starts a week times days, over seven).",
    ),
    "how_waits": (
        "Alla som behandlades under perioden, efter hur länge de hade väntat. Streck: 95 % intervall. Grå kontur: A.",
        "All treated in the period, by how long they had waited. Strokes: 95% interval. Grey outline: A.",
    ),
    "how_differences": (
        "Skillnaden räknas körning för körning med samma slump, så den är säkrare än två tal jämförda var för sig.",
        "The difference is taken run by run with the same luck, so it is surer than two numbers compared apart.",
    ),
    "how_effects": (
        "Ändringarna läggs till i ordning, en i taget; punkten är vad var och en gav utöver dem före.",
        "The changes are added in order, one at a time; the dot is what each gave beyond those before it.",
    ),
    "how_capacity": (
        (
            "Varje erbjuden enhet har antingen använts eller gått förlorad av en enda orsak. Mörkt streck: 95 % "
            "intervall för det använda."
        ),
        "Each unit offered was either used or lost, for one cause alone. Dark stroke: 95% interval of what was used.",
    ),
    "how_occupancy": (
        "Punkt: medel. Stapel: nio nätter av tio ligger inom den (natten efter dagen). Streckat: platser som finns.",
        "Dot: mean. Bar: nine nights of ten lie inside it (the night after the weekday). Dashed: places available.",
    ),
    "how_total_cost": (
        (
            "Allt som betalas under perioden, använt eller ej. Mörkt streck: 95 % intervall. Kostnad läses "
            "tillsammans med operationer."
        ),
        "All that is paid in the period, used or not. Dark stroke: 95% interval. Read cost together with operations.",
    ),
    "how_added_cost": (
        "Höger om noll: kostar mer än A. Vänster: kostar mindre. Ring med streck: summan och dess 95 % intervall.",
        "Right of zero: costs more than A. Left: costs less. Ring with whisker: the sum and its 95% interval.",
    ),
    "how_per_extra": (
        (
            "Merkostnad är vad kassan märker och är till för beslut; fullkostnad är till för jämförelser och priser; "
            "den köptas pris har med egen uppföljning och komplikationer. Streck: 95 % intervall, parat. Tomt där "
            "det inte är säkert att operationerna blir fler."
        ),
        (
            "Added cost is what the till notices, for decisions; full cost is for comparisons and prices; a bought "
            "one's price includes own follow-up and complications. Whisker: 95% interval, paired. Empty where it is "
            "not sure that operations increase."
        ),
    ),
    "how_income": (
        (
            "Ring: A med 95 % intervall. Punkt: varje annat scenario; de yttersta med sin bokstav. Tak räknas i varje "
            "körning, inte på medelvärdet. För regionen är det den betalar sitt eget sjukhus ingen kostnad: där "
            "gäller den totala kostnaden."
        ),
        (
            "Ring: A with its 95% interval. Dot: every other scenario, the outermost with their letters. Caps are "
            "counted in every run, not on the mean. To the region what it pays its own hospital is no cost: there "
            "the total cost holds."
        ),
    ),
    "how_full_cost": (
        (
            "Fullkostnad = kontakter gånger referensens enhetskostnad; tom kapacitet ingår inte. För jämförelse med "
            "andra sjukhus, inte för beslut om mer eller mindre."
        ),
        (
            "Full cost = contacts times reference unit cost; idle capacity is not in it. For comparison with other "
            "hospitals, not for deciding on more or less."
        ),
    ),
    "how_cost_queue": (
        (
            "Kors: 95 % intervall åt båda håll. Nere till vänster är bäst: kortare kö för mindre pengar. Fler eller "
            "färre operationer står bredvid."
        ),
        (
            "Crosses: 95% intervals both ways. Lower left is best: a shorter queue for less money. More or fewer "
            "operations stand beside."
        ),
    ),
    "how_endings": ("Medel av körningarna ± halva 95 %-intervallet.", "Mean of the runs ± half the 95% interval."),
    "how_pathway": (
        "Rutor är steg, pilar är patienter, och blocket på rutan är kön framför steget: ju bredare, desto fler väntar.",
        (
            "Boxes are steps, arrows are patients, and the block on a box is the queue before it: the wider, the "
            "more are waiting."
        ),
    ),
    # findings: one true sentence a figure
    "extremes": (
        "; lägst {low} i {low_in}, högst {high} i {high_in}",
        "; lowest {low} in {low_in}, highest {high} in {high_in}",
    ),
    "queue_more": ("{said} fler i kö", "{said} more in queue"),
    "queue_less": ("{said} färre i kö", "{said} fewer in queue"),
    "operations_more": ("{said} fler operationer", "{said} more operations"),
    "operations_less": ("{said} färre operationer", "{said} fewer operations"),
    "cost_more": ("{said} mer", "{said} more"),
    "cost_less": ("{said} mindre", "{said} less"),
    "finding_nothing": ("Det finns inget att jämföra med A.", "There is nothing to compare with A."),
    "finding_queue": (
        "{name}: från {first} patienter första veckan till {base} vid slutet i A",
        "{name}: from {first} patients in the first week to {base} at the end in A",
    ),
    "finding_waits": (
        "{name}: {base} av de behandlade i A hade väntat högst {days} dagar",
        "{name}: {base} of those treated in A had waited at most {days} days",
    ),
    "finding_guarantee": (
        "Av dem som väntar på {name} vid slutet har {base} i A väntat högst {days} dagar",
        "Of those waiting for {name} at the end, {base} in A have waited at most {days} days",
    ),
    "finding_throughput": (
        "{name}: i medel {base} patienter i veckan i A",
        "{name}: {base} patients a week in A on average",
    ),
    "finding_capacity": (
        "Hårdast utnyttjad i A är {resource}: {share} används",
        "Used hardest in A: {resource}, {share} of what it offers",
    ),
    "finding_capacity_binds": (
        "Flaskhals i A är {resource}: {share} används",
        "The bottleneck in A is {resource}, {share} of its offer used",
    ),
    "finding_capacity_loss": ("; största förlusten är {cause}, {share}", "; the largest loss is {cause}, {share}"),
    "finding_occupancy": (
        "Fullast i A är {resource} på {day}: i medel {mean} av {places} platser.",
        "Fullest in A is {resource} on {day}: {mean} of {places} places on average.",
    ),
    "finding_total_cost": ("A kostar {base}", "A costs {base}"),
    "cost_for_operations": ("{cost} för {number} operationer", "{cost} for {number} operations"),
    "finding_per_extra": (
        "En operation till kostar minst i {low}: {cost} i merkostnad, {full} i fullkostnad.",
        "One operation more costs least in {low}: {cost} added, {full} at full cost.",
    ),
    "finding_per_extra_bought": ("En köpt kostar {price} ({letter}).", "A bought one costs {price} ({letter})."),
    "finding_per_extra_none": (
        "I inget scenario blir operationerna säkert fler.",
        "In no scenario do operations surely increase.",
    ),
    "finding_income": (
        "I A lämnar {top} mest, {top_left} Mkr, och {low} minst, {low_left} Mkr.",
        "In A {top} leaves most, {top_left} MSEK, and {low} least, {low_left} MSEK.",
    ),
    "finding_full_cost": (
        "Fullkostnad per opererad patient i A: {base}",
        "Full cost per operated patient in A: {base}",
    ),
    "finding_full_cost_none": ("Fullkostnad för alla vårdkontakter.", "Full cost of all contacts."),
    "finding_added_cost": (
        "Dyrast mot A är {top}: {top_said}; billigast är {low}: {low_said}.",
        "Dearest against A is {top}: {top_said}; cheapest is {low}: {low_said}.",
    ),
    "finding_added_cost_one": ("Mot A ger {top} {top_said}.", "Against A, {top} gives {top_said}."),
    "finding_no_shorter_queue": (
        "Inget scenario ger en säkert kortare kö vid slutet än A.",
        "No scenario gives a surely shorter queue at the end than A.",
    ),
    "finding_cost_queue": (
        "{number} scenarier ger säkert kortare kö än A; billigast av dem är {best}: {said}.",
        "{number} scenarios give a surely shorter queue than A; the cheapest of them is {best}: {said}.",
    ),
    "finding_differences_operations": (
        "{number} av {all} scenarier ger säkert fler operationer än A; flest ger {best}: {said}.",
        "{number} of {all} scenarios surely give more operations than A; {best} gives most: {said}.",
    ),
    "finding_differences_operations_none": (
        "Inget scenario ger säkert fler operationer än A.",
        "No scenario surely gives more operations than A.",
    ),
    "finding_differences_queue_end": (
        "{number} av {all} scenarier ger säkert kortare kö än A; kortast ger {best}: {said}.",
        "{number} of {all} scenarios surely give a shorter queue than A; {best} the shortest: {said}.",
    ),
    "finding_differences_queue_end_none": (
        "Inget scenario ger säkert kortare kö än A.",
        "No scenario surely gives a shorter queue than A.",
    ),
    "finding_effects": (
        "Störst enskild effekt: {change} i {scenario}, {said}.",
        "Largest single effect: {change} in {scenario}, {said}.",
    ),
    "finding_endings": ("Av patienterna i A {parts}.", "Of the patients in A {parts}."),
    "ended_treated": ("behandlas", "are treated"),
    "ended_discharged": ("avslutas utan operation", "are discharged without surgery"),
    "ended_left": ("lämnar kön", "leave the queue"),
    "ended_elsewhere": ("behandlas hos annan", "are treated elsewhere"),
    "ended_died": ("avlider", "die"),
    "ended_inside": ("är kvar vid slutet", "are still inside at the end"),
    "ended_other": ("slutar på annat sätt", "end in another way"),
    "finding_pathway": (
        "Längst kö i {scenario} står i medel framför {step}: {said} patienter.",
        "The longest mean queue in {scenario} stands before {step}: {said} patients.",
    ),
    "finding_pathway_none": (
        "I {scenario} står ingen kö av betydelse framför något steg.",
        "In {scenario} no queue to speak of stands before any step.",
    ),
    # the answer
    "answer_heading": ("Svaret", "The answer"),
    "answer_today": ("Som läget är ({title}) {parts}.", "As things are ({title}), {parts}."),
    "answer_today_queue": (
        "står {said} patienter i kö vid periodens slut ({name})",
        "{said} patients are in queue at the period's end ({name})",
    ),
    "answer_today_wait": (
        "har hälften väntat mer än {said} dagar när de behandlas",
        "half have waited more than {said} days when treated",
    ),
    "answer_today_share": ("behandlas {said} inom garantin", "{said} are treated inside the guarantee"),
    "answer_most_operations": (
        "Flest operationer ger {scenario}: {parts}",
        "Most operations come from {scenario}: {parts}",
    ),
    "answer_shortest_queue": ("kortast kö ger {scenario}: {parts}", "the shortest queue from {scenario}: {parts}"),
    "answer_only": ("{scenario} ger {parts}", "{scenario} gives {parts}"),
    "answer_no_difference": (
        "Inget scenario skiljer sig säkert från A i kö eller operationer.",
        "No scenario is surely different from A in queue or operations.",
    ),
    "answer_alone": (
        "Studien har ett enda scenario, så det finns inget att jämföra med.",
        "The study has a single scenario, so there is nothing to compare with.",
    ),
    "answer_binds": ("Flaskhals är {parts}.", "The bottleneck is {parts}."),
    "answer_binds_part": ("i {letters} {resource}", "in {letters} {resource}"),
    "answer_binds_unknown": (
        "Vad som binder härnäst framgår inte av studien.",
        "What binds next cannot be read from the study.",
    ),
    # the page
    "page_title": ("Patientflöde: {study}", "Patient flow: {study}"),
    "page_lead": (
        "{scenarios} scenarier, {weeks} veckor från {start}, {replications} körningar av varje.",
        "{scenarios} scenarios, {weeks} weeks from {start}, {replications} runs of each.",
    ),
    "page_lead_one": (
        "Ett scenario, {weeks} veckor från {start}, {replications} körningar.",
        "One scenario, {weeks} weeks from {start}, {replications} runs.",
    ),
    "input_uncertainty": (
        "Osäkerheten i indata är med: varje körning tar nya värden på det som historiken lämnar öppet.",
        "Input uncertainty included: each run takes other values of what history leaves open.",
    ),
    "inputs_apart": (
        "Av skillnaderna mellan basscenariots körningar kommer detta av indata, resten av slumpen: {parts}.",
        "Of the differences between the baseline's runs this much comes from the inputs, the rest is chance: {parts}.",
    ),
    "inputs_part": ("{name} {share}", "{name} {share}"),
    "simulated": (
        "Simulerade data: inga uppgifter om verkliga patienter finns i rapporten.",
        "Simulated data: nothing here is about any real patient.",
    ),
    "skip": ("Hoppa till innehållet", "Skip to the content"),
    "contents": ("Innehåll", "Contents"),
    "section_compared": ("Scenarierna jämförda", "The scenarios compared"),
    "section_queues": ("Köer och väntan", "Queues and waiting"),
    "section_capacity": ("Produktion och kapacitet", "Throughput and capacity"),
    "section_money": ("Pengar", "Money"),
    "section_patients": ("Patienterna och deras väg", "The patients and their way"),
    "section_table": ("Alla scenarier i korthet", "All scenarios in short"),
    "section_binds": ("Vad som binder", "What binds"),
    "section_assumed": ("Vad som antagits", "What was assumed"),
    "section_warnings": ("Varningar", "Warnings"),
    "section_run": ("Hur det kördes", "How it was run"),
    "table_caption": (
        (
            "Medel av {replications} körningar med 95 % intervall; under det skillnaden mot A, parvis med samma "
            "slump. Fet: intervallet når inte noll. {money}"
        ),
        (
            "Mean of {replications} runs with its 95% interval; below it the difference against A, paired on the "
            "same luck. Bold: the interval does not reach zero. {money}"
        ),
    ),
    "table_money": (
        "Pengar: {perspective}, {year} års priser, hela perioden.",
        "Money: {perspective}, prices of {year}, whole period.",
    ),
    "as_table": ("Talen som tabell", "The numbers as a table"),
    "more_measures": ("Fler mått", "Further measures"),
    "more_queues": ("Kön per vecka vid fler steg: {topics}", "Queue by week at more steps: {topics}"),
    "more_patients": (
        "Vägen genom vården i de andra scenarierna: {topics}",
        "The pathway in the other scenarios: {topics}",
    ),
    "figure_alt": (
        "Figur. {topic}. {finding} Talen finns i tabellen under figuren.",
        "Figure. {topic}. {finding} The numbers are in the table below the figure.",
    ),
    "changes_heading": ("Vad som ändrats i varje scenario", "What each scenario changed"),
    "change_from_to": ("{where}: från {old} till {new}", "{where}: from {old} to {new}"),
    "change_dates": ("({begin} till {end})", "({begin} to {end})"),
    "open_date": ("öppet", "open"),
    "none_assumed": ("Scenariofilerna anger inget som antaget.", "The scenario files mark nothing as assumed."),
    "none_warned": ("Inga varningar.", "No warnings."),
    "column_why": ("varför", "why"),
    "column_load": ("belastning", "load"),
    "run_seed": ("Frö (seed)", "Seed"),
    "run_replications": ("Körningar (replikationer)", "Replications"),
    "run_engine": ("Motor", "Engine"),
    "run_versions": ("Versioner", "Versions"),
    "run_baseline": ("Jämförs med", "Compared with"),
    "run_inputs": ("Indatafiler (SHA-256)", "Input files (SHA-256)"),
    "run_hash": ("Studiens kontrollsumma", "The study's hash"),
    "run_tables": (
        (
            "Alla tabeller ligger som CSV och parquet i mappen tables bredvid rapporten, figurerna som PNG i mappen "
            "figures."
        ),
        (
            "All tables are CSV and parquet files in the folder tables beside this report, the figures PNG files in "
            "the folder figures."
        ),
    ),
    "made_by": ("Gjord med flowsim {version}.", "Made with flowsim {version}."),
}
