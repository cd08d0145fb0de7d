"""The rows an action holds while it works; SQLite holds the whole database instead."""

from portal.accounts.models import Clinic
from pumps.models import Pump


def lock_clinics(**which) -> None:
    """Hold clinics, so that nobody changes their lead, closures or dates meanwhile."""
    held = Clinic.objects.select_for_update(no_key=True).filter(**which)
    list(held.order_by("pk").values_list("pk", flat=True))


def lock_pump(pump: Pump) -> Pump:
    """Hold a pump and its clinic; return the pump as it is now."""
    lock_clinics(pk=pump.clinic_id)
    pumps = Pump.objects.select_for_update(of=("self",), no_key=True)
    return pumps.select_related("clinic", "patient__clinic", "model").get(pk=pump.pk)
