"""Fill an empty database with two clinics, relative to today, the same for everyone."""

import datetime
import random
from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from patients import actions as people_actions
from patients.models import Patient
from portal.accounts.models import User
from portal.demo import alarms, cases, clinics, fills, patients, visits
from portal.demo.accounts import CEDAR, OAK
from portal.demo.cases import Case
from portal.demo.desk import Desk, days
from portal.demo.people import DIED, Person
from portal.demo.programs import PROGRAMS, Catalogue
from pumps import actions
from pumps.models import Cycle, DrugLine, Pump

SEED = 20260616
AREA_CODES = {OAK: "773", CEDAR: "518"}
# A dose that no pump can deliver at this concentration: what a slip in an old record looks like.
TOO_SMALL_MCG = Decimal(20)


@transaction.atomic
def everything(now: datetime.datetime | None = None) -> str:
    """Make both clinics with their people; return what was made."""
    now = now or timezone.now()
    places = clinics.make()
    users = clinics.make_users(places)
    catalogue, chance = Catalogue(), random.Random(SEED)  # noqa: S311 (the same demo for everyone)
    serials = [f"NGP{number:06d}H" for number in chance.sample(range(100000, 999999), 100)]
    oak, cedar = (Desk(places[name], now, catalogue, chance, serials) for name in (OAK, CEDAR))
    fill_clinic(oak, cases.oak(), users)
    add_person_who_died(oak)
    fill_clinic(cedar, cases.cedar(), users)
    return f"{Pump.objects.in_care().count()} pumps, {Cycle.objects.count()} fills, all invented"


def fill_clinic(desk: Desk, everyone: list[tuple[Case, Person]], users: dict[str, User]) -> None:
    area = AREA_CODES[desk.clinic.name]
    mrns = desk.chance.sample(range(100_000, 999_999), len(everyone))
    for at, ((case, person), mrn) in enumerate(zip(everyone, mrns, strict=True)):
        number = f"{mrn // 1000}-{mrn % 1000:03d}"
        phone = f"+1{area}55501{at:02d}"
        patient = patients.add(person, number, phone, desk, users.get(person.email))
        live(case, patient, desk)


def live(case: Case, patient: Patient, desk: Desk) -> None:
    """Let a patient and their pump live up to where the case stands today."""
    program, newest, lasting = fills.placed(case, desk)
    when = fills.days_of_past(case, newest, lasting, desk)
    implanted_on = implant_day(case, (when or [newest])[0], desk)
    if case.twist == "replaced":
        add_replaced(patient, implanted_on, desk)
    pump = patients.add_pump(patient, program.model, implanted_on, desk)
    if case.program.lead_days is not None:
        pump.lead_days = case.program.lead_days
        actions.edit_pump(actor=desk.nurse, pump=pump)
    if case.twist != "no_fill":
        last = fills.record_past(case, pump, program, when, desk)
        cycle = fill_now(case, pump, program, newest, last, desk)
        visits.add(case, pump, cycle, desk)
        if last:
            visits.add_old(pump, last, desk)
            alarms.add_closed(pump, last, desk)
    finish(case, pump, desk)


def implant_day(case: Case, first_fill: datetime.date, desk: Desk) -> datetime.date:
    if case.program.is_first:
        return first_fill
    years = 6.2 if case.twist == "eri" else desk.chance.uniform(0.2, 3)
    return desk.rolled_back(min(first_fill, desk.today) - days(int(years * 365)))


def fill_now(case: Case, pump: Pump, program, newest: datetime.date, last: Cycle | None, desk: Desk) -> Cycle:
    """Record the fill the pump runs on, with what is special about it."""
    values = {"residual_ml": fills.drawn(last, newest, desk)}
    if case.twist == "stopped":
        values["daily_dose_mcg"] = Decimal(0)
        values["note"] = "Filled with saline while the plan is discussed."
    if case.twist == "visited":
        todays = desk.visit(pump, booked_at=desk.now - days(20), **desk.place(newest))
        todays.save()
    record = fills.record_of(program, newest, desk, **values)
    if case.twist != "amended":
        return fills.record_at(pump, record, desk)
    more = replace(record, filled_ml=record.filled_ml + fills.HALF_ML, key=fills.new_key(desk))
    cycle = fills.record_at(pump, more, desk)
    reason = "Half a millilitre stayed in the syringe."
    return actions.amend_fill(actor=desk.nurse, cycle=cycle, record=record, reason=reason).cycle


def finish(case: Case, pump: Pump, desk: Desk) -> None:
    """Add what happened since the fill."""
    if case.alarm:
        alarms.add(case.alarm, pump, desk)
    if case.contact:
        patients.add_contacts(pump.patient, case.contact, desk)
    if case.twist == "eri":
        actions.mark_eri(actor=desk.nurse, pump=pump, eri_on=desk.today - days(12))
    if case.twist == "change_asked":
        visit = pump.visits.booked().get()
        actions.ask_change(actor=desk.nurse, visit=visit, note="Any morning would be easier.")
    if case.twist == "cannot_compute":
        lines = DrugLine.objects.filter(program__pump=pump, program__ended_on=None)
        lines.update(daily_dose_mcg=TOO_SMALL_MCG)
        actions.recompute(pumps=[pump])


def add_replaced(patient: Patient, explanted_on: datetime.date, desk: Desk) -> None:
    """Add the pump that the present one replaced."""
    program = PROGRAMS["hydromorphone"]
    old = patients.add_pump(patient, program.model, explanted_on - days(2400), desk)
    fills.record_at(old, fills.record_of(program, desk.rolled_back(explanted_on - days(30)), desk), desk)
    reason = "Replaced at the end of its battery."
    actions.explant(actor=desk.nurse, pump=old, explanted_on=explanted_on, reason=reason)


def add_person_who_died(desk: Desk) -> None:
    """Add someone who stood on the list until the death was recorded."""
    patient = patients.add(DIED, "208-417", f"+1{AREA_CODES[OAK]}5550198", desk)
    live(cases.case("died", "morphine", 4, visit="on"), patient, desk)
    people_actions.record_death(actor=desk.nurse, patient=patient, died_on=desk.today - days(9))
