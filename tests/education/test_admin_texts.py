"""Writing a text in the admin: every save keeps a version, nothing typed is lost, what was taken out is told."""

import datetime

import time_machine
from django.urls import reverse

from portal.education import actions
from portal.education.models import Approval, Image, Reference, Translation
from tests.base import ClinicTestCase, at
from tests.education.test_actions import make_text
from tests.pumps.test_admin import sent

BODY = "<h2>First</h2><p>Words.</p><h2>Second</h2><p>More words.</p>"


class TextCase(ClinicTestCase):
    def setUp(self):
        self.text = make_text(body=BODY)
        self.first = actions.save_version(actor=self.edie, translation=self.text)
        self.url = reverse("admin:education_translation_change", args=[self.text.pk])
        self.sign_in(self.edie)

    def save(self, **changes):
        return self.client.post(self.url, sent(self.client.get(self.url)) | changes)

    def add(self, prefix, **fields):
        """Return what a browser posts for one more row of a part."""
        return {f"{prefix}-0-{name}": value for name, value in fields.items()}

    def errors(self, response):
        self.assertEqual(response.status_code, 200)
        return " ".join(str(error) for one in response.context["errors"] for error in one)


class SaveTests(TextCase):
    def test_a_save_keeps_a_version_with_its_reason(self):
        self.save(title="A better title", reason="Plainer title", _save="1")
        last = self.text.versions.latest("number")
        self.assertEqual(
            (last.number, last.content["title"], last.reason, last.saved_by),
            (2, "A better title", "Plainer title", self.edie),
        )

    def test_a_save_that_changes_nothing_keeps_no_version(self):
        body = self.first.content["body"]
        response = self.save(_save="1")
        self.assertEqual(response.status_code, 302)
        # The text of the test came without line breaks; the form writes its canonical form, once.
        self.assertEqual(self.text.versions.filter(content__body=body).count(), 1)
        self.save(_save="1")
        self.assertEqual(self.text.versions.count(), 2)

    def test_a_shipped_text_that_is_saved_untouched_keeps_its_words(self):
        for path in ("learn/benefits-risks", "learn/questions/surgery", "help/alarm", "learn/system"):
            for text in Translation.objects.filter(page__path=path):
                with self.subTest(text=str(text)):
                    url = reverse("admin:education_translation_change", args=[text.pk])
                    response = self.client.post(url, sent(self.client.get(url)) | {"_save": "1"})
                    self.assertEqual(response.status_code, 302)
                    self.assertEqual(text.versions.count(), 1)

    def test_what_was_taken_out_is_told(self):
        response = self.client.post(
            self.url,
            sent(self.client.get(self.url)) | {"body": "<p onclick=x>a<script>b</script></p>", "_save": "1"},
            follow=True,
        )
        self.assertContains(response, "Taken out with what stood in them: script.")
        self.assertContains(response, "Properties of marks were taken out: onclick.")
        self.text.refresh_from_db()
        self.assertEqual(self.text.body, "<p>a</p>\n")

    def test_the_buttons_lead_on(self):
        for button, where in (
            ("_save", self.url),
            ("_preview", reverse("admin:education_page_preview_en", args=[self.text.page_id])),
            ("_publish", reverse("admin:education_translation_publish", args=[self.text.pk])),
        ):
            with self.subTest(button):
                self.assertRedirects(self.save(**{button: "1"}), where)

    def test_what_was_typed_stays_when_it_is_refused(self):
        response = self.save(title="", body="<p>typed<script>x</script></p>", _save="1")
        self.assertIn("Title is missing. Fill it in.", self.errors(response))
        self.assertContains(response, "&lt;p&gt;typed&lt;script&gt;")
        self.assertEqual(self.text.versions.count(), 1)

    def test_hidden_characters_in_plain_fields_are_refused_by_name(self):
        for typed in ("Pain \u202eenola", "a\x00b", "a\u200bb"):
            with self.subTest(repr(typed)):
                self.assertIn("Title", self.errors(self.save(title=typed, _save="1")))
        self.save(title="Zoe\u0308 <script>{{7*7}}</script> 田中", _save="1")
        self.text.refresh_from_db()
        self.assertEqual(self.text.title, "Zoë <script>{{7*7}}</script> 田中")
        self.assertNotContains(self.client.get(self.url), "<script>{{7*7}}")

    def test_what_is_too_long_is_refused_by_name(self):
        found = self.errors(self.save(title="x" * 500, _save="1"))
        self.assertRegex(found, "Title is too long: it has 500 characters, and [0-9]+ fit")

    def test_the_second_of_two_editors_is_told_and_loses_nothing(self):
        begun = sent(self.client.get(self.url))
        self.save(title="Theirs", _save="1")
        response = self.client.post(self.url, begun | {"title": "Mine", "_save": "1"})
        self.assertIn("Edie Moss saved version 2 while you were writing", self.errors(response))
        self.assertContains(response, 'value="Mine"')
        again = self.client.post(self.url, sent(response) | {"title": "Mine", "_save": "1"})
        self.assertEqual(again.status_code, 302)
        self.text.refresh_from_db()
        self.assertEqual(self.text.title, "Mine")

    def test_a_text_is_begun_for_a_page_and_a_language(self):
        url = reverse("admin:education_translation_add") + f"?page={self.text.page_id}&language=es"
        page = self.client.get(url)
        self.client.post(url, sent(page) | {"title": "Una página", "body": "<p>Hola.</p>", "_save": "1"})
        text = Translation.objects.get(page=self.text.page, language="es")
        self.assertEqual((text.title, text.versions.count()), ("Una página", 1))
        twice = self.client.post(url, sent(page) | {"title": "Otra", "_save": "1"})
        self.assertIn("already exists", self.errors(twice))


