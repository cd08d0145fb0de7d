"""Invented clinics for the bench, always the same: pumps with people, programs, cycles, visits and alarms.

Every stored date comes from the portal's own derivation, so that a recomputation finds nothing to change.
"""

import datetime
import random
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import prefetch_related_objects

from patients.models import ChannelConsent, Contact, ContactPoint, Patient
from portal.accounts.models import Clinic, Membership, Role, Room, User
from portal.bench import clock
from pumps import actions, derive
from pumps.models import Alarm, Cycle, Drug, DrugLine, Program, Pump, PumpModel, StabilityLimit, Visit

CLINIC_SIZE = 1000
HISTORY = 4
NURSES = 10
SLOTS = 8
BATCH = 1000
GIVEN = ["Rosa", "Dale", "Carla", "Hana", "Miguel", "Ruth", "Tomás", "Ines", "Walter", "Grace"]
FAMILY = [
    "Villanueva",
    "Whitcomb",
    "Jensen",
    "Okafor",
    "Nakamura",
    "Ellis",
    "Peña",
    "Novak",
    "Adler",
    "Quinn",
]
# Drug, mcg in 1 mL, and the unit its nurse works in.
MIXES = [("morphine", 10000, "mg"), ("hydromorphone", 5000, "mg"), ("baclofen", 2000, "mcg")]
DAY = datetime.timedelta(days=1)


@dataclass
class Place:
    """A clinic with its people and its diary."""

    clinic: Clinic
    nurses: list[User]
    rooms: list[Room]
    rng: random.Random
    taken: Counter = field(default_factory=Counter)

    def slot(self, day: datetime.date) -> tuple[User, Room, datetime.datetime] | None:
        """Return a nurse, a room and a start that are free on a day, or None when the day is full."""
        number = self.taken[day]
        if number >= SLOTS * NURSES:
            return None
        self.taken[day] += 1
        hour, desk = divmod(number, NURSES)
        local = datetime.datetime.combine(day, datetime.time(8 + hour), self.clinic.zone)
        return self.nurses[desk], self.rooms[desk], local.astimezone(datetime.UTC)


@dataclass
class Device:
    """A pump on its way into the database, with what belongs to it."""

    pump: Pump
    program: Program
    line: DrugLine
    interval: int
    age: int
    cycles: list[Cycle] = field(default_factory=list)


def seed(size: int, clinic_size: int = CLINIC_SIZE) -> list[Clinic]:
    """Fill the database with `size` pumps, in clinics of at most `clinic_size`."""
    starts = range(0, size, clinic_size)
    places = [seed_clinic(number, min(clinic_size, size - at)) for number, at in enumerate(starts)]
    changed = actions.recompute()
    if changed:
        raise RuntimeError(f"the seeded dates of {changed} pumps were not the portal's own")
    return [place.clinic for place in places]


@transaction.atomic
def seed_clinic(number: int, count: int) -> Place:
    place = make_place(number, random.Random(f"clinic {number}"))  # noqa: S311  (repeatable; nothing secret)
    people = make_people(place, count)
    devices = make_devices(place, people)
    make_cycles(devices)
    make_visits(place, devices)
    make_alarms(place, devices)
    make_contacts(place, people)
    return place


def nurse_email(clinic: int = 0, nurse: int = 0) -> str:
    return f"nurse-{clinic}-{nurse}@bench.example"


def make_place(number: int, rng: random.Random) -> Place:
    clinic = Clinic.objects.create(
        name=f"Clinic {number + 1}",
        sender_name=f"Clinic {number + 1}",
        address="12 Oak Street\nChicago, IL 60601",
        phone="+13125550123",
        phone_24h="+13125550199",
        on_call_email=f"on-call-{number}@bench.example",
    )
    nurses = User.objects.bulk_create(
        User(email=nurse_email(number, each), name=f"Nurse {each + 1}", credential="RN")
        for each in range(NURSES)
    )
    Membership.objects.bulk_create(
        Membership(user=nurse, clinic=clinic, role=Role.NURSE, starts_on=datetime.date(2020, 1, 1))
        for nurse in nurses
    )
    rooms = Room.objects.bulk_create(Room(clinic=clinic, name=f"Room {each + 1}") for each in range(NURSES))
    return Place(clinic, nurses, rooms, rng)


