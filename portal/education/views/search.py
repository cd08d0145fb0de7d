"""Search over pages, questions and words."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404


@login_not_required
def search(request, **where):
    raise Http404