class PartTests(TextCase):
    CARD = {"level": "urgent", "heading": "Call now if:", "items": "a\nb", "closing": "", "after": "second"}

    def test_a_care_card_is_a_form(self):
        self.save(**self.add("carecard_set", **self.CARD), _save="1")
        card = self.text.versions.latest("number").content["care_cards"]
        self.assertEqual(
            card, [{"level": "urgent", "heading": "Call now if:", "items": ["a", "b"], "after": "second"}]
        )

    def test_one_card_of_each_level(self):
        rows = self.add("carecard_set", **self.CARD)
        rows |= {name.replace("-0-", "-1-"): value for name, value in rows.items()}
        response = self.save(**rows, **{"carecard_set-TOTAL_FORMS": "2"}, _save="1")
        self.assertIn("urgent", response.content.decode())
        self.assertFalse(self.text.carecard_set.exists())

    def test_a_part_follows_the_heading_it_stands_after(self):
        self.save(**self.add("carecard_set", **self.CARD), _save="1")
        self.save(body=BODY.replace("Second", "Another name"), _save="1")
        self.assertEqual(self.text.carecard_set.get().after, "another-name")

    def test_a_part_whose_heading_is_gone_asks_where_to_stand(self):
        self.save(**self.add("carecard_set", **self.CARD), _save="1")
        response = self.save(body="<h2>First</h2><p>Words.</p>", _save="1")
        self.assertIn("no longer in the text", self.errors(response))
        self.assertContains(response, "after “Second”, which is gone")
        self.assertEqual(self.text.carecard_set.get().after, "second")

    def test_answers_are_cleaned_and_told(self):
        row = {"question": "Who?", "anchor": "who", "answer": "<p>Me<img src=//x></p>"}
        response = self.client.post(
            self.url,
            sent(self.client.get(self.url)) | self.add("question_set", **row) | {"_save": "1"},
            follow=True,
        )
        self.assertContains(response, "Who?: Images were taken out")
        self.assertEqual(self.text.question_set.get().answer, "<p>Me</p>\n")

    def test_an_empty_answer_and_a_wrong_id_are_refused(self):
        for row, told in (
            ({"question": "Who?", "anchor": "who", "answer": "<p><br></p>"}, "Answer is missing"),
            ({"question": "Who?", "anchor": "Who is", "answer": "<p>Me</p>"}, "small letters"),
        ):
            self.assertIn(told, self.errors(self.save(**self.add("question_set", **row), _save="1")))

    def test_an_id_that_is_left_empty_comes_from_the_question(self):
        row = {"question": "¿A quién llamo?", "anchor": "", "answer": "<p>Me</p>"}
        self.save(**self.add("question_set", **row), _save="1")
        self.assertEqual(self.text.question_set.get().anchor, "a-quien-llamo")

    def test_forty_questions_are_one_form(self):
        rows = {"question_set-TOTAL_FORMS": "40"}
        for i in range(40):
            rows |= {
                f"question_set-{i}-question": f"Question {i}?",
                f"question_set-{i}-answer": "<p>Yes.</p>",
            }
        self.assertEqual(self.save(**rows, _save="1").status_code, 302)
        self.assertEqual(self.save(_save="1").status_code, 302)
        self.assertEqual(self.text.question_set.count(), 40)

    def test_a_source_is_chosen_by_its_key(self):
        Reference.objects.create(key="smith-test", title="A paper", taken_en="x", taken_es="x")
        for typed in ("smith-test", "smith-test: A paper"):
            self.text.citation_set.all().delete()
            response = self.save(**self.add("citation_set", reference=typed), _save="1")
            self.assertEqual(response.status_code, 302)
            self.assertEqual(self.text.citation_set.get().reference_id, "smith-test")
        wrong = self.save(**self.add("citation_set", reference="smith-1999"), _save="1")
        self.assertContains(wrong, "the library has no source “smith-1999”")
        self.assertContains(
            self.save(**self.add("citation_set", reference="a\0b"), _save="1"), "has no source"
        )

    def test_a_comparison_takes_plain_numbers_that_fit(self):
        row = {
            "heading": "Relief", "measure": "people", "outcome": "were better", "of": "100", "first_label": "Pump",
            "first": "85", "second_label": "Tablets", "second": "71", "finding": "edge", "source": "", "after": "",
        }  # fmt: skip
        for name, typed in (("first", "٨٥"), ("first", "8.5"), ("of", "99999"), ("second", "-1")):
            with self.subTest(name=name, typed=typed):
                told = self.errors(self.save(**self.add("comparison_set", **row | {name: typed}), _save="1"))
                self.assertIn("whole number", told)
        told = self.save(**self.add("comparison_set", **row | {"first": "101"}), _save="1")
        self.assertContains(told, "Neither number can be more than")
        self.assertEqual(self.save(**self.add("comparison_set", **row), _save="1").status_code, 302)

    def test_a_figure_is_a_drawing_or_an_image(self):
        self.assertContains(
            self.save(**self.add("figure_set", caption="None chosen"), _save="1"),
            "Choose a drawing or an image",
        )
        self.save(**self.add("figure_set", drawing="pump"), _save="1")
        self.assertEqual(self.text.versions.latest("number").content["figures"], [{"drawing": "pump"}])

    def test_an_image_brings_its_text_alternative(self):
        image = Image.objects.create(
            title="A pump", alt_en="A round pump.", alt_es="Una bomba.", width=1, height=1
        )
        self.save(**self.add("figure_set", image=str(image.pk)), _save="1")
        self.assertEqual(self.text.figure_set.get().alt, "A round pump.")

    def test_rows_without_a_number_come_last(self):
        rows = {"callout_set-TOTAL_FORMS": "2"}
        rows |= self.add("callout_set", heading="B", text="b", position="")
        rows |= {"callout_set-1-heading": "A", "callout_set-1-text": "a", "callout_set-1-position": "1"}
        self.save(**rows, _save="1")
        headings = [one["heading"] for one in self.text.versions.latest("number").content["callouts"]]
        self.assertEqual(headings, ["A", "B"])

    def test_what_was_found_wrong_stands_beside_the_form(self):
        self.save(body="<p>Take 0.50 mg.</p>", _save="1")
        page = self.client.get(self.url)
        self.assertContains(page, "Reads at grade")
        self.assertContains(page, "found--error")


