"""Find a person by name, MRN, birth date or the serial number of a pump."""

import datetime
import re

from django.db.models import F, FilteredRelation, Q, QuerySet

from patients.models import Patient
from portal.dates import MONTHS

LONGEST = 100
DAY_FORMS = ("%d-%b-%Y", "%m/%d/%Y", "%B %d, %Y")


def find(clinics, words: str) -> QuerySet:
    """Return the people of these clinics that fit the words; everybody in care when there are none."""
    people = Patient.objects.filter(clinic__in=clinics).select_related("clinic")
    if not words:
        return people.living()
    serial = Patient.objects.filter(pumps__clinic__in=clinics, pumps__serial__iexact=words)
    born = birth_date_of(words)
    found = Q(pk__in=people.matching(words).values("pk")) | Q(pk__in=serial.values("pk"))
    return people.filter(found | Q(birth_date=born) if born else found)


def birth_date_of(words: str) -> datetime.date | None:
    """Return the day in one of the forms that people here write: 30-Jul-1954, 7/30/1954, July 30, 1954."""
    english = in_english(words)
    for form in DAY_FORMS:
        try:
            return datetime.datetime.strptime(english, form).date()  # noqa: DTZ007 - a civil day
        except ValueError:
            continue
    return None


def in_english(words: str) -> str:
    """Return a written date with Spanish month names, whole or short, put into English."""
    for spanish, english in zip(MONTHS["es"], MONTHS["en"], strict=True):
        words = re.sub(rf"\b{spanish}\b", english, words, flags=re.IGNORECASE)
        words = re.sub(rf"\b{spanish[:3]}\b", english[:3], words, flags=re.IGNORECASE)
    return re.sub(r"^(\d{1,2}) de (\w+) de (\d{4})$", r"\2 \1, \3", words)


def plain_words(text: str) -> str:
    """Return what was typed without characters that no name or number holds (a database refuses some)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def pumps_of(patient: Patient) -> QuerySet:
    """Return a person's pumps with the open cycle and the booked visit of each, the implanted ones first."""
    return (
        patient.pumps.annotate(
            cycle=FilteredRelation("cycles", condition=Q(cycles__ended_on=None, cycles__superseded_at=None)),
            booking=FilteredRelation("visits", condition=Q(visits__state="booked")),
        )
        .select_related("model", "cycle", "booking__room", "booking__nurse")
        .order_by(F("explanted_on").desc(nulls_first=True), "-pk")
    )
