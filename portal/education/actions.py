"""What changes on education pages: save a version, publish it for a time, take it back, restore, vouch for it."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import log
from portal.education import rows
from portal.education.content import Content
from portal.education.finding import index
from portal.education.models import Approval, Page, Publication, Translation, Version
from portal.education.showing import caching
from portal.refusal import refuse


@transaction.atomic
def save_version(
    *, actor: Any, translation: Translation, reason: str = "", now: datetime.datetime | None = None
) -> Version:
    """Keep what the rows of a text say now as its next version; the same words twice make one version."""
    locked = Translation.objects.select_for_update().get(pk=translation.pk)
    words = rows.read(locked).to_dict()
    last = locked.versions.order_by("-number").first()
    if last is not None and last.content == words:
        return last
    version = Version.objects.create(
        translation=locked,
        number=(last.number if last else 0) + 1,
        content=words,
        reason=reason,
        saved_by=actor,
        saved_at=now or timezone.now(),
    )
    log.record(actor=actor, action="education.saved", detail={**place(locked), "version": version.number})
    return version


@transaction.atomic
def publish(
    *,
    actor: Any,
    version: Version,
    starts_at: datetime.datetime | None = None,
    ends_at: datetime.datetime | None = None,
    now: datetime.datetime | None = None,
) -> Publication:
    """Show a version to readers from a moment (now when None) and until a moment (no end when None).

    What is before readers' eyes at that moment ends there; what was planned within or after it is taken back.
    Raise Refused when the window makes no sense, or when a page someone may need tonight would end.
    """
    now = now or timezone.now()
    starts_at = max(starts_at or now, now)
    translation = (
        Translation.objects.select_for_update().select_related("page").get(pk=version.translation_id)
    )
    if ends_at is not None and ends_at <= starts_at:
        refuse("ends_at", _("The end must be after the start, and after now."))
    if ends_at is not None and translation.page.is_protected:
        refuse("ends_at", _("This page never ends: someone may need it tonight. Leave “until” empty."))
    make_room(translation, starts_at, actor, now)
    publication = Publication.objects.create(
        translation=translation, version=version, starts_at=starts_at, ends_at=ends_at, published_by=actor
    )
    index.add(publication)
    log.record(
        actor=actor,
        action="education.published",
        detail={**place(translation), "version": version.number, "from": starts_at.isoformat()}
        | ({"until": ends_at.isoformat()} if ends_at else {}),
    )
    caching.forget_on_commit()
    return publication


def make_room(
    translation: Translation, starts_at: datetime.datetime, actor: Any, now: datetime.datetime
) -> None:
    """End what is open at `starts_at` there, and take back what would have begun later."""
    opened = Publication.objects.open(now).filter(translation=translation)
    opened.filter(starts_at__gte=starts_at).update(withdrawn_at=now, withdrawn_by=actor)
    for publication in opened.filter(starts_at__lt=starts_at).exclude(ends_at__lte=starts_at):
        publication.ends_at = starts_at
        publication.save(update_fields=["ends_at"])


@transaction.atomic
def withdraw(*, actor: Any, page: Page, reason: str, now: datetime.datetime | None = None) -> int:
    """Take a page back in both languages, now and as planned; return how many publications that ended."""
    now = now or timezone.now()
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.is_protected:
        refuse(
            None,
            _("This page is never taken back: someone may need it tonight. Publish a mended text instead."),
        )
    ended = (
        Publication.objects.open(now)
        .filter(translation__page=page)
        .update(withdrawn_at=now, withdrawn_by=actor, withdrawn_reason=reason)
    )
    log.record(actor=actor, action="education.withdrawn", detail={"page": page.path, "reason": reason})
    caching.forget_on_commit()
    return ended


@transaction.atomic
def restore(*, actor: Any, version: Version, now: datetime.datetime | None = None) -> Version:
    """Make an earlier version the working text again, as a new version on top. Readers see it once published."""
    translation = Translation.objects.select_for_update().get(pk=version.translation_id)
    try:
        rows.write(translation, Content.from_dict(version.content))
    except ValueError as error:
        refuse(None, _("This version cannot be restored as it is: %(why)s.") % {"why": error})
    return save_version(
        actor=actor,
        translation=translation,
        reason=_("Version %(number)s restored") % {"number": version.number},
        now=now,
    )


@transaction.atomic
def approve(
    *,
    actor: Any,
    version: Version,
    name: str,
    role: str,
    approved_on: datetime.date,
    next_review_on: datetime.date,
    clinic: Any = None,
) -> Approval:
    """Record that a named person checked a version, and when it is to be checked again."""
    approval = Approval.objects.create(
        version=version,
        name=name,
        role=role,
        clinic=clinic,
        approved_on=approved_on,
        next_review_on=next_review_on,
        recorded_by=actor,
    )
    log.record(
        actor=actor,
        action="education.approved",
        clinic=clinic,
        detail={**place(version.translation), "version": version.number},
    )
    caching.forget_on_commit()
    return approval


def place(translation: Translation) -> dict[str, Any]:
    """Return where a text stands, for the audit."""
    return {"page": translation.page.path, "language": translation.language}
