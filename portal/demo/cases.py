"""What each pump of the demo shows: where it stands today, with its near-misses side by side."""

from dataclasses import dataclass, replace

from portal.demo import people
from portal.demo.people import Person
from portal.demo.programs import PROGRAMS, Program


@dataclass(frozen=True, slots=True)
class Case:
    """One person with one pump. Days count from today; a refill-by day is moved to a working day.

    `side` says which way: “last” the last working day up to then, “next” the first one from then on, “pair” the
    last one that another working day follows.
    """

    shows: str
    program: Program
    days: int
    anchor: str = "refill_by"
    side: str = "last"
    person: Person | None = None
    # on, after, early: by the refill-by day; soon: by today; ended_119 and _121: minutes ago; missed: marked so.
    visit: str = ""
    visit_days: int = 0
    is_confirmed: bool = False
    alarm: str = ""
    contact: str = ""
    twist: str = ""
    past: int = 3


def case(shows: str, program: str, days: int, anchor: str = "refill_by", **fields) -> Case:
    """Return a case; fields of the program may be given by their names."""
    own = {name: fields.pop(name) for name in list(fields) if name in Program.__dataclass_fields__}
    return Case(shows, replace(PROGRAMS[program], **own), days, anchor, **fields)


NEAR_MISSES = (
    case("may be empty from today", "morphine", 0, "earliest_empty_on", contact="no_answer"),
    case("may be empty from tomorrow", "morphine", 1, "earliest_empty_on", contact="left_message"),
    case("may be empty for two days", "fentanyl", -2, "earliest_empty_on", contact="wrong_number"),
    case("refill-by day today, or the next working day", "hydromorphone", 0, side="next"),
    case("refill-by day yesterday, or the last working day", "hydromorphone", -1, contact="left_message"),
    case("refill-by day 14 days off", "morphine", 14),
    case("refill-by day 15 days off", "morphine", 15, side="next"),
    case("visit on the refill-by day", "baclofen", 9, side="pair", visit="on"),
    case(
        "visit a day after it, since the fill was amended",
        "baclofen",
        9,
        side="pair",
        visit="after",
        twist="amended",
    ),
    case("visit ended 1 h 59 min ago", "morphine", 6, visit="ended_119"),
    case("visit ended 2 h 01 min ago", "morphine", 6, visit="ended_121"),
    case("visit marked missed, none booked", "hydromorphone", 5, visit="missed", contact="will_call_back"),
    case("one tone, before its target time", "baclofen", 40, alarm="one_before"),
    case("one tone, past its target time", "baclofen", 41, alarm="one_after", contact="no_answer"),
    case("two tones, open", "fentanyl", 25, alarm="two"),
    case("not sure which tone, open", "morphine slow", 33, alarm="unsure", visit="early"),
    case("printed alarm date a day earlier than ours", "baclofen", 11, printed_days=-1, visit="on"),
    case("printed alarm date that disagrees, later", "baclofen", 12, printed_days=6, visit="on"),
    case("printed alarm date that disagrees, earlier", "morphine", 8, printed_days=-5, visit="on"),
    case("stopped pump", "baclofen slow", 60, twist="stopped"),
    case("no fill recorded", "morphine slow", 0, twist="no_fill", past=0),
    case("dates cannot be computed", "baclofen slow", 50, twist="cannot_compute", past=1),
    case("ERI recorded", "morphine slow", 36, twist="eri"),
    case("stability binds", "morphine slow", 10, visit="on"),
    case("beyond-use date binds", "bupivacaine", 12, beyond_use_days=45, visit="on"),
    case("pump accuracy binds", "bupivacaine", 13, visit="on", lead_days=2),
    case("alarm less lead binds", "hydromorphone", 13, visit="on"),
    case("extra doses with a lockout", "hydromorphone extra", 7, visit="on", visit_days=-1),
    case("extra doses that the lockout does not limit", "fentanyl extra", 16, visit="on"),
    case("first fill with ziconotide: 14 days", "ziconotide first", 5, past=0, visit="on"),
    case("later fill with ziconotide, undiluted", "ziconotide", 20, visit="on"),
    case("done today", "morphine", 0, "filled_on"),
    case("done today, at its visit", "baclofen", 0, "filled_on", twist="visited"),
    case("done today, early", "hydromorphone", 0, "filled_on", twist="visited"),
)

