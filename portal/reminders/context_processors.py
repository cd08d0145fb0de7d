"""Whether the reminder engine is silent: computed at request time, shown to staff on every page."""

from django.utils.functional import SimpleLazyObject

from portal.accounts.roles import OF_A_CLINIC, Role
from portal.reminders import health


def engine(request):
    """Return a value that asks the database only when a template looks at it."""
    return {"engine_silent": SimpleLazyObject(lambda: silent_for(request))}


def silent_for(request) -> bool:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_role(*OF_A_CLINIC, Role.SITE_ADMIN):
        return False
    return health.is_silent()
