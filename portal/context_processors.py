"""What every page's frame needs: the help strip's numbers, the demo mark, the language twin."""

from django.conf import settings

from portal.accounts.models import Clinic
from portal.middleware import is_public


def portal(request):
    """Return the frame's values; the database is asked only when a template uses them."""
    return {
        "demo": settings.DEMO,
        "is_public_page": is_public(strip_language(request.path_info)),
        "twin_path": twin_path(request.path_info),
        "frame_clinic": lambda: frame_clinic(request),
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
    if not strip_language(request.path_info).startswith("/help/") and request.user.is_authenticated:
        own = own_clinics(request.user)
        if len(own) == 1:
            return own[0]
        if own:
            return None
    return host_clinic(request.get_host())


def own_clinics(user) -> list[Clinic]:
    patient = getattr(user, "patient", None)
    if patient is not None:
        return [patient.clinic]
    return list({m.clinic_id: m.clinic for m in user.current_memberships if m.clinic_id}.values())


def host_clinic(host: str) -> Clinic | None:
    """Return the clinic that a host name belongs to, or the only clinic there is."""
    clinics = clinics_at(host)
    return clinics[0] if len(clinics) == 1 else None


def clinics_at(host: str) -> list[Clinic]:
    """Return the clinics whose numbers a public page shows at this host name."""
    clinics = list(Clinic.objects.all())
    name = host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host
    return [clinic for clinic in clinics if clinic.host_name.lower() == name] or clinics
