"""What editors do with what readers sent: publish, decline or take back a story; deal with feedback."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import log
from portal.education.models import Feedback, Story
from portal.education.showing import caching
from portal.refusal import refuse, refusing


@transaction.atomic
def publish_story(
    *,
    actor: Any,
    story: Story,
    clinician_name: str,
    clinician_role: str,
    now: datetime.datetime | None = None,
) -> Story:
    """Show a story that an editor and a clinician have both read, for as long as its consent holds."""
    now = now or timezone.now()
    story = Story.objects.select_for_update().get(pk=story.pk)
    if story.state != Story.State.SENT:
        refuse(None, _("This story has been decided on already."))
    if story.consent_ends_on < now.date():
        refuse(None, _("The consent to this story has ended. It cannot be published."))
    story.clinician_name, story.clinician_role = clinician_name, clinician_role
    return decide(story, Story.State.PUBLISHED, actor, now)


@transaction.atomic
def decline_story(*, actor: Any, story: Story, now: datetime.datetime | None = None) -> Story:
    """Leave a story unpublished."""
    story = Story.objects.select_for_update().get(pk=story.pk)
    if story.state != Story.State.SENT:
        refuse(None, _("This story has been decided on already."))
    return decide(story, Story.State.DECLINED, actor, now or timezone.now())


@transaction.atomic
def withdraw_story(*, actor: Any, story: Story, now: datetime.datetime | None = None) -> Story:
    """Take a published story back: its teller asked for it, or it was wrong."""
    story = Story.objects.select_for_update().get(pk=story.pk)
    if story.state != Story.State.PUBLISHED:
        refuse(None, _("This story is not public."))
    return decide(story, Story.State.WITHDRAWN, actor, now or timezone.now())


def decide(story: Story, state: str, actor: Any, now: datetime.datetime) -> Story:
    """Store a decision and forget the address to ask back."""
    story.state, story.editor, story.decided_at, story.reply_to = state, actor, now, ""
    with refusing():
        story.full_clean()
    story.save()
    log.record(actor=actor, action=f"education.story_{state}", subject=story)
    caching.forget_on_commit()
    return story


@transaction.atomic
def settle_feedback(*, actor: Any, feedback: Feedback, note: str) -> Feedback:
    """Note what was done about an answer; it leaves the list of new ones."""
    feedback = Feedback.objects.select_for_update().get(pk=feedback.pk)
    feedback.state, feedback.note = Feedback.State.DONE, note
    feedback.save(update_fields=["state", "note"])
    log.record(actor=actor, action="education.feedback_done", subject=feedback)
    return feedback
