"""Buy or make in words: two sentences to read out, what must be known beside them, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flowsim.questions.wording import Said, Say, both, joined, listed, named

if TYPE_CHECKING:
    from flowsim.questions.outsource.alternatives import Alternative
    from flowsim.questions.outsource.asking import Found

_WHEN = {
    "empty": Said("en ordinarie tid annars står tom", "a regular slot would stand empty"),
    "evening": Said("en extra lista får plats i befintliga vårdplatser", "an extra list fits in the beds there are"),
    "raised": Said("listorna kräver nya vårdplatser och röntgen", "the lists need new beds and films"),
    "full": Said("allt måste betalas, även lokaler och overhead", "everything must be paid, premises and overhead too"),
}


def sentence(found: Found) -> Said:
    """When to buy, and when to make."""
    return joined([part for part in (_buy(found), _make(found)) if part.sv])


def _buy(found: Found) -> Said:
    """Buy: against the simulated lists, with its chance, else against the dearest alternative."""
    price = found.terms.price_sek
    chance = found.unsure.at_price[price]
    it = found.simulated
    if it.defined and found.break_even > price:

        def say_it(say: Say) -> str:
            own, bought = say.number(round(it.sek, -2)), say.number(round(found.bought_sek, -2))
            parts = f"{say.number(round(price, -2))} + {say.number(round(found.stays, -2))}"
            sure = say.number(100 * chance.above_in_a_year)
            years = Said("tänkbara år", "conceivable years")
            if not found.inputs:
                years = Said("simulerade år, om alla indata stämmer", "simulated years, if all inputs are right")
            return say.pick(
                f"Köp när {_WHEN['raised'].sv}: {bought} kr ({parts} som stannar hos er) mot {own} kr per extra "
                f"operation, och köp är billigare i {sure} av 100 {years.sv}.",
                f"Buy when {_WHEN['raised'].en}: SEK {bought} ({parts} that stays with you) against {own} per extra "
                f"operation, cheaper in {sure} of 100 {years.en}.",
            )

        return both(say_it)
    dear = [one for one in found.four if one.against(price) == "buy"]
    if not dear and any(one.against(price) == "draw" for one in found.four):
        return Said("Till det priset lönar sig köp inte säkert.", "At that price buying does not surely pay.")
    if not dear:
        return Said("Köp inte till det priset.", "Do not buy at that price.")
    return both(
        lambda say: say.pick(
            f"Köp bara när {_WHEN[dear[0].name].sv} ({say.number(round(dear[0].sek, -2))} kr).",
            f"Buy only when {_WHEN[dear[0].name].en} (SEK {say.number(round(dear[0].sek, -2))}).",
        )
    )


def _make(found: Found) -> Said:
    """Make: the alternatives that are surely cheaper; those that are a draw, and which is the safer."""
    price = found.terms.price_sek
    cheap = [one for one in found.four if one.against(price) == "make"]
    cheap = [one for one in cheap if one.name != "full"] or cheap
    even = [one for one in found.four if one.against(price) == "draw"]
    parts = []
    if cheap:
        parts.append(both(lambda say: _do_it(say, cheap[-1]) + _but_gained(say, found, cheap[-1])))
    if even:
        parts.append(both(lambda say: _draw(say, found, even[0])))
    return joined(parts)


def _do_it(say: Say, one: Alternative) -> str:
    own = say.number(round(one.sek, -2))
    return say.pick(
        f"Gör själva när {_WHEN[one.name].sv}: {own} kr per fylld tid.",
        f"Make when {_WHEN[one.name].en}: SEK {own} per slot filled.",
    )


def _but_gained(say: Say, found: Found, one: Alternative) -> str:
    """That a slot filled is cheap and an operation gained is not, where even one list a week costs more than buying."""
    if one.name != "evening" or not _gained_dear(found):
        return ""
    dear = say.number(round(dict(found.volume.tried)[found.volume.per_week or 0.0], -2))
    return say.pick(
        f" Men simulerat över året kostar redan en sådan i veckan {dear} kr per vunnen operation, mer än köp.",
        f" But simulated over the year one such a week already costs SEK {dear} per operation gained: more than"
        " buying.",
    )


def _gained_dear(found: Found) -> bool:
    """Does already one list a week in the beds there are cost more per operation gained than buying?"""
    number = found.volume.per_week
    return number is not None and number <= 1 and number in dict(found.volume.tried)


def _draw(say: Say, found: Found, one: Alternative) -> str:
    own = say.number(round(one.sek, -2))
    text = say.pick(
        f"När {_WHEN[one.name].sv} ({own} kr per fylld tid) väger det jämnt",
        f"When {_WHEN[one.name].en} (SEK {own} per slot filled) it is a draw",
    )
    if one.name == "evening" and _gained_dear(found):
        dear = say.number(round(dict(found.volume.tried)[found.volume.per_week or 0.0], -2))
        return text + say.pick(
            f", men per vunnen operation ({dear} kr) är köp billigare.",
            f", but per operation gained (SEK {dear}) buying costs less.",
        )
    cheaper = one.break_even <= found.terms.price_sek
    safer = say.pick("att göra själva", "making") if cheaper else say.pick("köp", "buying")
    return text + say.pick(f"; {safer} är något billigare.", f"; {safer} is slightly cheaper.")


def notes(found: Found) -> tuple[Said, ...]:
    """Why per gained differs from per filled, the volume, the caps, what stays at home."""
    made = [_idle(found), _volume(found), _stays(found), *_caps(found)]
    return tuple(one for one in made if one.sv)


def _idle(found: Found) -> Said:
    it = found.simulated
    if not it.defined:
        return both(
            lambda say: say.pick(
                f"Ingen merkostnad per extra operation kan anges: de extra operationerna är "
                f"{say.number(it.extra_operations, 1)} ({say.interval(it.extra_low, it.extra_high, 1)}), och "
                "intervallet "
                "rymmer noll.",
                "There is no added cost per extra operation: the extra operations are "
                f"{say.number(it.extra_operations, 1)} "
                f"({say.interval(it.extra_low, it.extra_high, 1)}), and the interval holds zero.",
            )
        )
    filled = next(one for one in found.four if one.name == "raised")

    def say_it(say: Say) -> str:
        low, high = say.number(round(it.bootstrap_low, -2)), say.number(round(it.bootstrap_high, -2))
        gap = say.number(round(it.sek - filled.sek, -2))
        return say.pick(
            f"Per vunnen operation kostar listorna {say.number(round(it.sek, -2))} kr (95 %: "
            f"{say.interval(round(it.low, -2), round(it.high, -2))}; bootstrap {low}–{high}), per fylld tid "
            f"{say.number(round(filled.sek, -2))}. Skillnaden, {gap} kr, är tider som står tomma sedan kön är avbetad: "
            "en del av listornas egna och en del av de ordinarie.",
            f"Per operation gained the lists cost SEK {say.number(round(it.sek, -2))} (95%: "
            f"{say.interval(round(it.low, -2), round(it.high, -2))}; bootstrap {low}–{high}), per slot filled "
            f"{say.number(round(filled.sek, -2))}. The difference, {gap}, is idle after clearing: some of the lists' "
            "own "
            "slots and some of the regular ones.",
        )

    return both(say_it)


def _volume(found: Found) -> Said:
    it = found.volume
    costs = dict(it.tried)
    if it.per_week is None:
        return both(
            lambda say: say.pick(
                "Listor i befintliga vårdplatser och röntgentider är billigare än köp upp till "
                f"{say.number(it.most)} i "
                "veckan, så långt som prövades.",
                f"Lists in the beds and films there are cost less than buying up to {say.number(it.most)} a week, as "
                "far as "
                "was tried.",
            )
        )
    number = it.per_week
    if number <= 1:
        return both(
            lambda say: say.pick(
                f"Brytvolym: redan en extra operation i veckan i befintliga platser kostar "
                f"{say.number(round(costs[number], -2))} kr per vunnen operation, mer än köp (20 körningar).",
                f"Break-even volume: already one extra operation a week in the beds and films there are costs SEK "
                f"{say.number(round(costs[number], -2))} per operation gained, more than buying (20 runs).",
            )
        )
    own = costs.get(number, float("nan"))
    return both(
        lambda say: say.pick(
            f"Brytvolym: från {say.number(number)} extra operationer i veckan i befintliga vårdplatser och "
            "röntgentider är "
            f"köp billigare ({say.number(round(own, -2))} kr per vunnen operation); därunder egna listor.",
            f"Break-even volume: from {say.number(number)} extra operations a week in the beds and films there are, "
            "buying "
            f"costs less (SEK {say.number(round(own, -2))} per operation gained); below that, own lists.",
        )
    )


def _stays(found: Found) -> Said:
    cost = found.cost

    def say_it(say: Say) -> str:
        extra = ""
        share = found.terms.complication_share
        if share and found.terms.complication_step:
            back = named(found.terms.complication_step)
            extra = say.pick(
                f" {say.percent(share)} kommer hem med {back.sv}.", f" {say.percent(share)} come home for {back.en}."
            )
        return say.pick(
            f"Per köpt patient stannar {say.number(round(found.stays, -2))} kr hos oss i rörlig kostnad "
            f"({say.number(round(cost.after_full, -2))} till full kostnad): kontroller och återinskrivningar.{extra}",
            f"Per bought patient SEK {say.number(round(found.stays, -2))} stays with us in variable cost "
            f"({say.number(round(cost.after_full, -2))} at full cost): controls and readmissions.{extra}",
        )

    return both(say_it)


def _caps(found: Found) -> list[Said]:
    it, terms = found.beside, found.terms
    made = []
    for cap, week, said in (
        (terms.weekly_cap, it.cap_week, Said("Veckotaket", "The weekly cap")),
        (terms.yearly_cap, it.cap_year_week, Said("Årstaket", "The yearly cap")),
    ):
        if cap is None:
            continue
        reached = np.isfinite(week)

        def say_it(
            say: Say, cap: int = cap, week: float = week, said: Said = said, reached: bool = bool(reached)
        ) -> str:
            share = say.percent(it.share)
            if not reached:
                return say.pick(
                    f"{said.sv} ({cap}) nås inte när {share} köps.", f"{said.en} ({cap}) is not reached at {share}."
                )
            return say.pick(
                f"{said.sv} ({cap}) nås i vecka {int(week) + 1} från start när {share} köps.",
                f"{said.en} ({cap}) is reached in week {int(week) + 1} from the start at {share}.",
            )

        made.append(both(say_it))
    return made


def assumed(found: Found) -> tuple[Said, ...]:
    """What the answer rests on."""
    groups = listed([named(group) for group in found.terms.groups])
    inputs = listed([one.said for one in found.inputs])
    texts = [
        Said(
            f"De första {found.weeks} veckorna. Köp kan gälla: {groups.sv}, inte brådskande, även de som väntar i dag. "
            "Ledtid "
            f"{_weeks(found.terms.lead_time).sv}. Kontroller efteråt görs hos oss.",
            f"The first {found.weeks} weeks. May be bought for: {groups.en}, not the urgent, also those waiting "
            "today. Lead "
            f"time {_weeks(found.terms.lead_time).en}. Controls afterwards are ours.",
        ),
        Said(
            "Pengar från regionen till det egna sjukhuset är varken kostnad eller intäkt här.",
            "Money from the region to its own hospital is neither cost nor income here.",
        ),
    ]
    if found.inputs:
        texts.append(Said(f"Osäkra indata: {inputs.sv}.", f"Inputs not known exactly: {inputs.en}."))
    else:
        texts.append(
            Said(
                "Alla indata tas som kända; med --ranges räknas även osäkerheten i dem.",
                "All inputs are taken as known; with --ranges what is not known of them is counted too.",
            )
        )
    return tuple(texts)


def _weeks(text: str) -> Said:
    """6 weeks -> 6 veckor."""
    number, _, unit = text.partition(" ")
    sv = {"weeks": "veckor", "week": "vecka", "days": "dagar", "day": "dag"}.get(unit, unit)
    return Said(f"{number} {sv}", text)


def would_change(found: Found) -> tuple[Said, ...]:
    """What would turn the answer."""
    texts = [
        Said(
            "Tomma ordinarie tider: då är egen regi billigast. Ett tak på köp. Att listorna inte går att bemanna.",
            "Regular slots standing empty: then our own is the cheapest. A cap on buying. Lists that cannot be "
            "staffed.",
        )
    ]
    if found.simulated.defined:
        texts.insert(
            0,
            both(
                lambda say: say.pick(
                    f"Ett pris {'över' if found.break_even > found.terms.price_sek else 'under'} "
                    f"{say.number(round(found.break_even, -2))} kr vänder svaret för listorna med vårdplatser och "
                    "röntgen.",
                    f"A price {'above' if found.break_even > found.terms.price_sek else 'below'} "
                    f"SEK {say.number(round(found.break_even, -2))} turns the answer for lists with beds and films.",
                )
            ),
        )
    return tuple(texts)
