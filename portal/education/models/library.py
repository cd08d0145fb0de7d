"""What several pages share: references, words to know, images."""

import uuid

from django.conf import settings
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.education.models.pages import Language

KEY = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens, such as smith-2002.")
)


class Reference(models.Model):
    """A paper, notice or leaflet that pages cite, with what we took from it."""

    key = models.CharField(_("key"), max_length=60, unique=True, validators=[KEY])
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    title = models.CharField(_("title"), max_length=300)
    title_language = models.CharField(
        _("language of the title"), max_length=2, choices=Language, default=Language.EN
    )
    published_in = models.CharField(
        _("published in"), max_length=200, blank=True, help_text=_("Journal or site, year, pages.")
    )
    url = models.URLField(
        _("address"), max_length=400, blank=True, validators=[URLValidator(schemes=["https", "http"])]
    )
    taken_en = models.TextField(_("what we took from it, in English"), max_length=600)
    taken_es = models.TextField(_("what we took from it, in Spanish"), max_length=600)
    funding_en = models.CharField(_("who paid for it, in English"), max_length=300, blank=True)
    funding_es = models.CharField(_("who paid for it, in Spanish"), max_length=300, blank=True)
    checked_on = models.DateField(_("read on"), null=True, blank=True)
    shipped_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["authors", "title"]

    def __str__(self):
        return f"{self.key}: {self.title}"


class Term(models.Model):
    """A word to know; its meaning stands in a row for each language."""

    key = models.CharField(_("key"), max_length=60, unique=True, validators=[KEY])

    class Meta:
        verbose_name = _("word to know")
        verbose_name_plural = _("words to know")
        ordering = ["key"]

    def __str__(self):
        return self.key


class TermText(models.Model):
    """A word in one language: how it is said, what it means, and in which other forms texts use it."""

    term = models.ForeignKey(Term, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    word = models.CharField(_("word"), max_length=80)
    say_it = models.CharField(
        _("say it"), max_length=80, blank=True, help_text=_("Such as in-truh-THEE-kul.")
    )
    meaning = models.TextField(_("meaning"), max_length=400)
    other_forms = models.TextField(
        _("other forms"), blank=True, help_text=_("As texts use it, one a line, such as the plural.")
    )
    shipped_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("meaning")
        verbose_name_plural = _("meanings")
        ordering = ["word"]
        constraints = [
            models.UniqueConstraint(fields=["term", "language"], name="education_term_text_one_a_language"),
        ]

    def __str__(self):
        return self.word

    @property
    def forms(self) -> list[str]:
        return [self.word, *(line.strip() for line in self.other_forms.splitlines() if line.strip())]


class Image(models.Model):
    """An uploaded image: re-encoded, no wider than needed, without what the camera wrote into it."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(
        _("title"), max_length=120, help_text=_("For this library; readers do not see it.")
    )
    alt_en = models.CharField(_("text alternative in English"), max_length=400)
    alt_es = models.CharField(_("text alternative in Spanish"), max_length=400)
    # Named by the ref; written by images.py, never under the name it came with.
    file = models.FileField(_("file"), upload_to="education", max_length=120)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(alt_en="") & ~Q(alt_es=""),
                name="education_image_has_alternatives",
                violation_error_message=_("Say in both languages what the image shows."),
            ),
        ]

    def __str__(self):
        return self.title
