"""The portal's addresses and one that says next to nothing: what any answer costs at least."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from portal import urls
from portal.bench.education import BARE


@login_not_required
@require_safe
def bare(request):
    return HttpResponse("Hello.", headers={"Cache-Control": "public, max-age=60"})


urlpatterns = [path(BARE, bare), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)
