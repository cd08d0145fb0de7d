"""A form for personal stories. Nothing shows before an editor and a clinician have read it."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.education import voices
from portal.education.forms import StoryForm
from portal.refusal import Refused


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def tell(request):
    form = StoryForm(request.POST or None)
    status = 200
    if form.is_bound and form.is_valid():
        if ratelimit.consume(request, action="story"):
            if send(form):
                return redirect("education:story_told")
        else:
            form.add_error(
                None, _("Too many stories came from here just now. Please send it again in an hour.")
            )
            status = 429
    if form.is_bound and status == 200:
        status = 422
    return render(request, "education/tell_story.html", {"form": form}, status=status)


def send(form):
    """Send the story of a sound form; show on the form why it was refused."""
    told = {name: value for name, value in form.cleaned_data.items() if name != "consent"}
    try:
        voices.send_story(language=get_language(), told=told)
    except Refused as refusal:
        form.add_refusal(refusal)
        return False
    return True


@login_not_required
@require_safe
def told(request):
    return render(request, "education/story_told.html")
