"""What the fit report says, Swedish and English side by side: one sentence for each figure, and the page around them.

key -> (sv, en). {places} are filled by `sentences`.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Hur väl kalibreringen passar: {source}", "How well the calibration fits: {source}"),
    "lead": (
        "{weeks} veckor, {first} till {last}. Nivå {level} per vecka ({low}–{high}).",
        "{weeks} weeks, {first} to {last}. Level {level} a week ({low}–{high}).",
    ),
    "reproduces": (
        "Omdöme: de simulerade åren ser ut som historien.",
        "Verdict: the simulated years look like the history.",
    ),
    "does_not": ("Omdöme: modellen återger inte {what}.", "Verdict: the model does not reproduce {what}."),
    "dispersion_more": (
        "Varians genom medel är {phi} utan säsong och trend ({raw} rått): mer än slumpen i antalet (p {p}).",
        "Variance over mean is {phi} without season and trend ({raw} raw): more than counting gives (p {p}).",
    ),
    "dispersion_poisson": (
        "Varians genom medel är {phi} utan säsong och trend ({raw} rått): slumpen i antalet räcker (p {p}).",
        "Variance over mean is {phi} without season and trend ({raw} raw): counting explains it (p {p}).",
    ),
    "luck_law": (
        "En veckas tur och otur dras ur {law}: variationskoefficient {cv}, samband med nästa vecka {lag}{why}.",
        "A week's luck is drawn from the {law}: CV {cv}, correlation with the next week {lag}{why}.",
    ),
    "luck_tied": (" (lika bra som {best}: AIC inom 2)", " (as good as the {best}: AIC within 2)"),
    "luck_bootstrap": (
        "En veckas tur och otur dras ur historiens egna veckor, {weeks} i rad.",
        "A week's luck is drawn from history's own weeks, {weeks} in a row.",
    ),
    "luck_classes": (
        "Veckor dras som låga, mellan eller höga.",
        "Weeks are drawn as low, mid or high.",
    ),
    "assumed": ("Antaget", "Assumed"),
    "numbers": ("Talen", "The numbers"),
    # weeks
    "topic_weeks": ("Veckorna", "The weeks"),
    "weeks_trend": ("Nivån {moved} {percent} per år{out}.", "The level {moved} {percent} a year{out}."),
    "weeks_level": (
        "Veckorna ligger kring {level} utan trend{out}.",
        "The weeks lie around {level} without a trend{out}.",
    ),
    "fell": ("sjönk", "fell"),
    "rose": ("steg", "rose"),
    "left_out": ("; grå veckor är undantagna ({why})", "; weeks in grey were left out ({why})"),
    "broken": (
        " Brott hittades: {breaks}; inget är undantaget för det.",
        " Breaks were found: {breaks}; nothing was left out for it.",
    ),
    "spells": (
        (
            " Veckorna {spells} avviker och kan undantas (--exclude): utan dem är varians genom medel {phi} och "
            "sambandet från vecka till vecka {lag}."
        ),
        (
            " The weeks {spells} stand out and may be left out (--exclude): without them variance over mean is {phi} "
            "and the correlation from week to week {lag}."
        ),
    ),
    # distribution
    "topic_distribution": ("Fördelningen", "The distribution"),
    "distribution_low": (
        (
            "Hälften av veckorna ligger under {median}, medel är {mean}: den som planerar på medel lovar för mycket "
            "{below} veckor av {weeks}."
        ),
        (
            "Half of the weeks lie below {median}, the mean is {mean}: planning on the mean promises too much in "
            "{below} of {weeks} weeks."
        ),
    ),
    "distribution_even": (
        "Medel är {mean} och medianen {median}: {below} veckor av {weeks} ligger under medel.",
        "The mean is {mean} and the median {median}: {below} of {weeks} weeks lie below the mean.",
    ),
    # candidates
    "topic_candidates": ("Fördelningar som prövats", "Laws that were tried"),
    "candidates_poisson_no": ("Poisson passar inte (p {p})", "Poisson does not fit (p {p})"),
    "candidates_poisson_yes": ("Poisson kan inte förkastas (p {p})", "Poisson cannot be rejected (p {p})"),
    "candidates_best": (
        "; {law} har lägst AIC av dem som passar, och {others} till duger.",
        "; {law} has the lowest AIC of those that fit, and {others} more pass.",
    ),
    "candidates_none": ("; ingen fördelning passar.", "; no law fits."),
    # season
    "topic_season": ("Säsong och helger", "Season and holidays"),
    "season_factor": (
        "Vecka {weeks} ger {percent} av en genomsnittlig vecka.",
        "Weeks {weeks} give {percent} of an average week.",
    ),
    "season_none": ("Ingen säsong kan skiljas från slumpen{holidays}.", "No season can be told from chance{holidays}."),
    "season_holidays": ("; julveckan ger {percent}", "; the week of Christmas gives {percent}"),
    # autocorrelation
    "topic_lag": ("Från vecka till vecka", "From week to week"),
    "lag_none": (
        "En dålig vecka säger inget säkert om nästa när säsongen räknats bort (r {r}, p {p}).",
        "A bad week says nothing certain about the next once the season is taken out (r {r}, p {p}).",
    ),
    "lag_some": (
        "En dålig vecka följs oftare av en till: sambandet är {lag} när säsongen räknats bort (p {p}).",
        "A bad week is more often followed by another: the correlation is {lag} once the season is taken out (p {p}).",
    ),
    # contacts and hours
    "topic_hours": ("Kontakter och timmar", "Contacts and hours"),
    "hours": (
        "Dubbelt så många kontakter tog {times} gånger så många timmar (samband {r}, {low}–{high}).",
        "Twice the contacts took {times} times the hours (correlation {r}, {low}–{high}).",
    ),
    # reproduction
    "topic_years": ("Historien mot simulerade år", "History against simulated years"),
    "years_all": (
        "De simulerade åren liknar era i alla tolv måtten.",
        "The simulated years look like yours in all twelve measures.",
    ),
    "years_but": (
        "De simulerade åren liknar era, utom: {what}.",
        "The simulated years look like yours, except: {what}.",
    ),
    # back-test
    "topic_back_test": ("Prognos av veckor som modellen inte fick se", "Forecast of weeks the model never saw"),
    "back_test": (
        (
            "Av {weeks} veckor som modellen inte fick se låg {inside} inom 80 %-intervallet; slumpen tillåter "
            "{low} till {high}. Prognosfelet är {crps}, mot {naive} för i fjol samma vecka{apart}."
        ),
        (
            "Of {weeks} weeks never shown to the model, {inside} fell within its 80% interval; chance allows {low} to "
            "{high}. Its error (CRPS) is {crps}, against {naive} for the same week last year{apart}."
        ),
    ),
    "not_apart": (
        "; sätten att föra trenden vidare kan inte skiljas åt",
        "; the ways to carry the trend on cannot be told apart",
    ),
    # plan
    "topic_plan": ("Produktionsplan", "Production plan"),
    "plan": (
        "Planera {low} i {low_weeks} veckor, {mid} i {mid_weeks} och {high} i {high_weeks}: ett mål, inte kapaciteten.",
        "Plan {low} in {low_weeks} weeks, {mid} in {mid_weeks} and {high} in {high_weeks}: a target, not the capacity.",
    ),
    # not to be trusted
    "trusted_not": ("Vad historien inte räcker till", "What this history is not enough for"),
    "short": (
        "Historien har {weeks} veckor: för kort för en trend, bara nivå och säsong användes.",
        "This history has {weeks} weeks: too short for a trend, level and season alone were used.",
    ),
    "broken_short": (
        "Historien är bruten: nivån gäller kanske inte längre.",
        "This history is broken: the level may no longer hold.",
    ),
    "missing": ("{missing} veckor saknas.", "{missing} weeks are missing."),
    "no_back_test": (
        "Färre än tre år: ingen prognos kunde prövas mot veckor som hållits undan.",
        "Fewer than three years: no forecast could be tried on weeks held out.",
    ),
    # axes and marks
    "axis_week": ("antal per vecka", "number a week"),
    "axis_weeks": ("veckor", "weeks"),
    "axis_iso": ("ISO-vecka", "ISO week"),
    "axis_share": ("andel av en genomsnittlig vecka", "share of an average week"),
    "axis_next": ("nästa vecka, andel av väntat", "next week, share of expected"),
    "axis_this": ("denna vecka, andel av väntat", "this week, share of expected"),
    "axis_hours": ("timmar", "hours"),
    "axis_aic": ("AIC över det lägsta (kort är bra)", "AIC above the lowest (short is good)"),
    "axis_band": (
        "inom de simulerade årens mittersta 95 %; rött: utanför 99 % (en av tolv utanför 95 % betyder inget)",
        "within the middle 95% of the simulated years; red: outside 99% (one in twelve outside 95% means nothing)",
    ),
    "axis_crps": ("prognosfel (CRPS), antal per vecka", "forecast error (CRPS), number a week"),
    "mark_seen": ("utfall", "seen"),
    "mark_expected": ("väntat", "expected"),
    "mark_mean": ("medel", "mean"),
    "mark_median": ("median", "median"),
    # names
    "poisson": ("Poisson", "Poisson"),
    "negative_binomial": ("negativ binomial", "negative binomial"),
    "negative_binomial_2": ("negativ binomial 2", "negative binomial 2"),
    "gamma": ("gamma", "gamma"),
    "lognormal": ("lognormal", "lognormal"),
    "weibull": ("Weibull", "Weibull"),
    "normal": ("normal", "normal"),
    "low": ("låg", "low"),
    "mid": ("mellan", "mid"),
    "high": ("hög", "high"),
    "carried_on": ("trenden fortsätter", "trend carried on"),
    "damped": ("trenden dämpas", "trend damped"),
    "last_year": ("förra årets nivå", "last year's level"),
    "all_years": ("alla års nivå", "level of all years"),
    "seasonal_naive": ("samma vecka i fjol", "same week last year"),
    "mean": ("medel", "mean"),
    "variance_to_mean": ("varians genom medel", "variance over mean"),
    "lag1": ("samband med nästa vecka", "correlation with next week"),
    "lag2": ("samband två veckor bort", "correlation two weeks on"),
    "lowest": ("lägsta vecka", "lowest week"),
    "highest": ("högsta vecka", "highest week"),
    "p10": ("var tionde vecka under", "one week in ten below"),
    "p90": ("var tionde vecka över", "one week in ten above"),
    "weeks_under_a_third": ("veckor under en tredjedel", "weeks under a third"),
    "worst_4_weeks": ("sämsta 4 veckor i rad", "worst 4 weeks in a row"),
    "worst_8_weeks": ("sämsta 8 veckor i rad", "worst 8 weeks in a row"),
    "best_4_weeks": ("bästa 4 veckor i rad", "best 4 weeks in a row"),
}