def make_people(place: Place, count: int) -> list[Patient]:
    people = Patient.objects.bulk_create(
        [make_person(place, number) for number in range(count)], batch_size=BATCH
    )
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(patient=person, kind=kind, value=value)
            for number, person in enumerate(people)
            for kind, value in (
                ("phone", f"+1312555{number % 10000:04d}"),
                ("email", f"{person.mrn.lower()}@bench.example"),
            )
        ],
        batch_size=BATCH,
    )
    ChannelConsent.objects.bulk_create(
        [
            ChannelConsent(patient=person, channel="email", is_granted=True, text_shown="Asked at the desk.")
            for person in people
            if place.rng.random() < 0.95
        ],
        batch_size=BATCH,
    )
    return people


def make_person(place: Place, number: int) -> Patient:
    rng = place.rng
    given, family = rng.choice(GIVEN), f"{rng.choice(FAMILY)}-{number:04d}"
    return Patient(
        clinic=place.clinic,
        mrn=f"M{place.clinic.pk:03d}-{number:05d}",
        given_name=given,
        family_name=family,
        search_name=f"{given} {family}".casefold(),
        sort_name=f"{family} {given}".casefold(),
        birth_date=datetime.date(1940 + rng.randrange(50), 1 + rng.randrange(12), 1 + rng.randrange(28)),
        language="es" if rng.random() < 0.25 else "en",
    )


def make_devices(place: Place, people: list[Patient]) -> list[Device]:
    """Make each person's pump and the program it runs on."""
    models = list(PumpModel.objects.filter(code__in=["8637-20", "8637-40"]))
    drugs = {drug.name: drug for drug in Drug.objects.all()}
    devices = [make_device(place, person, models, drugs) for person in people]
    Pump.objects.bulk_create([each.pump for each in devices], batch_size=BATCH)
    Program.objects.bulk_create([each.program for each in devices], batch_size=BATCH)
    DrugLine.objects.bulk_create([each.line for each in devices], batch_size=BATCH)
    prefetch_related_objects([each.program for each in devices], "lines")
    return devices


def make_device(place: Place, person: Patient, models: list[PumpModel], drugs: dict[str, Drug]) -> Device:
    rng = place.rng
    model, (name, strength, unit) = rng.choice(models), rng.choice(MIXES)
    interval = rng.randint(40, 120)
    usable = (model.capacity_ml - model.default_alarm_ml) * strength
    dose = (usable / interval).quantize(Decimal("0.1"))
    bolus = {}
    if rng.random() < 0.2:
        bolus = {"bolus_dose_mcg": dose / 10, "max_activations": 3, "lockout_minutes": 240}
    # About every tenth is near its refill-by date or past it: the pump may run fast, and all extra doses count.
    span = int(interval / (1.5 if bolus else 1.15)) - 4
    age = rng.randint(0, span)
    pump = Pump(
        clinic=place.clinic,
        patient=person,
        model=model,
        serial=f"NGP{place.clinic.pk:03d}{person.mrn[-5:]}H",
        implanted_on=clock.days_ago(age + interval * HISTORY + 1),
    )
    program = Program(pump=pump, starts_on=pump.implanted_on, **bolus)
    line = DrugLine(
        program=program,
        drug=drugs[name],
        concentration_mcg_per_ml=Decimal(strength),
        daily_dose_mcg=dose,
        unit=unit,
    )
    return Device(pump, program, line, interval, age)


def make_cycles(devices: list[Device]) -> None:
    """Make each pump's open cycle and those before it, the newest first."""
    limits = list(StabilityLimit.objects.all())
    for device in devices:
        device.cycles = [make_cycle(device, back, limits) for back in range(HISTORY + 1)]
    Cycle.objects.bulk_create([cycle for device in devices for cycle in device.cycles], batch_size=BATCH)


