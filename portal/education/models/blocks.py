"""What stands in a page beside its text, each through a form: cards, callouts, figures, numbers, questions."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.education.drawings import DRAWINGS
from portal.education.models.library import Image, Reference
from portal.education.models.pages import Translation

ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def validate_anchor(text: str) -> None:
    if not ANCHOR.fullmatch(text):
        raise ValidationError(_("Use small letters, digits and single hyphens, such as who-to-call."))


class Block(models.Model):
    """A part of a page. `after` names the heading whose section it ends: its id, “top”, or empty for the end."""

    translation = models.ForeignKey(Translation, models.CASCADE, related_name="%(class)s_set")
    after = models.CharField(
        _("stands after"), max_length=80, blank=True, help_text=_("Empty: at the end of the page.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class CareCard(Block):
    """What to do, and when. At most one of each level on a page."""

    class Level(models.TextChoices):
        EMERGENCY = "emergency", _("emergency: 911 now")
        URGENT = "urgent", _("urgent: the 24-hour line now")
        ROUTINE = "routine", _("not urgent: the clinic in its hours")

    level = models.CharField(_("level"), max_length=10, choices=Level)
    heading = models.CharField(
        _("heading"), max_length=120, help_text=_("What to do, with “if”: Call 911 now if:")
    )
    items = models.TextField(_("signs"), help_text=_("One a line."))
    closing = models.CharField(_("below the signs"), max_length=300, blank=True)

    class Meta(Block.Meta):
        verbose_name = _("care card")
        verbose_name_plural = _("care cards")
        constraints = [
            models.UniqueConstraint(
                fields=["translation", "level"],
                name="education_care_card_one_a_level",
                violation_error_message=_("A page has at most one care card of each level."),
            ),
        ]

    def __str__(self):
        return self.heading


class Callout(Block):
    heading = models.CharField(_("heading"), max_length=80)
    text = models.TextField(_("text"), max_length=600)

    class Meta(Block.Meta):
        verbose_name = _("callout")
        verbose_name_plural = _("callouts")

    def __str__(self):
        return self.heading


class Figure(Block):
    """One of our own labelled drawings, or an uploaded image with its text alternative."""

    drawing = models.CharField(_("drawing"), max_length=20, blank=True, choices=DRAWINGS)
    image = models.ForeignKey(Image, models.PROTECT, null=True, blank=True, verbose_name=_("image"))
    alt = models.CharField(
        _("text alternative"),
        max_length=400,
        blank=True,
        help_text=_("What the image shows, for people who cannot see it. Our drawings bring their own."),
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)

    class Meta(Block.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.CheckConstraint(
                condition=Q(drawing="", image__isnull=False) | Q(image=None) & ~Q(drawing=""),
                name="education_figure_drawing_or_image",
                violation_error_message=_("Choose a drawing or an image, not both."),
            ),
            models.CheckConstraint(
                condition=Q(image=None) | ~Q(alt=""),
                name="education_figure_image_has_alternative",
                violation_error_message=_("Say in the text alternative what the image shows."),
            ),
        ]

    def __str__(self):
        return self.get_drawing_display() or str(self.image)


class Comparison(Block):
    """Two numbers of the same kind, side by side, with whether chance explains the difference."""

    class Measure(models.TextChoices):
        PEOPLE = "people", _("people out of so many")
        PERCENT = "percent", _("a change in percent")

    class Finding(models.TextChoices):
        CLEAR = "clear", _("not likely chance")
        EDGE = "edge", _("at the edge of chance")
        UNCLEAR = "unclear", _("could be chance")

    heading = models.CharField(_("what was measured"), max_length=120)
    measure = models.CharField(_("kind of number"), max_length=8, choices=Measure, default=Measure.PEOPLE)
    outcome = models.CharField(
        _("what the number counts"), max_length=120, help_text=_("Such as: were better by this measure.")
    )
    of = models.PositiveSmallIntegerField(
        _("out of"), default=100, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    first_label = models.CharField(_("first group"), max_length=80)
    first = models.PositiveSmallIntegerField(_("number in the first group"))
    second_label = models.CharField(_("second group"), max_length=80)
    second = models.PositiveSmallIntegerField(_("number in the second group"))
    finding = models.CharField(_("could it be chance?"), max_length=8, choices=Finding)
    takeaway = models.TextField(_("in plain words"), max_length=600, blank=True)
    source = models.ForeignKey(
        Reference, models.PROTECT, null=True, blank=True, to_field="key", verbose_name=_("source")
    )

    class Meta(Block.Meta):
        verbose_name = _("number comparison")
        verbose_name_plural = _("number comparisons")
        constraints = [
            models.CheckConstraint(
                condition=Q(of__gte=1, first__lte=F("of"), second__lte=F("of")),
                name="education_comparison_numbers_fit",
                violation_error_message=_("Neither number can be more than “out of”."),
            ),
        ]

    def __str__(self):
        return self.heading


class Question(models.Model):
    """One question of a question list, with its answer. Linkable by its anchor."""

    translation = models.ForeignKey(Translation, models.CASCADE, related_name="question_set")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    anchor = models.CharField(
        _("id"),
        max_length=60,
        validators=[validate_anchor],
        help_text=_("Part of the link to this answer; the same in both languages."),
    )
    question = models.CharField(_("question"), max_length=160)
    answer = models.TextField(_("answer"))

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("question list")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["translation", "anchor"],
                name="education_question_anchor_unique",
                violation_error_message=_("Another question of this page has this id."),
            ),
        ]

    def __str__(self):
        return self.question


class Citation(models.Model):
    """A source of a page, picked from the library; in the text it is cited as [[key]]."""

    translation = models.ForeignKey(Translation, models.CASCADE, related_name="citation_set")
    reference = models.ForeignKey(Reference, models.PROTECT, to_field="key", verbose_name=_("reference"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["translation", "reference"],
                name="education_citation_once",
                violation_error_message=_("This source is listed already."),
            ),
        ]

    def __str__(self):
        return str(self.reference)
