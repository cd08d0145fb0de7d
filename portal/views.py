"""Home by role, health and error pages."""

from django.http import HttpResponse


def csrf_failure(request, reason=""):
    return HttpResponse(status=403)
