"""One sentence for each figure of the fit report, true of that figure and of no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowsim.calibration import Exclusion, ResourceCalibration
from flowsim.report.fit.texts import TEXTS
from flowsim.report.words import LANGUAGES, Words, plain

PASSES, REFUSED, TIED = 0.05, 0.01, 2.0
"""A law passes at this p; Poisson is said not to fit below that; laws this near in AIC are as good."""


@dataclass(frozen=True)
class Saying:
    """One resource's findings, told in one language."""

    one: ResourceCalibration
    excluded: Sequence[Exclusion]
    words: Words

    def tell(self, key: str, **values: object) -> str:
        """A text of the fit report."""
        return TEXTS[key][LANGUAGES.index(self.words.lang)].format(**values)

    def lead(self) -> str:
        """Weeks, window and level."""
        level, n = self.one.level, self.words.number
        low, high = (n(end, 1) for end in level.interval)
        first, last = (self.week(label) for label in self.one.window)
        return self.tell(
            "lead", weeks=self.one.weeks, first=first, last=last, level=n(level.value, 1), low=low, high=high
        )

    def week(self, label: str) -> str:
        """A week as it is said: 2017-W49, in Swedish 2017 v. 49."""
        if self.words.lang != "sv":
            return label
        year, _, week = label.rpartition("W")
        return f"{year.rstrip('-')} v. {int(week)}".strip()

    def dispersion(self) -> str:
        """Variance over mean, raw and around the model, and whether that can be Poisson."""
        found, n = self.one.dispersion, self.words.number
        key = "dispersion_poisson" if found.poisson_p >= REFUSED else "dispersion_more"
        raw, phi = n(self.one.described.variance_to_mean, 2), n(found.variance_to_mean, 2)
        return self.tell(key, raw=raw, phi=phi, p=self._p(found.poisson_p))

    def luck(self) -> str:
        """How a week's luck is drawn, and why from that law if another has a lower AIC."""
        luck, n = self.one.luck, self.words.number
        if luck["law"] in ("bootstrap", "classes"):
            return self.tell(f"luck_{luck['law']}", weeks=luck.get("block_weeks", 1))
        best = min((fit for fit in self.one.fits if fit.p >= PASSES), key=lambda fit: fit.aic, default=None)
        own = next((fit for fit in self.one.fits if fit.law == luck["law"]), None)
        tied = best and own and own.law != best.law and own.p >= PASSES and own.aic - best.aic <= TIED
        why = self.tell("luck_tied", best=self.tell(best.law)) if best and tied else ""
        law = self.tell(str(luck["law"]))
        return self.tell("luck_law", law=law, cv=n(float(luck["cv"]), 2), lag=n(float(luck["lag1"]), 2), why=why)

    def verdict(self) -> str:
        """Whether history is reproduced."""
        missed = self._missed()
        return self.tell("does_not", what=missed) if missed else self.tell("reproduces")

    def weeks(self) -> str:
        """Trend or level; what was left out; what breaks and spells were found."""
        one, n = self.one, self.words
        why = ", ".join(dict.fromkeys(plain(each.why) for each in self.excluded))
        out = self.tell("left_out", why=why) if why else ""
        if one.trend_per_year:
            moved = self.tell("fell" if one.trend_per_year < 0 else "rose")
            text = self.tell("weeks_trend", moved=moved, percent=n.percent(abs(one.trend_per_year)), out=out)
        else:
            text = self.tell("weeks_level", level=n.number(one.described.mean), out=out)
        if one.stability.breaks:
            text += self.tell("broken", breaks=", ".join(self.week(change.week) for change in one.stability.breaks))
        if one.without:
            between = "–" if n.lang == "en" else " till "
            ends = [(self.week(spell.first), self.week(spell.last)) for spell in one.stability.spells]
            spells = ", ".join(f"{first}{between}{last}" for first, last in ends)
            phi, lag = n.number(one.without.variance_to_mean, 2), n.number(one.without.lag1, 2)
            text += self.tell("spells", spells=spells, phi=phi, lag=lag)
        return text

    def distribution(self) -> str:
        """Median, mean, and how often the mean promises too much."""
        found, n = self.one.described, self.words.number
        key = "distribution_low" if found.below_mean > found.weeks / 2 else "distribution_even"
        digits = 0 if found.mean >= 20 else 1
        values = {"median": n(found.median, digits), "mean": n(found.mean, digits)}
        return self.tell(key, below=found.below_mean, weeks=found.weeks, **values)

    def candidates(self) -> str:
        """Whether Poisson fits, and which law is best."""
        fits = self.one.fits
        poisson = next(fit for fit in fits if fit.law == "poisson")
        key = "candidates_poisson_yes" if poisson.p >= PASSES else "candidates_poisson_no"
        text = self.tell(key, p=self._p(poisson.p))
        passing = [fit for fit in fits if fit.p >= PASSES]
        if not passing:
            return text + self.tell("candidates_none")
        best = min(passing, key=lambda fit: fit.aic)
        return text + self.tell("candidates_best", law=self.tell(best.law), others=len(passing) - 1)

    def season(self) -> str:
        """The lowest weeks of the year, or that there is no season."""
        one, n = self.one, self.words
        if one.season:
            weeks, factor = min(one.season, key=lambda run: run[1])
            return self.tell("season_factor", weeks=weeks.replace("-", "–"), percent=n.percent(factor))
        christmas = one.holidays.get("christmas_week")
        said = self.tell("season_holidays", percent=n.percent(christmas)) if christmas is not None else ""
        return self.tell("season_none", holidays=said)

    def lag(self) -> str:
        """Whether one week says something about the next."""
        found, n = self.one.autocorrelation, self.words.number
        if found.kept > 0:
            return self.tell("lag_some", lag=n(found.kept, 2), p=self._p(found.p))
        return self.tell("lag_none", r=n(found.residual_lag1, 2), p=self._p(found.p))

    def hours(self) -> str:
        """How hours follow contacts."""
        both, n = self.one.contacts_and_hours, self.words.number
        if both is None:
            return ""
        low, high = (n(end, 2) for end in both.pearson_interval)
        return self.tell("hours", times=n(2**both.elasticity, 1), r=n(both.pearson, 2), low=low, high=high)

    def years(self) -> str:
        """What the simulated years miss."""
        missed = self._missed()
        return self.tell("years_but", what=missed) if missed else self.tell("years_all")

    def back_test(self) -> str:
        """How many held-out weeks the interval covered, and the error beside last year's."""
        found, n = self.one.back_test, self.words.number
        if found is None:
            return ""
        apart = "" if found.told_apart or len(found.ways) < 2 else self.tell("not_apart")
        return self.tell(
            "back_test", weeks=found.weeks, inside=found.chosen.covered_80, low=found.allowed_80[0],
            high=found.allowed_80[1], crps=n(found.chosen.crps, 1), naive=n(found.naive.crps, 1), apart=apart,
        )  # fmt: skip

    def plan(self) -> str:
        """The three classes and how many weeks of each."""
        values: dict[str, object] = {}
        for planned in self.one.plan:
            values[planned.name] = self.words.number(planned.target)
            values[f"{planned.name}_weeks"] = len(self.one.placement.get(planned.name, ()))
        return self.tell("plan", **values)

    def not_trusted(self) -> list[str]:
        """What this history is not enough for."""
        one = self.one
        asked = (
            (one.weeks < 104, self.tell("short", weeks=one.weeks)),
            (bool(one.stability.breaks), self.tell("broken_short")),
            (one.missing > 0, self.tell("missing", missing=one.missing)),
            (one.back_test is None, self.tell("no_back_test")),
        )
        return [text for true, text in asked if true]

    def _missed(self) -> str:
        return self.words.listed([self.tell(one.name) for one in self.one.reproduction.statistics if one.p < 0.01])

    def _p(self, p: float) -> str:
        return f"< {self.words.number(0.01, 2)}" if p < 0.01 else self.words.number(p, 2)
