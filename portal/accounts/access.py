"""Who may open what. The access line stands first in each view; nothing is open by default."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from portal.accounts.models import CLINICAL, Clinic, Role

__all__ = ["CLINICAL", "Role", "own_or_staff", "require_role"]


def require_role(user, *roles: str) -> list[Clinic]:
    """Return the clinics where the person has one of the roles; refuse (403) when there is none."""
    if not user.has_role(*roles):
        raise PermissionDenied
    return user.clinics(*roles)


def own_or_staff(queryset: QuerySet, ref, user, *roles: str, owner: str, clinic: str = "clinic"):
    """Return the one object with this ref.

    Another clinic's object, or no object, is 404. In the right clinic the wrong role is 403. `owner` is the
    path to the patient's account: the patient reaches the object only when no role is asked for.
    """
    found = queryset.filter(ref=ref).first()
    if found is None:
        raise Http404
    holder = found
    for step in owner.split("__"):
        holder = getattr(holder, step)
    is_own = holder is not None and holder == user
    place = getattr(found, clinic)
    here = {m.role for m in user.current_memberships if m.clinic_id == place.pk}
    if not is_own and not here:
        raise Http404
    if is_own and not roles:
        return found
    if not here.intersection(roles):
        raise PermissionDenied
    return found
