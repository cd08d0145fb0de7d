"""What readers send in: whether a page was useful, and their own story. People read both before anything shows."""

import datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import log
from portal.education.models import Feedback, Page, Story
from portal.refusal import refusing

# Someone who answered may add a sentence for this long.
MORE_SECONDS = 60 * 60
CONSENT_YEARS = 3


@transaction.atomic
def send_feedback(*, page: Page, language: str, was_useful: bool) -> Feedback:
    """Keep one answer; nothing of it tells who gave it."""
    return Feedback.objects.create(page=page, language=language, was_useful=was_useful)


def ticket(feedback: Feedback) -> str:
    """Return what lets this reader, and no one else, add a sentence to their answer."""
    return signing.dumps(feedback.pk, salt="education.feedback")


def feedback_of(token: str) -> Feedback | None:
    """Return the answer a ticket stands for; None when it was altered, is old, or was used."""
    try:
        pk = signing.loads(token, salt="education.feedback", max_age=MORE_SECONDS)
    except signing.BadSignature:
        return None
    return Feedback.objects.filter(pk=pk, comment="").first()


@transaction.atomic
def add_comment(*, feedback: Feedback, comment: str) -> None:
    feedback.comment = comment
    feedback.save(update_fields=["comment"])


def consent_text() -> str:
    """Return what a person agrees to; the words they saw are stored with their story."""
    return _(
        "I am telling my own story. A content editor and a clinician will read it. They may ask me back by "
        "e-mail. If they publish it, anyone can read it on the internet for up to 3 years. I can take it "
        "back at any time by telling the clinic. Nobody has to pay me, and my care does not depend on it."
    )


@transaction.atomic
def send_story(*, language: str, told: dict[str, Any], now: datetime.datetime | None = None) -> Story:
    """Keep a story for moderation, with the consent as it was shown."""
    now = now or timezone.now()
    day = now.date()
    story = Story(
        language=language,
        told_on=day,
        consent_text=consent_text(),
        consented_at=now,
        consent_ends_on=day.replace(year=day.year + CONSENT_YEARS, day=min(day.day, 28)),
        **told,
    )
    with refusing():
        story.full_clean()
    story.save()
    log.record(actor=None, action="education.story_sent", subject=story)
    return story
