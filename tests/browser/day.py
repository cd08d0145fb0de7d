"""The demo's two clinics on an ordinary Wednesday morning, served to a browser by name of page and of case."""

import datetime
import zoneinfo
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from patients.models import Patient
from portal.accounts.models import Clinic, User
from portal.demo import cases
from portal.demo.accounts import OAK
from pumps.models import Alarm, Pump

NOW = datetime.datetime(2026, 6, 17, 10, 20, tzinfo=zoneinfo.ZoneInfo("America/Chicago"))
NURSE, ADMIN, SITE_ADMIN = "kim.tran@oak.example", "adam.reyes@oak.example", "sam.ito@portal.example"
ROSA, DALE, EDITOR = "rosa@mail.example", "dale@mail.example", "edie.moss@portal.example"


@dataclass
class Day:
    """Where everything of the day is found."""

    url: str
    sessions: dict[str, str]

    def pump(self, shows: str) -> Pump:
        """Return the pump that the demo's case of this name has in use."""
        person = next(person for case, person in cases.oak() if case.shows == shows)
        patient = Patient.objects.get(given_name=person.given, family_name=person.family)
        return Pump.objects.in_care().get(patient=patient)

    def at(self, name: str, shows: str) -> str:
        """Return the address of a page of the pump of a case."""
        return reverse(f"pumps:{name}", args=[self.pump(shows).ref])

    def patient(self, name: str, shows: str) -> str:
        return reverse(f"patients:{name}", args=[self.pump(shows).patient.ref])

    def visit(self, name: str, shows: str) -> str:
        return reverse(f"pumps:{name}", args=[self.pump(shows).visits.booked().get().ref])

    def amend(self, shows: str) -> str:
        return reverse(
            "pumps:amend", args=[self.pump(shows).cycles.get(ended_on=None, superseded_at=None).ref]
        )

    def close_alarm(self, shows: str) -> str:
        return reverse(
            "pumps:close_alarm", args=[Alarm.objects.get(pump=self.pump(shows), closed_at=None).ref]
        )

    def explanted(self, shows: str) -> str:
        """Return the page of the pump that the one in use replaced."""
        return Pump.objects.get(
            patient=self.pump(shows).patient, explanted_on__isnull=False
        ).get_absolute_url()

    def settings_of_clinic(self) -> str:
        return reverse("admin:accounts_clinic_change", args=[Clinic.objects.get(name=OAK).pk])

    def cookies(self, email: str) -> list[dict]:
        """Return what a browser holds after this person signed in."""
        if not email:
            return []
        return [{"name": "sessionid", "value": self.sessions[email], "url": self.url}]


def signed_in(email: str) -> str:
    """Sign a person of the demo in; return the key of the session."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client.cookies["sessionid"].value