def make_cycle(device: Device, back: int, limits: list[StabilityLimit]) -> Cycle:
    filled_on = clock.days_ago(device.age + back * device.interval)
    model = device.pump.model
    cycle = Cycle(
        clinic=device.pump.clinic,
        pump=device.pump,
        program=device.program,
        filled_on=filled_on,
        ended_on=filled_on + device.interval * DAY if back else None,
        filled_ml=model.capacity_ml,
        alarm_ml=model.default_alarm_ml,
        residual_ml=Decimal("2.5"),
        is_diluted=False,
        recorded_at=clock.noon(filled_on),
    )
    derive.apply_settings(cycle, limits)
    derive.apply_dates(cycle, ())
    return cycle


def make_visits(place: Place, devices: list[Device]) -> None:
    """Make the visit of each fill, and the next one where it is booked."""
    visits = [make_done(place, cycle) for device in devices for cycle in device.cycles]
    for device in devices:
        refill_by = device.cycles[0].refill_by
        if refill_by > clock.TODAY and place.rng.random() < 0.7:
            visits += make_booked(place, device, refill_by)
    Visit.objects.bulk_create(visits, batch_size=BATCH)


def make_done(place: Place, cycle: Cycle) -> Visit:
    starts_at = clock.noon(cycle.filled_on)
    return Visit(
        clinic=place.clinic,
        pump=cycle.pump,
        nurse=place.nurses[0],
        room=place.rooms[0],
        starts_at=starts_at,
        ends_at=starts_at + datetime.timedelta(hours=1),
        state=Visit.State.DONE,
        booked_by=place.nurses[0],
        booked_at=starts_at - 30 * DAY,
        cycle=cycle,
    )


def make_booked(place: Place, device: Device, refill_by: datetime.date) -> list[Visit]:
    found = place.slot(refill_by)
    if found is None:
        return []
    nurse, room, starts_at = found
    visit = Visit(
        clinic=place.clinic,
        pump=device.pump,
        nurse=nurse,
        room=room,
        starts_at=starts_at,
        ends_at=starts_at + datetime.timedelta(hours=1),
        booked_by=nurse,
        booked_at=clock.noon(device.cycles[0].filled_on),
    )
    return [visit]


def make_alarms(place: Place, devices: list[Device]) -> None:
    """Make some alarms: most are closed, a few of each tone are open."""
    alarms = []
    for number, device in enumerate(devices):
        if number % 10 == 0:
            alarms.append(make_alarm(place, device, is_open=number % 200 == 0, is_critical=number % 400 == 0))
    Alarm.objects.bulk_create(alarms, batch_size=BATCH)


def make_alarm(place: Place, device: Device, *, is_open: bool, is_critical: bool) -> Alarm:
    nurse, tone = place.nurses[1], Alarm.Tone.TWO if is_critical else Alarm.Tone.ONE
    at = clock.START - datetime.timedelta(hours=2) if is_open else clock.START - 20 * DAY
    closing = {
        "closed_at": at + datetime.timedelta(hours=5),
        "closed_by": nurse,
        "cause": "The reservoir was low.",
        "outcome": Alarm.Outcome.REFILLED,
        "told": "The patient",
    }
    return Alarm(
        clinic=place.clinic,
        pump=device.pump,
        tone=tone,
        heard_by=Alarm.HeardBy.PATIENT,
        heard_at=at,
        recorded_by=nurse,
        recorded_at=at,
        target_at=at if is_critical else at + datetime.timedelta(hours=5),
        **({} if is_open else closing),
    )


def make_contacts(place: Place, people: list[Patient]) -> None:
    outcomes = list(Contact.Outcome)
    Contact.objects.bulk_create(
        [
            Contact(
                patient=person,
                at=clock.START - place.rng.randint(1, 9) * DAY,
                by=place.rng.choice(place.nurses),
                outcome=place.rng.choice(outcomes),
            )
            for person in people
            if place.rng.random() < 0.15
        ],
        batch_size=BATCH,
    )


def merge_clinics() -> None:
    """Move everything into the first clinic: one place that holds more pumps than any real one."""
    first = Clinic.objects.order_by("pk").first()
    for model in (Patient, Pump, Cycle, Visit, Alarm):
        model.objects.exclude(clinic=first).update(clinic=first)
