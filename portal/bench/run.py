"""One run: make databases, seed them, measure each workload beside its limit, and compare with the promises."""

from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.test import override_settings

from portal.bench import clock, database, education, recompute, reminders, seed, worklist
from portal.bench.database import Own
from portal.bench.measure import Series, take_turns
from portal.bench.report import Report, Target
from portal.bench.worklist import SETTLE, Stage

BASE_SIZE = 1000
Say = Callable[[str], object]


def bench(size: int, rounds: int, say: Say) -> Report:
    """Measure everything at a size; above 1,000 pumps the work-list is measured at 1,000 as well."""
    sizes = [size] if size <= BASE_SIZE else [size, BASE_SIZE]
    with ExitStack() as stack:
        stack.enter_context(surroundings())
        stack.enter_context(clock.standing())
        grounds = stack.enter_context(database.own(len(sizes)))
        for ground, each in zip(grounds, sizes, strict=True):
            say(f"seeding {each:,} pumps …")
            fill(ground, each)
        report = Report(size, rounds, layout(size), database.version())
        measure(report, dict(zip(sizes, grounds, strict=True)), say)
    return report


def surroundings() -> override_settings:
    """Return settings under which pages answer the test client: plain files, no TLS, no debug log of queries."""
    files = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return override_settings(
        ALLOWED_HOSTS=["testserver"],
        DEBUG=False,
        SECURE_SSL_REDIRECT=False,
        STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": files}},
    )


def fill(ground: Own, size: int) -> None:
    ground.use()
    seed.seed(size)
    ground.refresh_statistics()


def layout(size: int) -> str:
    clinics = -(-size // seed.CLINIC_SIZE)
    each = min(size, seed.CLINIC_SIZE)
    return f"{size:,} pumps in {clinics} clinic{'s' * (clinics > 1)} of {each:,}"


def measure(report: Report, grounds: dict[int, Own], say: Say) -> None:
    ground = grounds[report.size]
    say("measuring the work-list …")
    measure_worklist(report, grounds)
    ground.use()
    say("measuring recomputation …")
    measure_recompute(report)
    say("measuring reminders …")
    measure_reminders(report)
    if report.size > seed.CLINIC_SIZE:
        say("moving all pumps into one clinic …")
        measure_one_clinic(report, grounds)
    ground.use()
    count = min(education.PAGES, report.size * 5)
    say(f"seeding {count:,} pages to read …")
    education.seed(count)
    ground.refresh_statistics()
    say("measuring pages and search …")
    with education.addresses():
        measure_pages(report)
        measure_search(report, count)


def measure_worklist(report: Report, grounds: dict[int, Own]) -> None:
    stages = [worklist.stage(ground, size) for size, ground in grounds.items()]
    worklist.measure(stages, rounds=report.rounds)
    main = stages[0]
    report.series += [series for stage in stages for series in stage.both]
    ratio = main.page.quantile(0.95) / main.raw.median
    report.targets += [
        Target("worklist_p95_to_raw", "work-list p95 : its row query", ratio, 60),
        Target("worklist_queries", "work-list queries", main.page.queries, 8),
    ]
    if len(stages) > 1:
        report.targets += growth(main, stages[1])


def growth(large: Stage, small: Stage) -> list[Target]:
    ratio = large.page.median / small.page.median
    more = large.page.queries - small.page.queries
    return [
        Target("worklist_growth", "work-list at this size : at 1,000", ratio, 1.2),
        Target("worklist_more_queries", "work-list queries more than at 1,000", more, 0),
    ]


def measure_recompute(report: Report) -> None:
    work, limit = pair = recompute.series(report.size)
    take_turns(pair, rounds=report.rounds, repeats=recompute.REPEATS)
    report.series += pair
    ratio = work.median / limit.median
    report.targets.append(Target("recompute_to_read", "recomputing : reading the inputs", ratio, 4))


def measure_reminders(report: Report) -> None:
    with reminders.mail_to_sink() as port:
        pair = reminders.series(port, reminders.plan())
        work, limit = pair
        take_turns(pair, rounds=report.rounds, repeats=1)
        check_accepted(pair, reminders.accepted_by(port), report.rounds)
    report.series += pair
    ratio = limit.median / work.median
    report.targets.append(
        Target("reminders_to_smtplib", "reminders' rate : smtplib's", ratio, 0.12, is_least=True)
    )
    count = int(work.unit.split()[0])
    rounds = [plain / engine for (engine,), (plain,) in zip(work.seconds, limit.seconds, strict=True)]
    report.information["reminders' rate : smtplib's, worst round"] = min(rounds)
    report.information["reminders' rate : smtplib's, best round"] = max(rounds)
    report.information["reminders a second, engine"] = count / work.median
    report.information["reminders a second, smtplib"] = count / limit.median
    report.information["engine's own CPU, ms a reminder"] = work.cpu_median / count * 1000


def check_accepted(pair: list[Series], accepted: int, rounds: int) -> None:
    """Refuse figures of a run in which the server did not get every message."""
    runs = rounds + 3  # One to warm up, one to count queries and one to weigh memory.
    expected = sum(int(series.unit.split()[0]) * runs for series in pair)
    if accepted != expected:
        raise reminders.NotAllAccepted(f"the server took {accepted} of {expected}")


def measure_pages(report: Report) -> None:
    hub, anew, kept, bare = turns = education.page_series()
    rendered = education.rendered_anew()
    # What one of them makes forget, the others must not pay for.
    for series in (turns, [rendered]):
        take_turns(series, rounds=report.rounds, repeats=education.REPEATS, warm_ups=SETTLE)
    report.series += [*turns, rendered]
    slower, queries = max(anew.median, hub.median), max(anew.queries or 0, hub.queries or 0)
    report.targets += [
        Target("page_to_bare", "published page, kept : bare answer", kept.median / bare.median, 20),
        Target("page_anew_to_bare", "published page, made anew : bare answer", slower / bare.median, 20),
        Target("page_queries", "published page queries, made anew", queries, 3),
        Target("kept_page_queries", "published page queries, kept", kept.queries, 0),
    ]
    report.information["published page, rendered anew : bare answer"] = rendered.median / bare.median


def measure_search(report: Report, count: int) -> None:
    pairs = education.search_series(count)
    mistyped = education.mistyped()
    series = [each for pair in pairs for each in pair] + [mistyped]
    take_turns(series, rounds=report.rounds, repeats=education.REPEATS, warm_ups=SETTLE)
    report.series += series
    ratio = max(page.quantile(0.95) / raw.median for page, raw in pairs)
    report.targets.append(Target("search_p95_to_raw", "search p95 : its query", ratio, 60))
    report.information["mistyped search, p95 in ms"] = mistyped.quantile(0.95) * 1000


def measure_one_clinic(report: Report, grounds: dict[int, Own]) -> None:
    """Say what one clinic with every pump would cost; none is that large, so nothing is promised."""
    ground = grounds[report.size]
    ground.use()
    seed.merge_clinics()
    ground.refresh_statistics()
    stages = [
        worklist.stage(ground, report.size, where="one clinic"),
        worklist.stage(grounds[BASE_SIZE], BASE_SIZE, where="1,000 again"),
    ]
    worklist.measure(stages, rounds=report.rounds)
    report.series += [stage.page for stage in stages]
    name = f"work-list, {report.size:,} in one clinic : 1,000"
    report.information[name] = stages[0].page.median / stages[1].page.median
