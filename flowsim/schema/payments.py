"""The payments file: what hospitals are paid under each model, SEK of one year, exact.

A file names the hospital of the simulated clinic, DRG weights, which steps carry points, and any number of payments,
each with its `model`. Money is kept as whole öre, rates and points as exact fractions.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, Named, ReadBy, fault, listed, nearest
from flowsim.schema.faults import parsed
from flowsim.schema.money import Exact, ExactFromZero, Kronor, KronorPaid, Rate
from flowsim.schema.reading import Marks
from flowsim.schema.values import Count, CountFromOne, Share

BY_GROUP = "by_group"


class PriceYear(Entry):
    """One step of the price path."""

    year: CountFromOne = Field(description="the year it leads to")
    lpi: Rate = Field(Fraction(0), description="landstingsprisindex of the year: 0.032 or 3.2 %")
    efficiency: Rate = Field(Fraction(0), description="efficiency requirement of the year: 0.01 or 1 %")


class _Payment(Entry):
    title: str | None = Field(None, description="title in tables, English")
    title_sv: str | None = Field(None, description="title in tables, Swedish")


class _Priced(_Payment):
    """price_y = price_(y-1) (1 + LPI_y)(1 - e_y), from the price of `price_year`."""

    price_sek: KronorPaid = Field(description="SEK per DRG point in price_year")
    price_year: CountFromOne | None = Field(None, description="the year of price_sek; default the file's")
    price_path: tuple[PriceYear, ...] = Field((), description="index and efficiency requirement year by year")


class Outliers(Entry):
    """Cost outliers: a share of what a contact costs above its threshold."""

    share: Share = Field(description="share of the cost above the threshold that is paid")
    threshold_sek: KronorPaid = Field(description="SEK of a contact above which it is an outlier")
    by_drg: Named[KronorPaid] = Field(default_factory=dict, description="other thresholds, by DRG")


class Block(_Payment):
    """Block grant (anslag): B_h a year, whatever is done."""

    model: Literal["block"] = Field(description="the model's name")
    amounts_sek: Named[Kronor] = Field(description="SEK a year, by hospital")


class DrgPoints(_Priced):
    """DRG points x price, with cost outliers if wanted."""

    model: Literal["drg_points"] = Field(description="the model's name")
    outliers: Outliers | None = Field(None, description="what is paid for cost outliers")


class VolumeAdjustment(Entry):
    """Factors on the points of the VÖK agreement; 1 = no change."""

    population: ExactFromZero = Field(Fraction(1), description="more or older inhabitants")
    consumption: ExactFromZero = Field(Fraction(1), description="care consumed by each")
    mission: ExactFromZero = Field(Fraction(1), description="changed mission")
    outpatient_shift: ExactFromZero = Field(Fraction(1), description="from inpatient to outpatient care")
    queue_reduction: ExactFromZero = Field(Fraction(1), description="köreduktion")

    @property
    def product(self) -> Fraction:
        """All factors together."""
        return self.population * self.consumption * self.mission * self.outpatient_shift * self.queue_reduction


class Agreement(_Priced):
    """The VÖK agreement: points x price x volume adjustments + structure + missions + what lies beside."""

    model: Literal["vok_agreement"] = Field(description="the model's name")
    volume: VolumeAdjustment = Field(default_factory=lambda: VolumeAdjustment.model_validate({}), description="factors")
    structure_sek: Named[Kronor] = Field(
        default_factory=dict, description="SEK a year: on_call, outlets, education, outlier_share"
    )
    missions_sek: Named[Kronor] = Field(default_factory=dict, description="SEK a year: directed missions")
    beside_sek: Named[Kronor] = Field(
        default_factory=dict, description="SEK a year: drugs, ambulance, research, cost outliers, pilots"
    )


class HospitalCost(Entry):
    """One hospital of the equal point price: K, A, B and P of the base year."""

    cost_sek: KronorPaid = Field(description="K: cost of care production, SEK a year")
    structure_sek: Named[Kronor] = Field(default_factory=dict, description="A: {A1: on-call, A2: outlets, ...}")
    method_sek: Named[Kronor] = Field(default_factory=dict, description="B: {B1: registration, B2: KPP allocation}")
    points: ExactFromZero = Field(description="P: DRG points of the base year")

    @property
    def structure(self) -> int:
        """A in öre."""
        return sum(self.structure_sek.values())

    @property
    def method(self) -> int:
        """B in öre."""
        return sum(self.method_sek.values())


class Phase(Entry):
    """What of B and C a hospital keeps in a year of introduction."""

    year: CountFromOne = Field(description="the year")
    b: Share = Field(description="share of B paid")
    c: Share = Field(description="share of C paid")


class EqualPointPrice(_Payment):
    """Equal point price (lika poängpris): pi P + A + phi_B B + phi_C C."""

    model: Literal["equal_point_price"] = Field(description="the model's name")
    hospitals: Named[HospitalCost] = Field(description="base year by hospital")
    phases: tuple[Phase, ...] = Field((), description="years of introduction; after the last its shares hold")

    @model_validator(mode="after")
    def _some_points(self) -> EqualPointPrice:
        if not sum(one.points for one in self.hospitals.values()):
            raise fault("needs a hospital with points: the price is cost over points.")
        return self


class Outcome(Entry):
    """E of an episode: slope x (outcome - expected), earliest after a year."""

    steps: tuple[str, ...] = Field(description="steps whose happening is the outcome: [reoperation]")
    expected: Named[ExactFromZero] = Field(description="expected share given case mix, by group")
    slope_sek: Kronor = Field(description="SEK per outcome above expected (negative: a deduction)")
    after_days: Count = Field(365, description="days after the trigger when it is settled; 0 before")


class Episode(Entry):
    """One module: which patients, and C, D and J per episode at the common price."""

    groups: tuple[str, ...] = Field(description="case mix groups of the module")
    base_sek: KronorPaid = Field(description="C: routine contacts of the chain, at common price")
    guarantee_sek: KronorPaid = Field(0, description="D: avoidable adverse events, at common price")
    adjustment_sek: Named[Kronor] = Field(default_factory=dict, description="J: individual adjustment, by group")
    neutral_factor: ExactFromZero = Field(Fraction(1), description="lambda; 1 = the common price as it is printed")
    outcome: Outcome | None = Field(None, description="E")


class Episodes(_Payment):
    """Sveus episode payment: g (C + D + J) + E for each episode; what happens inside it is paid with it."""

    model: Literal["episodes"] = Field(description="the model's name")
    trigger: tuple[str, ...] = Field((), description="steps that trigger an episode; default those by_group")
    episode_days: CountFromOne = Field(365, description="days in which a new trigger is the same episode")
    price_index: Named[ExactFromZero] = Field(default_factory=dict, description="g by hospital; 1 = common price")
    modules: Named[Episode] = Field(description="modules by name")


class Skane2023(_Payment):
    """Skåne 2023: block + share of min(price x points, cap). What the source leaves open is said in the title."""

    model: Literal["skane_2023"] = Field(description="the model's name")
    block_sek: Named[Kronor] = Field(default_factory=dict, description="SEK a year by hospital (assumed)")
    price_sek: KronorPaid = Field(description="SEK per point")
    cap_sek: KronorPaid = Field(60_000_000_000, description="SEK a year of all hospitals together")
    points: Literal["all", "above_baseline"] = Field("all", description="which points are paid")
    baseline_points: Named[ExactFromZero] = Field(default_factory=dict, description="points a year, by hospital")
    sharing: Literal["pro_rata", "by_date"] = Field("pro_rata", description="who gets what when the cap binds")

    @model_validator(mode="after")
    def _baseline(self) -> Skane2023:
        if (self.points == "above_baseline") != bool(self.baseline_points):
            raise fault("points: above_baseline and baseline_points belong together.")
        return self


class Skane2024(_Payment):
    """Skåne 2024: structure + production price x points, recalculated yearly."""

    model: Literal["skane_2024"] = Field(description="the model's name")
    structure_sek: Named[Kronor] = Field(description="SEK a year by hospital: the acute mission")
    price_sek: KronorPaid = Field(description="SEK per point in the first year")
    price_by_year: Named[KronorPaid] = Field(default_factory=dict, description="recalculated price, by year")


class Listed(Entry):
    """Persons listed (listade) at a hospital or unit, with their mean weights."""

    persons: ExactFromZero = Field(description="number of persons")
    age_sex: Exact = Field(Fraction(0), description="mean weight of age and sex")
    acg: Exact = Field(Fraction(0), description="mean ACG weight")
    socio_economy: Exact = Field(Fraction(0), description="mean weight of socio-economy")
    geography: Exact = Field(Fraction(0), description="mean weight of geography")

    @property
    def weight(self) -> Fraction:
        """Persons x their weights."""
        return self.persons * (self.age_sex + self.acg + self.socio_economy + self.geography)


class Capitation(_Payment):
    """Capitation (kapitering): sum over persons of their weights x rate a year."""

    model: Literal["capitation"] = Field(description="the model's name")
    rate_sek: KronorPaid = Field(description="SEK a year for weight 1")
    listed: Named[tuple[Listed, ...]] = Field(description="persons listed, by hospital")


class Rehab(_Payment):
    """Rehab choice: points x price up to a ceiling (takkonstruktion) a year."""

    model: Literal["rehab"] = Field(description="the model's name")
    price_sek: KronorPaid = Field(description="SEK per weighted point")
    ceiling_sek: Named[KronorPaid] = Field(description="SEK a year at most, by hospital")


AnyPayment = Block | DrgPoints | Agreement | EqualPointPrice | Episodes | Skane2023 | Skane2024 | Capitation | Rehab
MODELS: dict[str, type[Entry]] = {
    "block": Block,
    "drg_points": DrgPoints,
    "vok_agreement": Agreement,
    "equal_point_price": EqualPointPrice,
    "episodes": Episodes,
    "skane_2023": Skane2023,
    "skane_2024": Skane2024,
    "capitation": Capitation,
    "rehab": Rehab,
}


def _read_payment(data: Any) -> Any:
    """A payment, by its model."""
    if isinstance(data, _Payment):
        return data
    word = data.get("model") if isinstance(data, dict) else None
    if word not in MODELS:
        raise fault(f"needs `model:`, one of: {listed(MODELS)}.{nearest(str(word), MODELS)}")
    return MODELS[str(word)].model_validate(data)


PaymentEntry = Annotated[AnyPayment, ReadBy(_read_payment, AnyPayment)]


class Payments(Entry):
    """A whole payments file."""

    format: Literal[1] = Field(1, alias="schema", description="version of the file's format")
    price_year: CountFromOne = Field(description="the year of all money in the file")
    hospital: str = Field("hospital", description="the hospital of the simulated clinic")
    drg_weights: str | Named[ExactFromZero] = Field(
        default_factory=dict, description="weights by DRG, or a table with columns drg and weight"
    )
    weights_named: str = Field("", description="which year's weight list this is; printed with every table")
    points: Named[str] = Field(
        default_factory=dict, description="DRG of a contact, by step: by_group (the group's drg), or a DRG"
    )
    other_points: Named[ExactFromZero] = Field(
        default_factory=dict, description="points a year of hospitals that are not simulated"
    )
    payments: Named[PaymentEntry] = Field(default_factory=dict, description="the models to compare, by your own name")
    episode_tables: Named[str] = Field(
        default_factory=dict, description="tables of episodes at hospitals' and common price, by module: is it neutral?"
    )

    @model_validator(mode="after")
    def _something(self) -> Payments:
        if not self.payments and not self.episode_tables:
            raise fault("needs `payments` (the models to compare), or `episode_tables` to look at.")
        return self


def payments(data: Any, marks: Marks) -> Payments:
    """The validated file, from what `reading.read` gives. InputError with every fault found, each at its line."""
    return parsed(Payments, data, marks)
