"""The two clinics of the demo: numbers, closing days, rooms and staff."""

import datetime

import holidays
from django.contrib.auth.hashers import make_password

from portal.accounts.models import Clinic, Closure, Membership, Role, Room, User
from portal.demo.accounts import ACCOUNTS, CEDAR, OAK, PASSWORD, PATIENT

STAFF_SINCE = datetime.date(2019, 1, 1)
CLOSURES_BACK = CLOSURES_AHEAD = datetime.timedelta(days=400)
CLINICS = (
    {
        "name": OAK,
        "sender_name": OAK,
        "address": "12 Oak Street\nChicago, IL 60601",
        "time_zone": "America/Chicago",
        "phone": "+13125550123",
        "phone_24h": "+13125550199",
        "on_call_name": "Kofi Osei, MD",
        "on_call_email": "on-call@oak.example",
        "on_call_phone": "+13125550188",
        "sends_at_any_hour": True,
    },
    {
        "name": CEDAR,
        "sender_name": CEDAR,
        "address": "3 Cedar Road\nAlbany, NY 12207",
        "time_zone": "America/New_York",
        "phone": "+15185550123",
        "phone_24h": "+15185550199",
        "on_call_name": "Leila Haddad, DO",
        "on_call_email": "on-call@cedar.example",
        "on_call_phone": "+15185550188",
        "lead_days": 10,
        "sends_at_any_hour": True,
    },
)
ROOMS = ("Procedure room 1", "Procedure room 2", "Procedure room 3")


def make() -> dict[str, Clinic]:
    """Create the clinics with closures and rooms; return them by name."""
    made = {values["name"]: Clinic.objects.create(**values) for values in CLINICS}
    for clinic in made.values():
        Room.objects.bulk_create(Room(clinic=clinic, name=name) for name in ROOMS)
        Closure.objects.bulk_create(
            Closure(clinic=clinic, on=day, name=name[:60]) for day, name in closing_days(clinic.today())
        )
    return made


def closing_days(today: datetime.date) -> list[tuple[datetime.date, str]]:
    """Return the national holidays around today, weekends left out."""
    years = range(today.year - 2, today.year + 3)
    found = holidays.country_holidays("US", years=years, language="en_US")
    return sorted(
        (day, name)
        for day, name in found.items()
        if day.weekday() < 5 and today - CLOSURES_BACK <= day <= today + CLOSURES_AHEAD
    )


def make_users(clinics: dict[str, Clinic]) -> dict[str, User]:
    """Create everyone who signs in; return them by e-mail."""
    # Hashed once: it is slow on purpose, and the password is no secret.
    password = make_password(PASSWORD)
    made = {}
    for account in ACCOUNTS:
        made[account.email] = user = User.objects.create(
            email=account.email,
            name=account.name,
            credential=account.credential,
            language=account.language,
            password=password,
        )
        if account.role != PATIENT:
            place = clinics.get(account.clinic or "")
            Membership.objects.create(user=user, clinic=place, role=Role(account.role), starts_on=STAFF_SINCE)
    return made
