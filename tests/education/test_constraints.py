"""Each rule of the education pages that the database holds, broken once by a hand that goes round the actions."""

import datetime

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from portal.education import actions
from portal.education.models import (
    Approval,
    CareCard,
    Citation,
    Comparison,
    Figure,
    Image,
    Page,
    Publication,
    Question,
    Reference,
    Story,
    Term,
    TermText,
    Translation,
    Version,
)
from portal.education.models.search import SearchEntry, SearchWord
from tests.base import ClinicTestCase
from tests.constraints import BreaksRules
from tests.education.test_actions import make_text

LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)

# A row is changed to what must not be.
CHANGES = {
    "education_page_not_below_itself": (Page, {"parent": F("id")}),
    "education_page_review_months_in_range": (Page, {"review_months": 0}),
    "education_page_grade_in_range": (Page, {"grade": 9}),
    "education_figure_drawing_or_image": (Figure, {"drawing": ""}),
    "education_comparison_numbers_fit": (Comparison, {"first": 101}),
    "education_image_has_alternatives": (Image, {"alt_es": ""}),
    "education_story_says_what_did_not_go_well": (Story, {"not_well": ""}),
    "education_story_published_by_two": (Story, {"state": "published", "reply_to": ""}),
    "education_story_consent_ends_later": (Story, {"consent_ends_on": LONG_AGO.date()}),
    "education_story_forgets_address": (Story, {"state": "declined"}),
    "education_publication_ends_after_start": (Publication, {"ends_at": LONG_AGO}),
    "education_approval_names_someone": (Approval, {"name": ""}),
    "education_search_entry_of_a_page_or_a_word": (SearchEntry, {"publication": None}),
    "education_approval_reviewed_later": (Approval, {"next_review_on": LONG_AGO.date()}),
}

# A row stands twice; the second with other values where a column of its own must not repeat.
COPIES = {
    "education_page_slug_unique_below_parent": (Page, {"path": "elsewhere"}),
    "education_translation_one_a_language": (Translation, {}),
    "education_care_card_one_a_level": (CareCard, {"heading": "Call too if:"}),
    "education_question_anchor_unique": (Question, {}),
    "education_citation_once": (Citation, {}),
    "education_term_text_one_a_language": (TermText, {}),
    "education_version_number_unique": (Version, {}),
    "education_search_word_once": (SearchWord, {}),
}
ALONE = {"education_publication_one_without_end", "education_figure_image_has_alternative"}


class ConstraintTests(BreaksRules, ClinicTestCase):
    def setUp(self):
        text = make_text()
        version = actions.save_version(actor=None, translation=text)
        image = Image.objects.create(
            title="A scar", alt_en="A scar", alt_es="Una cicatriz", width=1, height=1
        )
        reference = Reference.objects.create(key="try-2001", title="Try", taken_en="A", taken_es="A")
        term = Term.objects.create(key="try-word")
        day = timezone.now().date()
        self.image = image
        self.rows = {
            Page: text.page,
            Translation: text,
            Version: version,
            Publication: actions.publish(actor=None, version=version),
            Approval: actions.approve(
                actor=self.edie,
                version=version,
                name="Dr. Osei",
                role="physician",
                approved_on=day,
                next_review_on=day + datetime.timedelta(days=9),
            ),
            **self.blocks(text, reference),
            SearchEntry: SearchEntry.objects.filter(publication__version=version).first(),
            SearchWord: SearchWord.objects.first(),
            Term: term,
            TermText: TermText.objects.create(term=term, language="en", word="w", meaning="m"),
            Image: image,
            Story: Story.objects.create(
                language="en",
                name="Ana",
                before="a",
                tried="b",
                now="c",
                not_well="d",
                told_on=day,
                consented_at=timezone.now(),
                consent_ends_on=day,
                reply_to="ana@mail.example",
            ),
        }

    def blocks(self, text, reference):
        """What stands in a page beside its text, one of each."""
        numbers = {"first_label": "a", "first": 1, "second_label": "b", "second": 2}
        return {
            CareCard: CareCard.objects.create(
                translation=text, level="urgent", heading="Call if:", items="a"
            ),
            Figure: Figure.objects.create(translation=text, drawing="pump"),
            Comparison: Comparison.objects.create(
                translation=text, heading="h", outcome="o", finding="edge", **numbers
            ),
            Question: Question.objects.create(translation=text, anchor="a", question="q", answer="<p>a</p>"),
            Citation: Citation.objects.create(translation=text, reference=reference),
        }

    def test_a_row_cannot_become_what_must_not_be(self):
        for name, (model, values) in CHANGES.items():
            with self.subTest(name=name):
                rows = model.objects.filter(pk=self.rows[model].pk)
                self.breaks(name, lambda: rows.update(**values))  # noqa: B023

    def test_a_row_cannot_stand_twice(self):
        for name, (model, values) in COPIES.items():
            with self.subTest(name=name):
                self.breaks(name, lambda: self.copy(self.rows[model], values))  # noqa: B023

    def test_an_image_says_what_it_shows(self):
        self.breaks(
            "education_figure_image_has_alternative",
            lambda: Figure.objects.create(translation=self.rows[Translation], image=self.image, alt=""),
        )

    def test_two_publications_never_overlap(self):
        live = self.rows[Publication]
        again = {"starts_at": live.starts_at + datetime.timedelta(days=1)}
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.copy(live, again)
        if connection.vendor == "postgresql":
            self.breaks(
                "education_publication_windows_apart",
                lambda: self.copy(live, again | {"ends_at": live.starts_at + datetime.timedelta(days=2)}),
            )

    def test_no_rule_is_left_out(self):
        found = {
            constraint.name
            for model in apps.get_app_config("education").get_models()
            for constraint in model._meta.constraints
        }
        self.assertEqual(found, {*CHANGES, *COPIES, *ALONE})
