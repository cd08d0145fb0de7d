"""The fills of a pump: where its newest one must lie for today's case, and plausible ones before it."""

import datetime
import uuid
from dataclasses import replace
from decimal import Decimal

from portal.demo.cases import Case
from portal.demo.desk import Desk, days
from portal.demo.programs import Lasting, Program
from pumps import actions, refill
from pumps.models import Cycle, Pump, Visit

HALF_ML = Decimal("0.5")
VOLUMES_TRIED = 14
DAYS_EARLY = (0, 0, 1, 1, 2, 3, 5)


def placed(case: Case, desk: Desk) -> tuple[Program, datetime.date, Lasting]:
    """Return program, day and length of the newest fill: of a volume that was filled on a working day."""
    tried = []
    for step in range(VOLUMES_TRIED):
        program = case.program.with_volume(Decimal(case.program.filled_ml) - step * HALF_ML)
        lasting = desk.catalogue.lasting(program, desk.clinic.lead_days)
        tried.append((program, filled_on(case, lasting, desk), lasting))
        if desk.is_open(tried[-1][1]):
            return tried[-1]
    return tried[0]


def filled_on(case: Case, lasting: Lasting, desk: Desk) -> datetime.date:
    if case.anchor == "filled_on":
        return desk.today
    if case.anchor == "earliest_empty_on":
        return desk.today + days(case.days - lasting.earliest_empty)
    return desk.working_day(case.days, case.side) - days(lasting.refill)


def days_of_past(case: Case, newest: datetime.date, lasting: Lasting, desk: Desk) -> list[datetime.date]:
    """Return the days of earlier fills, oldest first, each refilled on or a little before its day."""
    found = [newest]
    for _ in range(case.past):
        length = max(1, lasting.refill - desk.chance.choice(DAYS_EARLY))
        found.insert(0, desk.rolled_back(found[0] - days(length)))
    return found[:-1]


def record_of(program: Program, day: datetime.date, desk: Desk, **fields) -> actions.FillRecord:
    beyond, alarm_on = program.beyond_use_days, None
    if program.printed_days is not None:
        lasting = desk.catalogue.lasting(program, desk.clinic.lead_days)
        alarm_on = day + days(lasting.alarm + program.printed_days)
    values = {
        "filled_on": day,
        "filled_ml": Decimal(program.filled_ml),
        "alarm_ml": Decimal(program.alarm_ml),
        "drug": desk.catalogue.drugs[program.drug],
        "concentration_mcg_per_ml": Decimal(program.concentration),
        "daily_dose_mcg": program.dose_mcg,
        "unit": program.unit,
        "is_first_fill": program.is_first,
        "is_diluted": program.is_diluted,
        "bolus_dose_mcg": Decimal(program.bolus) if program.bolus else None,
        "max_activations": program.most,
        "lockout_minutes": program.lockout,
        "beyond_use_on": None if beyond is None else day + days(beyond),
        "printed_alarm_on": alarm_on,
        "key": new_key(desk),
    }
    return actions.FillRecord(**{**values, **fields})


def new_key(desk: Desk) -> uuid.UUID:
    """Return the key of another press of the button."""
    return uuid.UUID(int=desk.chance.getrandbits(128))


def drawn(previous: Cycle | None, day: datetime.date, desk: Desk) -> Decimal | None:
    """Return a residual a nurse may have drawn: near the expected one, and less where extra doses were taken."""
    if previous is None:
        return None
    fill = previous.fill()
    plain, fewest = (refill.expected_residual_ml(fill, day, boluses=each) for each in (False, True))
    left = float(plain) - desk.chance.uniform(0.1, 0.6) * float(plain - fewest)
    return Decimal(str(round(max(0.0, left * desk.chance.uniform(0.94, 1.05)), 1)))


def past_program(program: Program, at: int, of: int, desk: Desk) -> Program:
    """Return the settings of an earlier fill: some doses were raised on the way to today's."""
    plain = replace(program, beyond_use_days=None, printed_days=None, is_first=False)
    if at == 0 and of > 1 and desk.chance.random() < 0.4:
        return replace(plain, dose=str(program.dose_mcg * Decimal("0.9")))
    return plain


def record_past(
    case: Case, pump: Pump, program: Program, when: list[datetime.date], desk: Desk
) -> Cycle | None:
    """Record the earlier fills, each at the visit it was made at; return the last one."""
    last = None
    for at, day in enumerate(when):
        earlier = past_program(program, at, len(when), desk)
        record = record_of(earlier, day, desk, residual_ml=drawn(last, day, desk))
        last = record_at(pump, record, desk)
        visit = past_visit(pump, last, desk)
        visit.save()
    return last


def record_at(pump: Pump, record: actions.FillRecord, desk: Desk) -> Cycle:
    now = desk.at(record.filled_on, desk.chance.randrange(9, 16), desk.chance.randrange(60))
    return actions.record_fill(actor=desk.chance.choice(desk.nurses), pump=pump, record=record, now=now)


def past_visit(pump: Pump, cycle: Cycle, desk: Desk) -> Visit:
    """Return the visit at which a past fill was made."""
    spot = desk.place(cycle.filled_on)
    return desk.visit(
        pump,
        **spot,
        booked_at=spot["starts_at"] - days(21),
        state=Visit.State.DONE,
        state_at=cycle.recorded_at,
        cycle=cycle,
    )
