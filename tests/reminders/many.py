"""Many people whose refill is due soon, made quickly, for tests under load."""

import datetime
from decimal import Decimal

from patients.models import ChannelConsent, ContactPoint, Patient
from pumps.models import Cycle, Program, Pump, PumpModel


def make_due_pumps(clinic, count, *, refill_in=7, first=0):
    """Return pumps with no visit booked and `refill_by` so many days off, so that one message is due for each."""
    today = clinic.today()
    numbers = range(first, first + count)
    people = Patient.objects.bulk_create(
        Patient(
            clinic=clinic,
            mrn=f"M{number:06d}",
            given_name=f"Given{number}",
            family_name="Family",
            sort_name=f"family {number:06d}",
            search_name=f"family {number:06d}",
            birth_date=datetime.date(1960, 1, 1),
            language="es" if number % 3 == 0 else "en",
        )
        for number in numbers
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(patient=person, kind="email", value=f"{person.mrn.lower()}@mail.example")
        for person in people
    )
    ChannelConsent.objects.bulk_create(
        ChannelConsent(patient=person, channel="email", is_granted=True) for person in people
    )
    model = PumpModel.objects.get(code="8637-20")
    pumps = Pump.objects.bulk_create(
        Pump(clinic=clinic, patient=person, model=model, serial=f"S{person.mrn}") for person in people
    )
    programs = Program.objects.bulk_create(
        Program(pump=pump, starts_on=today - datetime.timedelta(days=60)) for pump in pumps
    )
    Cycle.objects.bulk_create(
        cycle_of(pump, program, today, refill_in) for pump, program in zip(pumps, programs, strict=True)
    )
    return pumps


def cycle_of(pump, program, today, refill_in):
    refill_by = today + datetime.timedelta(days=refill_in)
    return Cycle(
        clinic=pump.clinic,
        pump=pump,
        program=program,
        filled_on=today - datetime.timedelta(days=60),
        filled_ml=Decimal(20),
        alarm_ml=Decimal(2),
        lead_days=7,
        accuracy=Decimal("0.145"),
        refill_by=refill_by,
        low_reservoir_alarm_on=refill_by + datetime.timedelta(days=7),
        latest_alarm_on=refill_by + datetime.timedelta(days=7),
        alarm_on=refill_by + datetime.timedelta(days=7),
        empty_on=refill_by + datetime.timedelta(days=14),
        earliest_empty_on=refill_by + datetime.timedelta(days=9),
        binding="alarm",
    )
