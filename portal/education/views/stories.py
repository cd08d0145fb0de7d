"""Personal stories sent by readers."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404


@login_not_required
def tell(request, **where):
    raise Http404


@login_not_required
def told(request, **where):
    raise Http404