NAMED = (
    case("patient account, Spanish", "hydromorphone", 6, person=people.ROSA, visit="soon", visit_days=3),
    case("patient account", "baclofen slow", 17, person=people.DALE, visit="soon", visit_days=14),
    case("Spanish", "morphine", 3, person=people.LUPE),
    case("Spanish, accents in the name", "baclofen", 1, person=people.TOMAS, contact="no_answer"),
    case("Spanish, with an interpreter", "fentanyl", 9, person=people.INES, visit="soon", visit_days=7),
    case("Vietnamese, with an interpreter", "morphine", 5, person=people.LINH, visit="soon", visit_days=3),
    case("Somali, with an interpreter", "baclofen", 11, person=people.AMINA, contact="left_message"),
    case("a very long name", "bupivacaine", 18, person=people.LONG, visit="on"),
    case("letters beyond ASCII", "hydromorphone", 7, person=people.SOREN),
    case("the same family name", "morphine", 4, person=people.SHANICE, visit="soon", visit_days=1),
    case("the same family name, born in the same month", "morphine", 4, person=people.EMEKA, visit="on"),
    case("e-mail that bounces", "fentanyl", 2, person=people.BAD_EMAIL, contact="reached"),
    case("no consent to e-mail", "baclofen", 6, person=people.NO_EMAIL, contact="will_call_back"),
    case(
        "another time zone than the clinic",
        "morphine valve",
        12,
        person=people.FAR,
        visit="soon",
        visit_days=7,
    ),
)

USUAL = (
    case("unbooked, 14 days", "morphine", 14),
    case("unbooked, 7 days", "baclofen", 7, contact="left_message"),
    case("unbooked, 3 days", "hydromorphone", 3, contact="no_answer"),
    case("unbooked, 1 day", "fentanyl", 1),
    case("booked in 14 days", "morphine", 16, visit="soon", visit_days=14),
    case("booked in 3 days, confirmed", "baclofen", 6, visit="soon", visit_days=3, is_confirmed=True),
    case("booked tomorrow or the next working day", "morphine valve", 5, visit="soon", visit_days=1),
    case("asked for another time", "morphine slow", 9, visit="soon", visit_days=7, twist="change_asked"),
    case("overdue for a week", "hydromorphone", -6, contact="declined", lead_days=14),
    case("old pump explanted", "hydromorphone", 30, visit="on", twist="replaced"),
    case("later", "baclofen slow", 70),
    case("later", "morphine slow", 45),
)

CEDAR = (
    case("booked", "morphine", 9, visit="on"),
    case("unbooked", "baclofen", 7),
    case("overdue", "hydromorphone", -3, contact="left_message"),
    case("later", "baclofen slow", 60),
    case("booked soon", "fentanyl", 6, visit="soon", visit_days=3),
    case("one tone", "morphine slow", 30, alarm="one_before"),
    case("later", "morphine slow", 38),
    case("booked", "bupivacaine", 15, visit="on"),
    case("unbooked, 1 day", "hydromorphone", 1),
    case("done today", "morphine", 0, "filled_on"),
    case("booked", "ziconotide", 20, visit="on"),
    case("Spanish", "baclofen", 10, person=people.JOAQUIN, visit="on"),
)


def cast(cases: tuple[Case, ...], crowd: tuple[Person, ...]) -> list[tuple[Case, Person]]:
    """Give each case its person: its own, or the next of the crowd."""
    waiting = iter(crowd)
    return [(each, each.person or next(waiting)) for each in cases]


def oak() -> list[tuple[Case, Person]]:
    return cast(NEAR_MISSES + NAMED + USUAL, people.OAK)


def cedar() -> list[tuple[Case, Person]]:
    return cast(CEDAR, people.CEDAR)
