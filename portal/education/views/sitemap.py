"""The list of pages for search engines."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404


@login_not_required
def sitemap(request, **where):
    raise Http404
