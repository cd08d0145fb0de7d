"""Whether a page was useful."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404


@login_not_required
def feedback(request, **where):
    raise Http404


@login_not_required
def more(request, **where):
    raise Http404
