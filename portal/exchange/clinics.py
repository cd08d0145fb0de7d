"""Which clinic a command means."""

import uuid

from portal.accounts.models import Clinic


class Unusable(ValueError):
    """Something handed to a command cannot be used; the message is one sentence."""


def find_clinic(text: str) -> Clinic:
    """Return the clinic with this ref, or with exactly this name."""
    try:
        found = Clinic.objects.filter(ref=uuid.UUID(text)).first()
    except ValueError:
        found = Clinic.objects.filter(name=text).first()
    if found is None:
        names = ", ".join(f"“{name}”" for name in Clinic.objects.values_list("name", flat=True)) or "none yet"
        raise Unusable(f"--clinic: no clinic has this ref or exactly this name. The clinics are: {names}.")
    return found
