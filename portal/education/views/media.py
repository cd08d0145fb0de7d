"""Uploaded images as readers' browsers fetch them."""

from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.education.images import TYPES
from portal.education.models import Image

# An address stands for one picture for good: a changed picture is a new Image.
FOR_A_YEAR = "public, max-age=31536000, immutable"


@login_not_required
@require_safe
def media(request, ref):
    """Send a stored image under the type it was encoded in, never one that was claimed."""
    image = get_object_or_404(Image, ref=ref)
    kind = TYPES.get(PurePath(image.file.name).suffix.removeprefix("."))
    if kind is None:
        raise Http404
    try:
        file = image.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": FOR_A_YEAR, "X-Content-Type-Options": "nosniff"}
    return FileResponse(file, content_type=kind, headers=headers)
