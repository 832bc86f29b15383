"""What a planner types: new, check, calibrate, log, run, report. Reads arguments, calls one room, shows the answer.

Every command has --help with an example and --json for machines. Results go to stdout, progress and warnings to
stderr. Heavy libraries are imported inside the commands, so that `flowsim --help` answers at once.
"""

from __future__ import annotations

import atexit
import gc
from pathlib import Path
from typing import Annotated, Literal

import typer

from flowsim import __version__
from flowsim.cli.asking_further import app as questions
from flowsim.cli.screen import Lang, spoken

app = typer.Typer(
    name="flowsim",
    help="Patient flow for planners: queues, waits, throughput and KPP costs, scenario against scenario.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.add_typer(questions, name="ask")

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON on stdout, for machines.")]
Language = Annotated[Lang, typer.Option("--lang", help="Language of tables, report and what is refused.")]
Scenarios = Annotated[list[Path], typer.Argument(help="Scenario files (YAML); the first is the baseline.")]


def main() -> None:
    """The console script. What libraries make when imported is no garbage: hardly searched, and not at the end."""
    gc.set_threshold(100_000, 50, 100)
    atexit.register(gc.freeze)
    app()


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"flowsim {__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Patient flow for planners: queues, waits, throughput and KPP costs, scenario against scenario."""


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet, or is empty.")],
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """A commented starter: scenarios, unit costs and a history, to be replaced by yours.

    Example: flowsim new my_clinic
    """
    from flowsim.cli import starting

    with spoken(lang.code):
        starting.new(folder, json, lang.code)


@app.command()
def check(
    scenarios: Scenarios,
    weeks: Annotated[float, typer.Option(help="Weeks in which a queue that is too long is to be worked off.")] = 26,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Read scenarios; tell every fault at once, then what would be run, the load of each resource, and five numbers.

    Example: flowsim check scenarios/*.yaml
    """
    from flowsim.cli import checking

    with spoken(lang.code):
        checking.check(scenarios, weeks, json, lang.code)


@app.command()
def calibrate(
    history: Annotated[
        str, typer.Argument(help="Weekly history or event log: CSV, xlsx, parquet, a database address; log also XES.")
    ],
    out: Annotated[Path | None, typer.Option(help="File to write; default: the history's name with .yaml.")] = None,
    pathway: Annotated[
        Path | None, typer.Option(help="Scenario file whose pathway an event log is read along; else it is drawn.")
    ] = None,
    capacity: Annotated[Path | None, typer.Option(help="With a log: weekly table of capacity offered.")] = None,
    table: Annotated[
        str, typer.Option(help="Sheet of a workbook (default its first), table of a database (weekly, events).")
    ] = "",
    resource: Annotated[str, typer.Option(help="What a file without a column of resources is about.")] = "",
    column: Annotated[list[str] | None, typer.Option(help='A heading not recognised: "count=Antal op".')] = None,
    window: Annotated[str, typer.Option(help='Days to use: "2016-01-04,2018-12-30".')] = "",
    hold_out: Annotated[str, typer.Option(help="Days after the window to be judged by.")] = "",
    exclude: Annotated[list[str] | None, typer.Option(help='Weeks to leave out: "from,to,why".')] = None,
    luck: Annotated[str, typer.Option(help="auto, a law's name, bootstrap or classes.")] = "auto",
    level: Annotated[float | None, typer.Option(help="Own size a week, if the history is another's.")] = None,
    plan: Annotated[str, typer.Option(help="Classes of weeks: equal_width, tertiles or k_means.")] = "equal_width",
    fte_hours: Annotated[float | None, typer.Option(help="Hours a full-time equivalent works a week.")] = None,
    min_cell: Annotated[int, typer.Option(min=1, help="With a log: fewer patients than this are hidden.")] = 5,
    samples: Annotated[int, typer.Option(min=19, help="Bootstrap samples of each test.")] = 199,
    seed: Annotated[int, typer.Option(help="Seed of the tests of fit.")] = 1,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Write the fit report too.")] = True,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """History -> season, level and luck of capacity as YAML, with how well it fits; event log -> a whole scenario.

    Example: flowsim calibrate calibration/history.csv --out calibration/theatre.yaml
    """
    from flowsim.cli import fitting, fitting_log

    with spoken(lang.code):
        columns = fitting.columns_of(column or [])
        days = fitting.days_of(window), fitting.days_of(hold_out)
        asked = (pathway, out, capacity, table, columns, days[0], min_cell, report, json, lang.code)
        log = fitting_log.Asked(*asked)
        if fitting_log.is_log(history, log):
            fitting_log.calibrate(history, log)
            return
        chosen = fitting.Chosen(luck, level, plan, fte_hours, samples, seed)
        weeks = (out, resource, table, columns, days, exclude or [], chosen, report, json, lang.code)
        fitting.calibrate(history, fitting.Asked(*weeks))


@app.command()
def log(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).")],
    out: Annotated[Path | None, typer.Option(help="Folder to write into; default outputs.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all luck.")] = 1,
    replication: Annotated[int, typer.Option(min=0, help="Which replication.")] = 0,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """One simulated run as an event log and a weekly capacity table (CSV), in the columns that `calibrate` reads.

    Example: flowsim log scenarios/ortho_today.yaml --out outputs/log
    """
    from flowsim.cli import logging_run

    with spoken(lang.code):
        logging_run.write_log(scenario, out, seed, replication, json, lang.code)


@app.command()
def kpp(
    source: Annotated[
        Path | None, typer.Argument(help="A folder of CSV files or a workbook; without one, a made-up hospital.")
    ] = None,
    method: Annotated[str, typer.Option(help="reciprocal, step_down or direct.")] = "reciprocal",
    view: Annotated[
        str, typer.Option(help="standard: idle capacity apart; full: spread on the contacts.")
    ] = "standard",
    trace: Annotated[list[str] | None, typer.Option(help="A care service to trace to the ledger's accounts.")] = None,
    out: Annotated[Path | None, typer.Option(help="Tables: a folder (CSV) or a workbook (.xlsx).")] = None,
    unit_costs: Annotated[Path | None, typer.Option(help="The unit cost file (YAML) that drives a scenario.")] = None,
    half_year: Annotated[Path | None, typer.Option(help="The half year's folder or workbook, to compare with.")] = None,
    starter: Annotated[Path | None, typer.Option(help="Write a small workbook to be overwritten, and stop.")] = None,
    example: Annotated[Path | None, typer.Option(help="Write the made-up hospital as CSV files, and stop.")] = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """A year's ledger -> cost per contact and care service (KPP), reconciled to the öre; unit costs for scenarios.

    Example: flowsim kpp my_costs.xlsx --trace theatre_minute --unit-costs calibration/kpp.yaml --lang sv
    """
    from flowsim.cli import costing

    with spoken(lang.code):
        for target, write in ((starter, costing.starter), (example, costing.example)):
            if target is not None:
                write(target, lang.code)
                return
        asked = costing.Asked(method, view, tuple(trace or ()), out, unit_costs, half_year, json, lang.code)
        costing.kpp(source, asked)


@app.command()
def run(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files, the baseline first; or one run.json.")],
    replications: Annotated[int, typer.Option("--replications", "-n", min=1, help="Runs of each scenario.")] = 30,
    precision: Annotated[
        str | None, typer.Option(help='Add replications until the intervals are this narrow: "2%".')
    ] = None,
    precise: Annotated[
        str, typer.Option("--on", "--precise", help="Measures that --precision is about, all of them at once.")
    ] = "queue_end,operations_per_week,total_cash_sek",
    most: Annotated[int, typer.Option(min=1, help="With --precision: replications at most.")] = 400,
    steps: Annotated[int, typer.Option(min=0, help="Replications for what each change did; 0: leave it out.")] = 10,
    first: Annotated[int, typer.Option(min=0, help="Number of the first replication (to run one alone).")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of all luck; the same seed gives the same tables.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    engine: Annotated[
        Literal["simpy", "compiled", "auto"],
        typer.Option(help="compiled needs flowsim[fast]: same rows, sooner."),
    ] = "simpy",
    input_uncertainty: Annotated[
        bool, typer.Option("--input-uncertainty", help="Let what calibrations leave open vary too, set by set.")
    ] = False,
    cluster: Annotated[
        str, typer.Option(help="Dask scheduler to run on: tcp://host:8786; needs flowsim[cluster].")
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that was interrupted.")] = False,
    force_new: Annotated[bool, typer.Option("--force-new", help="Throw an interrupted run away; begin anew.")] = False,
    out: Annotated[Path | None, typer.Option(help="Study folder; default outputs/<what the files are called>.")] = None,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Write the report too.")] = True,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Run scenarios many times each, compare them, cost them, and save a study with its report.

    Example: flowsim run scenarios/today.yaml scenarios/evening.yaml --replications 50 --workers 2
    """
    from flowsim.cli import running

    wish = running.Wish(
        replications=replications,
        seed=seed,
        workers=workers,
        engine=engine,
        cluster=cluster,
        resume=resume,
        force_new=force_new,
        first=first,
        precision=precision,
        precise=precise,
        most=most,
        steps=steps,
        input_uncertainty=input_uncertainty,
        report=report,
        json=json,
        lang=lang.code,
    )
    with spoken(lang.code):
        running.run(scenarios, wish, out)


@app.command()
def budget(
    file: Annotated[
        Path | None, typer.Argument(help="Budget file (YAML); names its tables. Without one: a made-up clinic.")
    ] = None,
    outcome: Annotated[
        Path | None, typer.Option(help="Follow-up sheet with the outcome filled in: xlsx or CSV. Splits the deviation.")
    ] = None,
    through: Annotated[int, typer.Option(min=1, max=12, help="Last month of the follow-up sheet.")] = 12,
    level: Annotated[
        Literal["region", "department"], typer.Option(help="Whose budget the follow-up sheet holds.")
    ] = "region",
    starter: Annotated[
        Path | None, typer.Option(help="Write a budget of your own to fill in, into this new folder, and stop.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Workbook (.xlsx) or folder of CSV files to write.")] = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Activity-based budget: volume, capacity, economy; region beside department; outcome against budget.

    Example: flowsim budget my_clinic/budget/budget.yaml --out budget.xlsx --lang sv
    """
    from flowsim.cli import budgeting

    with spoken(lang.code):
        if starter is not None:
            budgeting.starter(starter, lang.code)
            return
        budgeting.budget(file, budgeting.Asked(outcome, through, level, out, json, lang.code))


@app.command()
def indicators(
    data: Annotated[
        Path | None, typer.Argument(help="A study's folder, or own data: xlsx, CSV or a folder. Without: an example.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Of a study: the file (YAML) that says which steps and hours count.")
    ] = None,
    scenario: Annotated[str, typer.Option(help="Of a study: which scenario; default the baseline.")] = "",
    hours_per_fte: Annotated[float, typer.Option(help="Hours a full-time equivalent works in a month.")] = 165,
    replications: Annotated[int, typer.Option("--replications", "-n", min=1, help="Of a study: runs made again.")] = 5,
    engine: Annotated[Literal["simpy", "compiled", "auto"], typer.Option(help="Of a study: engine.")] = "simpy",
    starter: Annotated[Path | None, typer.Option(help="Write a workbook to fill in (.xlsx), and stop.")] = None,
    out: Annotated[Path | None, typer.Option(help="Workbook (.xlsx) or folder of CSV files to write.")] = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Ten productivity indicators by month, cost per DRG point, BUK and TAK; definitions in the output.

    Example: flowsim indicators outputs/ortho --mapping calibration/ortho_indicators.yaml
    """
    from flowsim.cli import indicating

    with spoken(lang.code):
        if starter is not None:
            indicating.starter(starter, lang.code)
            return
        asked = indicating.Asked(mapping, scenario, hours_per_fte, replications, engine, out, json, lang.code)
        indicating.indicators(data, asked)


@app.command()
def payment(
    file: Annotated[Path, typer.Argument(help="Payments file (YAML).")],
    contacts: Annotated[
        Path | None,
        typer.Option(help="Actual contacts (CSV, xlsx): hospital, date, points. Income under each payment."),
    ] = None,
    days: Annotated[
        str, typer.Option(help='Days the contacts cover: "2023-01-01,2023-12-31"; default whole years.')
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Workbook (.xlsx) or folder of CSV files to write.")] = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Payment models beside each other: prices, phases, caps; is a common price neutral; who wins by a change.

    Example: flowsim payment calibration/payment/vgr_2017.yaml
    """
    from flowsim.cli import paying

    with spoken(lang.code):
        paying.payment(file, paying.Asked(contacts, paying.days_of(days), out, json, lang.code))


@app.command()
def report(
    study: Annotated[Path, typer.Argument(help="A study's folder, outputs/<study>.")],
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Write a study's report again: one HTML file that needs no network, in Swedish or English.

    Example: flowsim report outputs/ortho --lang sv
    """
    from flowsim.cli import running

    with spoken(lang.code):
        running.report(study, lang.code, json)


@app.command("follow-up")
def follow_up(
    study: Annotated[Path, typer.Argument(help="The plan: a study's folder, or an answer's (outputs/clear_backlog).")],
    actual: Annotated[Path, typer.Option(help="Table of the weeks that have been: week, operations, slots offered.")],
    waiting: Annotated[Path | None, typer.Option(help="Table of those who wait today: to days, patients.")] = None,
    scenario: Annotated[str, typer.Option(help="Which of the study's scenarios is the plan.")] = "",
    step: Annotated[str, typer.Option(help="The step waited for; as the goal's options: default the answer's.")] = "",
    by: Annotated[str, typer.Option(help="The date, 2027-06-30.")] = "",
    confidence: Annotated[str, typer.Option(help="The chance asked for.")] = "",
    over: Annotated[int | None, typer.Option(min=0, help="Target: nobody waits longer than so many days.")] = None,
    queue: Annotated[int | None, typer.Option(min=0, help="Target instead: at most so many wait.")] = None,
    alarm: Annotated[str, typer.Option(help="Chance of a false alarm within --weeks.")] = "10%",
    weeks: Annotated[int, typer.Option(min=4, help="See --alarm.")] = 26,
    seed: Annotated[int, typer.Option(help="Seed of all luck.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; default: one per processor.")] = None,
    engine: Annotated[Literal["auto", "compiled", "simpy"], typer.Option(help="See `ask`.")] = "auto",
    seconds: Annotated[float, typer.Option(min=1, help="Time for simulation.")] = 45,
    out: Annotated[Path | None, typer.Option(help="Folder of the answer; default outputs/follow_up.")] = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """The outcome so far against the plan, the forecast from today's queue, and the smallest adjustment.

    Example: flowsim follow-up outputs/clear_backlog --actual calibration/outcome_example.csv --lang sv
    """
    from flowsim.cli import following

    with spoken(lang.code):
        following.follow_up(
            study, actual, following.Wish(out, json, lang.code), waiting=waiting, scenario_name=scenario, step=step,
            by=by, confidence=confidence, over=over, queue=queue, alarm=alarm, weeks=weeks, seed=seed,
            workers=workers, engine=engine, seconds=seconds,
        )  # fmt: skip
