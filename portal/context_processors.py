"""What every page's frame needs: the help strip's numbers, the demo mark, the language twin."""

from functools import cache

from django.conf import settings
from django.db import DatabaseError

from portal.accounts.models import Clinic
from portal.middleware import is_public


def portal(request):
    """Return the frame's values; the database is asked at most once, and only when a template uses them."""
    path = request.path_info
    query = request.GET.urlencode()
    return {
        "demo": settings.DEMO,
        "is_public_page": is_public(strip_language(path)),
        "twin_path": twin_path(path) + (f"?{query}" if query else ""),
        "frame_clinic": cache(lambda: frame_clinic(request)),
    }


def strip_language(path: str) -> str:
    return path.removeprefix("/es") or "/" if path.startswith("/es/") else path


def twin_path(path: str) -> str:
    """Return the same public page in the other language."""
    return strip_language(path) if path.startswith("/es/") else f"/es{path}"


def frame_clinic(request):
    """Return the clinic whose 24-hour line the help strip shows, or None when there are several.

    A signed-in person's own clinic; else the one whose host name was asked for; else the only one.
    """
    try:
        if not strip_language(request.path_info).startswith("/help/") and request.user.is_authenticated:
            own = own_clinics(request.user)
            if own:
                return own[0] if len(own) == 1 else None
        return host_clinic(request.get_host())
    except DatabaseError:
        return None  # The strip still says 911, and leads to a page that says the rest.


def own_clinics(user) -> list[Clinic]:
    """Return the clinics of a person: of staff by their roles, of a patient the one that cares for them."""
    found = {m.clinic_id: m.clinic for m in user.current_memberships if m.clinic_id}
    if found:
        return list(found.values())
    patient = getattr(user, "patient", None)
    return [patient.clinic] if patient is not None else []


def host_clinic(host: str) -> Clinic | None:
    """Return the clinic that a host name belongs to, or the only clinic there is."""
    clinics = clinics_at(host)
    return clinics[0] if len(clinics) == 1 else None


def clinics_at(host: str) -> list[Clinic]:
    """Return the clinics whose numbers a public page shows at this host name."""
    clinics = list(Clinic.objects.all())
    name = host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host
    return [clinic for clinic in clinics if clinic.host_name.lower() == name] or clinics
