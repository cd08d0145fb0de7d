"""Whether the engine is silent or behind, and how many messages did not arrive: told to staff on every page."""

from functools import cache

from django.utils.functional import SimpleLazyObject

from portal.accounts.roles import CLINICAL, OF_A_CLINIC, Role
from portal.reminders import health


def engine(request):
    """Return values that ask the database once, and only when a template looks at one of them."""
    read = cache(lambda: signs_for(request))
    return {
        "engine_silent": SimpleLazyObject(lambda: read().is_silent),
        "messages_late": lambda: read().is_behind,
        "messages_failed": lambda: read().failed,
    }


def signs_for(request) -> health.Signs:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_role(*OF_A_CLINIC, Role.SITE_ADMIN):
        return health.Signs(is_silent=False, failed=0)
    # Only those who may open the page are told of it.
    return health.signs([clinic.pk for clinic in user.clinics(*CLINICAL)])
