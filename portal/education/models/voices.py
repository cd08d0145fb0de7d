"""What readers send: personal stories and whether a page was useful. Both are read by people before anything shows."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.education.models.library import Image
from portal.education.models.pages import Language, Page


class StoryQuerySet(models.QuerySet):
    def public(self, day):
        """Return the stories that readers may see on this day: published, and their consent still good."""
        return self.filter(state=Story.State.PUBLISHED, consent_ends_on__gte=day)

    def waiting(self):
        return self.filter(state=Story.State.SENT)


class Story(models.Model):
    """One person's account, told with written consent, including what did not go well."""

    class State(models.TextChoices):
        SENT = "sent", _("sent, to be read")
        PUBLISHED = "published", _("published")
        DECLINED = "declined", _("not published")
        WITHDRAWN = "withdrawn", _("taken back")

    class Paid(models.TextChoices):
        NOBODY = "nobody", _("nobody")
        CLINIC = "clinic", _("a clinic")
        COMPANY = "company", _("a company")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SENT)
    name = models.CharField(_("first name or another name"), max_length=40)
    photo = models.ForeignKey(Image, models.PROTECT, null=True, blank=True, verbose_name=_("photo"))
    paid_by = models.CharField(_("paid or invited by"), max_length=8, choices=Paid, default=Paid.NOBODY)
    before = models.TextField(_("life before"), max_length=2000)
    tried = models.TextField(_("what they tried"), max_length=2000)
    trial = models.TextField(_("the trial"), max_length=2000, blank=True)
    now = models.TextField(_("life now"), max_length=2000)
    not_well = models.TextField(_("what did not go well"), max_length=2000)
    told_on = models.DateField(_("told on"))
    consent_text = models.TextField(_("consent, as it was shown"), editable=False)
    consented_at = models.DateTimeField(_("consent given"), editable=False)
    consent_ends_on = models.DateField(_("consent good until"))
    # To ask back before publishing; emptied when the story is decided on.
    reply_to = models.EmailField(_("e-mail to ask back"), blank=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    clinician_name = models.CharField(_("clinician who read it"), max_length=120, blank=True)
    clinician_role = models.CharField(_("role of the clinician"), max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-told_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(not_well=""),
                name="education_story_says_what_did_not_go_well",
                violation_error_message=_("A story also says what did not go well."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(editor__isnull=False, decided_at__isnull=False)
                & ~Q(clinician_name="")
                & ~Q(clinician_role=""),
                name="education_story_published_by_two",
                violation_error_message=_("An editor and a clinician must both have read a story."),
            ),
            models.CheckConstraint(
                condition=Q(consent_ends_on__gte=F("told_on")),
                name="education_story_consent_ends_later",
                violation_error_message=_("Consent cannot end before the story was told."),
            ),
            models.CheckConstraint(
                condition=Q(state="sent") | Q(reply_to=""),
                name="education_story_forgets_address",
                violation_error_message=_("The address is forgotten once the story is decided on."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.told_on}"


class Feedback(models.Model):
    """Whether a page was useful to someone, and what was missing. Nothing tells who it was."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        DONE = "done", _("done")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.ForeignKey(Page, models.CASCADE, related_name="feedback")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    was_useful = models.BooleanField(_("useful"))
    comment = models.TextField(_("what was missing"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=4, choices=State, default=State.NEW)
    note = models.CharField(_("note"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["state", "-sent_at"], name="education_feedback_new")]

    def __str__(self):
        return f"{self.page} {self.sent_at:%Y-%m-%d}"
