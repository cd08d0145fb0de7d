"""What is done with a saved text: publish it for a time, vouch for it, look back and restore."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.education import actions, standing
from portal.education.admin.access import require_editor
from portal.education.admin.findings import findings_of
from portal.education.admin.forms import CheckForm, PublishForm
from portal.education.admin.moments import in_words, own_zone
from portal.education.admin.page_views import as_read, bar, staff_page
from portal.education.content import Content
from portal.education.models import Version

VERSIONS_SHOWN = 50


def text_of(request, pk):
    """Return a text with its standing; 403 for those who do not edit."""
    require_editor(request)
    return get_object_or_404(standing.texts().select_related("page", "page__parent"), pk=pk)


def words_for(request):
    zone = own_zone(request.user)
    return lambda moment: in_words(moment, zone)


@require_http_methods(["GET", "POST"])
def publish(request, pk):
    """Show the last saved version to readers, now or from a moment, and until one."""
    text = text_of(request, pk)
    version = standing.latest(text)
    report = findings_of(text, version)
    form = PublishForm(
        request.POST or None,
        last=version,
        own_zone=own_zone(request.user),
        has_errors=bool(report and report.errors),
        never_ends=text.page.is_protected,
    )
    if version and form.is_valid() and published(request, form, version):
        return redirect("admin:education_translation_change", text.pk)
    now = timezone.now()
    return staff_page(
        request,
        "admin/education/publish.html",
        _("Publish “%(title)s”") % {"title": text.title},
        text=text,
        version=version,
        report=report,
        form=form,
        standing=standing.standing(text, now, words_for(request)),
        is_replacing=any(
            not one.withdrawn_at and (not one.ends_at or one.ends_at > now) for one in text.shown
        ),
    )


def published(request, form, version):
    """Publish, and say in words when readers see it; False when the action refused."""
    starts_at, ends_at = form.cleaned_data.get("starts_at"), form.cleaned_data.get("ends_at")
    try:
        one = actions.publish(actor=request.user, version=version, starts_at=starts_at, ends_at=ends_at)
    except ValidationError as refusal:
        form.add_refusal(refusal, starts_at="start_day", ends_at="end_day")
        return False
    words, now = words_for(request), timezone.now()
    told = {"number": version.number, "start": words(one.starts_at)}
    if one.starts_at > now:
        messages.success(request, _("Scheduled: version %(number)s is public from %(start)s.") % told)
    else:
        messages.success(request, _("Version %(number)s is public now.") % told)
    return True


@require_http_methods(["GET", "POST"])
def check(request, pk):
    """Record who checked the last saved version."""
    text = text_of(request, pk)
    version, today = standing.latest(text), timezone.now().astimezone(own_zone(request.user)).date()
    following = standing.months_later(today, text.page.review_months)
    form = CheckForm(
        request.POST or None,
        last=version,
        today=today,
        initial={"approved_on": today, "next_review_on": following},
    )
    if version and form.is_valid():
        actions.approve(actor=request.user, version=version, **form.cleaned_data)
        told = {"number": version.number, "name": form.cleaned_data["name"]}
        messages.success(request, _("Recorded: %(name)s checked version %(number)s.") % told)
        return redirect("admin:education_translation_change", text.pk)
    return staff_page(
        request,
        "admin/education/check.html",
        _("Record a check of “%(title)s”") % {"title": text.title},
        text=text,
        version=version,
        form=form,
        checks=version.approvals.select_related("clinic") if version else [],
    )


@require_safe
def versions(request, pk):
    """List what was saved: what changed, by whom, when, and when readers saw it."""
    text, words = text_of(request, pk), words_for(request)
    saved = text.versions.select_related("saved_by").defer("content").prefetch_related("approvals")
    page = Paginator(saved.order_by("-number"), VERSIONS_SHOWN).get_page(request.GET.get("page"))
    now = timezone.now()
    listed = [
        {"version": one, "saved": words(one.saved_at), "shown": shown_when(one, text, words, now)}
        for one in page.object_list
    ]
    title = _("Versions of “%(title)s”") % {"title": text.title}
    return staff_page(request, "admin/education/versions.html", title, text=text, listed=listed, page_of=page)


def shown_when(version, text, words, now):
    """Say when readers saw, see or will see a version."""
    found = []
    for one in text.shown:
        if one.version_id != version.pk or (one.withdrawn_at and one.withdrawn_at <= one.starts_at):
            continue
        ended = one.withdrawn_at or one.ends_at
        told = {"start": words(one.starts_at), "end": words(ended) if ended else ""}
        if one.starts_at > now:
            found.append(_("from %(start)s") % told)
        elif ended is None:
            found.append(_("since %(start)s, now public") % told)
        else:
            found.append(_("%(start)s to %(end)s") % told)
    return found


@require_safe
def version(request, pk):
    """Show one version as readers saw it, or would have."""
    require_editor(request)
    one = get_object_or_404(Version.objects.select_related("translation__page__parent", "saved_by"), pk=pk)
    text, words = one.translation, words_for(request)
    told = {"number": one.number, "when": words(one.saved_at), "who": one.saved_by or _("the portal")}
    said = _("Version %(number)s, saved on %(when)s by %(who)s.") % told
    restore_url = reverse("admin:education_version_restore", args=[one.pk])
    is_last = one.number == standing.latest(text).number
    shown = bar(text, said, restore="" if is_last else restore_url)
    return as_read(request, text, Content.from_dict(one.content), shown)


@require_POST
def restore(request, pk):
    """Make an earlier version the working text again, in one step."""
    require_editor(request)
    one = get_object_or_404(Version, pk=pk)
    try:
        kept = actions.restore(actor=request.user, version=one)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:education_translation_versions", one.translation_id)
    told = {"old": one.number, "new": kept.number}
    said = _(
        "Version %(old)s is the working text again, as version %(new)s. Publish it when readers should see it."
    )
    messages.success(request, said % told)
    return redirect("admin:education_translation_change", one.translation_id)
