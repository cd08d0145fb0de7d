"""The cast: two clinics, their staff and their patients, as the tests know them by name."""

import datetime
import uuid
import zoneinfo
from decimal import Decimal

from django.core.cache import cache
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from patients.models import ChannelConsent, ContactPoint, Patient
from portal.accounts.models import Clinic, Membership, Role, Room, User
from portal.education.filing import shipped
from portal.education.models import Page, Publication
from pumps.models import Drug, Pump, PumpModel

PASSWORD = "correct horse battery"
CHICAGO = zoneinfo.ZoneInfo("America/Chicago")
# Hashed once: Argon2 is slow on purpose.
_hashed = {}


def make_user(email, name, *, credential="", language="en"):
    user = User(email=email, name=name, credential=credential, language=language)
    if "hash" not in _hashed:
        user.set_password(PASSWORD)
        _hashed["hash"] = user.password
    user.password = _hashed["hash"]
    user.save()
    return user


def make_staff(email, name, role, clinic, **fields):
    user = make_user(email, name, **fields)
    Membership.objects.create(user=user, clinic=clinic, role=role, starts_on=datetime.date(2020, 1, 1))
    return user


def make_patient(clinic, mrn, given_name, family_name, *, email="", user=None, **fields):
    """A living patient; with an e-mail address that may be written to when `email` is given."""
    patient = Patient.objects.create(
        clinic=clinic,
        mrn=mrn,
        given_name=given_name,
        family_name=family_name,
        user=user,
        **{"birth_date": datetime.date(1954, 7, 30), **fields},
    )
    ContactPoint.objects.create(patient=patient, kind="phone", value="+13125550141")
    if email:
        ContactPoint.objects.create(patient=patient, kind="email", value=email)
        ChannelConsent.objects.create(
            patient=patient, channel="email", is_granted=True, text_shown="asked at desk"
        )
    return patient


def make_pump(patient, serial, model="8637-20", **fields):
    return Pump.objects.create(
        clinic=patient.clinic,
        patient=patient,
        model=PumpModel.objects.get(code=model),
        serial=serial,
        **{"implanted_on": datetime.date(2024, 2, 9), **fields},
    )


def at(day, hour=10, minute=0, zone=CHICAGO):
    """A moment from an ISO day and a wall-clock time at Oak Street."""
    day = datetime.date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.datetime.combine(day, datetime.time(hour, minute), zone)


class Cast:
    """Who there is. Mixed into TestCase, or into TransactionTestCase for threads and processes."""

    @classmethod
    def make_cast(cls, target):
        target.oak = Clinic.objects.create(
            name="Oak Street Clinic",
            sender_name="Oak Street Clinic",
            address="12 Oak Street, Chicago, IL 60601",
            time_zone="America/Chicago",
            phone="+13125550123",
            phone_24h="+13125550199",
            on_call_name="Dr. Osei",
            on_call_email="oncall@oak.example",
            on_call_phone="+13125550188",
        )
        target.cedar = Clinic.objects.create(
            name="Cedar Clinic",
            sender_name="Cedar Clinic",
            address="3 Cedar Road, Albany, NY 12207",
            time_zone="America/New_York",
            phone="+15185550123",
            phone_24h="+15185550199",
        )
        target.room1 = Room.objects.create(clinic=target.oak, name="Room 1")
        target.room2 = Room.objects.create(clinic=target.oak, name="Room 2")
        target.cedar_room = Room.objects.create(clinic=target.cedar, name="Room 1")
        target.nora = make_staff("nora@oak.example", "Nora Lind", Role.NURSE, target.oak, credential="RN")
        target.priya = make_staff("priya@oak.example", "Priya Nair", Role.NURSE, target.oak, credential="RN")
        target.osei = make_staff("osei@oak.example", "Kofi Osei", Role.PHYSICIAN, target.oak, credential="MD")
        target.adam = make_staff("adam@oak.example", "Adam Reyes", Role.CLINIC_ADMIN, target.oak)
        target.otto = make_staff("otto@cedar.example", "Otto Berg", Role.NURSE, target.cedar, credential="RN")
        target.edie = make_staff("edie@portal.example", "Edie Moss", Role.EDITOR, None)
        target.sam = make_staff("sam@portal.example", "Sam Ito", Role.SITE_ADMIN, None)
        target.rosa_user = make_user("rosa@mail.example", "Rosa Villanueva", language="es")
        target.dale_user = make_user("dale@mail.example", "Dale Whitcomb")
        target.rosa = make_patient(
            target.oak,
            "330-951",
            "Rosa",
            "Villanueva",
            email="rosa@mail.example",
            user=target.rosa_user,
            language="es",
        )
        target.dale = make_patient(
            target.oak, "193-540", "Dale", "Whitcomb", email="dale@mail.example", user=target.dale_user
        )
        target.carla = make_patient(target.cedar, "501-001", "Carla", "Jensen", email="carla@mail.example")
        target.pump = make_pump(target.rosa, "NGP000001H")
        target.dales_pump = make_pump(target.dale, "NGP000002H", "8637-40")
        target.carlas_pump = make_pump(target.carla, "NGP000003H", "8637-40")

    def sign_in(self, user):
        cache.clear()
        self.client.force_login(user)
        return self.client

    def fill_record(self, **overrides):
        """A sound fill: 20 mL of morphine 10 mg per mL at 5 mg daily, today at the clinic."""
        from pumps.actions import FillRecord

        values = {
            "filled_on": self.oak.today(),
            "filled_ml": Decimal(20),
            "alarm_ml": Decimal(2),
            "drug": Drug.objects.get(name="morphine"),
            "concentration_mcg_per_ml": Decimal(10000),
            "daily_dose_mcg": Decimal(5000),
            "unit": "mg",
            "key": uuid.uuid4(),
        }
        return FillRecord(**{**values, **overrides})

    def fill(self, pump=None, *, actor=None, now=None, **overrides):
        from pumps import actions

        record = self.fill_record(**overrides)
        return actions.record_fill(actor=actor or self.nora, pump=pump or self.pump, record=record, now=now)

    def book(self, pump=None, starts_at=None, *, minutes=60, actor=None, now=None, **overrides):
        from pumps import actions

        values = {"nurse": self.nora, "room": self.room1, **overrides}
        return actions.book_visit(
            actor=actor or self.nora,
            pump=pump or self.pump,
            starts_at=starts_at,
            ends_at=starts_at + datetime.timedelta(minutes=minutes),
            now=now or timezone.now(),
            **values,
        )


class ClinicTestCase(Cast, TestCase):
    """nora is a nurse here, otto at another clinic."""

    @classmethod
    def setUpTestData(cls):
        cls.make_cast(cls)


def restore_catalogue():
    """Put the reference figures back that a flush of the test database took away."""
    if not PumpModel.objects.exists():
        from pumps.catalogue import load

        load()


# Before any day that a test travels to.
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def restore_content():
    """Put the education pages back that a flush took away, before readers' eyes since long ago."""
    if not Page.objects.exists():
        shipped.load(now=LONG_AGO)
    Publication.objects.filter(published_by=None, withdrawn_at=None).update(starts_at=LONG_AGO)


class ClinicTransactionTestCase(Cast, TransactionTestCase):
    """The same cast, committed, for tests with threads or other processes."""

    def setUp(self):
        super().setUp()
        restore_catalogue()
        self.make_cast(self)