@time_machine.travel(at("2026-11-23"))
class PublishTests(TextCase):
    def setUp(self):
        super().setUp()
        self.publish_url = reverse("admin:education_translation_publish", args=[self.text.pk])

    def publish(self, **form):
        last = self.text.versions.latest("number").number
        data = {"when": "now", "zone": "America/Chicago", "read": "on", "version": last, **form}
        return self.client.post(self.publish_url, data)

    def day(self, name, day):
        year, month, date = day.split("-")
        return {f"{name}_month": str(int(month)), f"{name}_day": str(int(date)), f"{name}_year": year}

    def test_now(self):
        self.assertRedirects(self.publish(), self.url)
        self.assertContains(self.client.get(self.url), "Public since")
        self.assertContains(self.client.get("/learn/try/"), "A page")

    def test_scheduled_is_never_called_public(self):
        times = {"start_time": "9:00 a.m.", "end_time": "5:00 p.m."}
        self.publish(
            when="later", **self.day("start_day", "2026-12-01"), **self.day("end_day", "2026-12-02"), **times
        )
        page = self.client.get(self.url)
        self.assertContains(page, "Scheduled: public from 01-Dec-2026, 10:00\xa0a.m. (New York time)")
        self.assertNotContains(page, "Public since")
        one = self.text.publications.get()
        self.assertEqual((one.starts_at, one.ends_at), (at("2026-12-01", 9), at("2026-12-02", 17)))
        with time_machine.travel(at("2026-12-01", 9)):
            self.sign_in(self.edie)
            self.assertContains(self.client.get(self.url), "Public since")
        with time_machine.travel(at("2026-12-02", 17)):
            self.sign_in(self.edie)
            self.assertContains(self.client.get(self.url), "Not public: it ended")

    def test_the_zone_of_the_clock_is_chosen(self):
        self.publish(
            when="later",
            zone="America/New_York",
            start_time="9:00 a.m.",
            **self.day("start_day", "2026-12-01"),
        )
        self.assertEqual(self.text.publications.get().starts_at, at("2026-12-01", 8))

    def test_refusals_stand_beside_their_fields(self):
        for form, told in (
            ({"when": "later"}, "Give the day and the time"),
            ({**self.day("start_day", "2026-12-01"), "start_time": "9:00 a.m."}, "A start is given below"),
            ({"when": "later", **self.day("start_day", "2026-12-01")}, "Give the day and the time"),
            ({"when": "later", **self.day("start_day", "2026-02-30")}, "does not exist in 2026"),
            ({**self.day("end_day", "2026-11-01"), "end_time": "9:00 a.m."}, "end must be after the start"),
            (
                {"when": "later", **self.day("start_day", "2027-03-14"), "start_time": "2:30 a.m."},
                "go forward",
            ),
            (
                {"when": "later", **self.day("start_day", "2027-11-07"), "start_time": "1:30 a.m."},
                "comes twice",
            ),
            ({"zone": "Mars/Base"}, "valid choice"),
        ):
            with self.subTest(told):
                response = self.publish(**form)
                self.assertContains(response, told, status_code=422)
        self.assertFalse(self.text.publications.exists())

    def test_what_was_found_wrong_is_read_before_it_is_published(self):
        self.save(body="<p>Take 0.50 mg.</p>", _save="1")
        self.assertContains(self.publish(read=""), "then tick this box", status_code=422)
        self.assertFalse(self.text.publications.exists())
        self.assertRedirects(self.publish(), self.url)

    def test_a_page_for_tonight_offers_no_end(self):
        self.text.page.layout = "alarm"
        self.text.page.save()
        self.assertNotContains(self.client.get(self.publish_url), "end_day")

    def test_an_earlier_version_is_seen_and_restored_in_one_step(self):
        self.save(title="Worse", _save="1")
        listed = self.client.get(reverse("admin:education_translation_versions", args=[self.text.pk]))
        self.assertContains(listed, "Restore version 1")
        seen = self.client.get(reverse("admin:education_version_show", args=[self.first.pk]))
        self.assertContains(seen, "<h1>A page</h1>")
        where = reverse("admin:education_version_restore", args=[self.first.pk])
        self.assertEqual(self.client.get(where).status_code, 405)
        self.assertRedirects(self.client.post(where), self.url)
        self.text.refresh_from_db()
        self.assertEqual((self.text.title, self.text.versions.latest("number").number), ("A page", 3))

    def test_a_named_person_checks_a_version(self):
        url = reverse("admin:education_translation_check", args=[self.text.pk])
        form = {"name": "Dr. Lee", "role": "pain physician", "clinic": str(self.oak.pk), "version": "1"}
        today = self.oak.today()
        dates = self.day("approved_on", today.isoformat())
        following = self.day("next_review_on", (today + datetime.timedelta(days=365)).isoformat())
        same_day = self.client.post(url, form | dates | self.day("next_review_on", today.isoformat()))
        self.assertContains(same_day, "must be after this one", status_code=422)
        self.assertRedirects(self.client.post(url, form | dates | following), self.url)
        self.publish()
        self.assertContains(
            self.client.get("/learn/try/"), "Checked by Dr. Lee, pain physician, Oak Street Clinic"
        )

    def test_what_a_colleague_saved_meanwhile_is_neither_published_nor_vouched_for_unread(self):
        self.save(title="Not read yet", _save="1")
        self.assertContains(self.publish(version="1"), "Version 2 was saved after", status_code=422)
        self.assertContains(self.publish(version=""), "Version 2 was saved after", status_code=422)
        self.assertFalse(self.text.publications.exists())
        url = reverse("admin:education_translation_check", args=[self.text.pk])
        dates = self.day("approved_on", "2026-11-20") | self.day("next_review_on", "2027-11-20")
        refused = self.client.post(url, {"name": "Dr. Lee", "role": "physician", "version": "1"} | dates)
        self.assertContains(refused, "Version 2 was saved after", status_code=422)
        self.assertEqual(refused.context["form"]["version"].value(), "2")
        self.assertFalse(Approval.objects.exists())


class PreviewTests(TextCase):
    def preview(self, code="en"):
        return self.client.get(reverse(f"admin:education_page_preview_{code}", args=[self.text.page_id]))

    def test_a_draft_is_seen_as_readers_will_see_it(self):
        spanish = make_text(language="es", title="Una página", body="<h2>Uno</h2><p>Hola.</p>")
        page = self.preview()
        for words in ("Preview: not public.", '<h2 id="first">First</h2>', "Español"):
            self.assertContains(page, words)
        self.assertEqual(page["X-Robots-Tag"], "noindex")
        self.assertIn("no-store", page["Cache-Control"])
        other = self.preview("es")
        self.assertContains(other, f"<h1>{spanish.title}</h1>")
        self.assertContains(other, '<html lang="es">')
        self.assertEqual(self.client.get("/learn/try/").status_code, 404)

    def test_a_language_without_a_text_has_no_preview(self):
        self.assertEqual(self.preview("es").status_code, 404)

    def test_every_layout_has_a_preview(self):
        for layout in self.text.page.Layout.values:
            with self.subTest(layout):
                self.text.page.layout = layout
                self.text.page.save()
                self.assertContains(self.preview(), "Preview: not public.")
