"""A person's record with its pump, before the first fill."""

import datetime

from patients import actions as people_actions
from patients.models import ChannelConsent, Contact, ContactPoint, Patient
from portal.accounts.models import User
from portal.demo.desk import Desk, days
from portal.demo.people import Person
from pumps import actions
from pumps.models import Catheter, Pump

Channel = ChannelConsent.Channel
TIPS = ("T6", "T8", "T9", "T10", "L1")
NOTES = {
    Contact.Outcome.REACHED: "Will look at the calendar tonight.",
    Contact.Outcome.LEFT_MESSAGE: "Message left with clinic name and number only.",
    Contact.Outcome.NO_ANSWER: "",
    Contact.Outcome.WRONG_NUMBER: "The number belongs to someone else now.",
    Contact.Outcome.WILL_CALL_BACK: "Daughter drives; will call back after work.",
    Contact.Outcome.DECLINED: "Wants to wait until after a journey; told why not to.",
}


def add(person: Person, mrn: str, phone: str, desk: Desk, user: User | None = None) -> Patient:
    patient = Patient(
        clinic=desk.clinic,
        user=user,
        mrn=mrn,
        given_name=person.given,
        family_name=person.family,
        preferred_name=person.preferred,
        birth_date=person.born,
        sex=person.sex,
        language=person.language,
        other_language=person.speaks,
        needs_interpreter=person.needs_interpreter,
        time_zone=person.zone,
        allergy_note=person.allergies,
        city=desk.clinic.address.splitlines()[-1].partition(",")[0],
    )
    people_actions.add_patient(
        actor=desk.nurse,
        patient=patient,
        phones=[phone],
        emails=[person.email],
        consents={Channel.EMAIL: person.may_email, Channel.PHONE: True},
    )
    if person.is_email_bad:
        ContactPoint.objects.filter(patient=patient, kind=ContactPoint.Kind.EMAIL).update(is_bad=True)
    return patient


def add_pump(patient: Patient, model: str, implanted_on: datetime.date, desk: Desk) -> Pump:
    pump = Pump(
        patient=patient,
        clinic=desk.clinic,
        model=desk.catalogue.models[model],
        serial=desk.serials.pop(),
        implanted_on=implanted_on,
        site=desk.chance.choice(("Left lower abdomen", "Right lower abdomen")),
    )
    actions.add_pump(actor=desk.nurse, pump=pump)
    Catheter.objects.create(
        pump=pump, model="Ascenda 8780", tip_level=desk.chance.choice(TIPS), implanted_on=implanted_on
    )
    return pump


def add_contacts(patient: Patient, outcome: str, desk: Desk) -> None:
    """Add the attempts to reach a person: the newest with the outcome of the case, an older one before."""
    newest = desk.now - datetime.timedelta(hours=desk.chance.randrange(2, 30))
    for at, result in (
        (newest - days(desk.chance.randrange(2, 5)), Contact.Outcome.NO_ANSWER),
        (newest, Contact.Outcome(outcome)),
    ):
        Contact.objects.create(
            patient=patient, at=at, by=desk.chance.choice(desk.nurses), outcome=result, note=NOTES[result]
        )
