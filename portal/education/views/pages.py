"""Public pages of the tree."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404


@login_not_required
def page(request, **where):
    raise Http404


@login_not_required
def learn(request, **where):
    raise Http404
