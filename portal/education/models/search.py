"""What can be searched: a row for each published page, question and word, and the words that occur in them."""

import datetime

from django.db import models
from django.db.models import Q

from portal.education.models.library import TermText
from portal.education.models.pages import Language, Publication


class SearchEntryQuerySet(models.QuerySet):
    def live(self, now: datetime.datetime):
        """Return what readers may find at this moment."""
        return self.filter(
            Q(publication=None) | Q(publication__in=Publication.objects.live(now).order_by().values("pk"))
        )


class SearchEntry(models.Model):
    """One thing to find. It belongs to a publication, so that the clock alone shows and hides it, or to a word.

    The last four fields are what is searched: folded words (words.fold), the heaviest first. full_text.py keeps
    the database's own index over them.
    """

    class Kind(models.TextChoices):
        PAGE = "page"
        QUESTION = "question"
        WORD = "word"

    publication = models.ForeignKey(Publication, models.CASCADE, null=True, related_name="search_entries")
    term_text = models.ForeignKey(TermText, models.CASCADE, null=True, related_name="search_entries")
    language = models.CharField(max_length=2, choices=Language)
    kind = models.CharField(max_length=8, choices=Kind)
    anchor = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=160)
    page_title = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    title_words = models.TextField(blank=True)
    question_words = models.TextField(blank=True)
    lead_words = models.TextField(blank=True)
    body_words = models.TextField(blank=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(publication=None, term_text__isnull=False)
                | Q(publication__isnull=False, term_text=None),
                name="education_search_entry_of_a_page_or_a_word",
            ),
        ]

    def __str__(self):
        return self.title


class SearchWord(models.Model):
    """A word that occurs in what can be found: what a mistyped one may have meant. `shown` is it with accents."""

    language = models.CharField(max_length=2, choices=Language)
    word = models.CharField(max_length=40)
    shown = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["language", "word"], name="education_search_word_once"),
        ]

    def __str__(self):
        return self.word
