"""The one way to a pump, a fill, a visit or an alarm."""

from portal.accounts.access import own_or_staff
from pumps.models import Alarm, Cycle, Pump, Visit


def get_pump(user, ref, *roles: str) -> Pump:
    """Return a pump for staff with one of the roles in its clinic (no roles: for its patient)."""
    pumps = Pump.objects.select_related("clinic", "patient__user", "patient__clinic", "model")
    return own_or_staff(pumps, ref, user, *roles, owner="patient__user")


def get_cycle(user, ref, *roles: str) -> Cycle:
    """Return a fill, under the same rule."""
    cycles = Cycle.objects.select_related(
        "clinic", "pump__patient__user", "pump__patient__clinic", "pump__clinic", "pump__model", "program"
    )
    return own_or_staff(cycles, ref, user, *roles, owner="pump__patient__user")


def get_visit(user, ref, *roles: str) -> Visit:
    """Return a visit, under the same rule."""
    visits = Visit.objects.select_related(
        "clinic",
        "pump__patient__user",
        "pump__patient__clinic",
        "pump__clinic",
        "pump__model",
        "nurse",
        "room",
    )
    return own_or_staff(visits, ref, user, *roles, owner="pump__patient__user")


def get_alarm(user, ref, *roles: str) -> Alarm:
    """Return an alarm, under the same rule."""
    alarms = Alarm.objects.select_related(
        "clinic", "pump__patient__user", "pump__patient__clinic", "pump__clinic", "pump__model"
    )
    return own_or_staff(alarms, ref, user, *roles, owner="pump__patient__user")
