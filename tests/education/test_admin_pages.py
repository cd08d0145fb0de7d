"""The tree, the library and what readers sent, in the admin: who sees it, and what editors can do."""

import datetime
import io

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow

from portal.audit.models import Event
from portal.education import actions, voices
from portal.education.models import Feedback, Image, Page, Reference, Story, Term
from tests.base import ClinicTestCase
from tests.education.test_actions import make_text
from tests.pumps.test_admin import sent


def url(name, *args):
    return reverse(f"admin:education_{name}", args=args)


class AdminCase(ClinicTestCase):
    def setUp(self):
        self.text = make_text()
        self.page = self.text.page
        self.version = actions.save_version(actor=self.edie, translation=self.text)
        self.sign_in(self.edie)

    def errors(self, response):
        self.assertEqual(response.status_code, 200)
        return " ".join(str(error) for one in response.context["errors"] for error in one)

    def save(self, where, **changes):
        return self.client.post(where, sent(self.client.get(where)) | changes)


class EditorTests(AdminCase):
    def test_an_editor_lands_on_the_pages_and_sees_nothing_of_people(self):
        self.assertRedirects(self.client.get("/landing/"), "/admin/")
        index = self.client.get("/admin/").content.decode()
        self.assertIn("/admin/education/page/", index)
        for word in ("/admin/accounts", "/admin/pumps", "/admin/patients", "/worklist/"):
            self.assertNotIn(word, index)
        for name in ("accounts_user", "accounts_clinic", "accounts_membership", "pumps_drug"):
            with self.subTest(name):
                self.assertEqual(self.client.get(reverse(f"admin:{name}_changelist")).status_code, 403)

    def test_owners_are_editors_only(self):
        page = self.client.get(url("page_change", self.page.pk)).content.decode()
        self.assertIn("Edie Moss", page)
        self.assertIn("Sam Ito", page)
        for person in (self.nora, self.adam, self.dale_user):
            self.assertNotIn(person.name, page)

    def test_clinic_admins_and_others_have_no_way_in(self):
        for person in (self.adam, self.nora, self.osei, self.dale_user):
            self.sign_in(person)
            self.assertEqual(self.client.get(url("page_changelist")).status_code, 403)
            self.assertNotContains(self.client.get("/account/"), "/admin/education/")
        self.sign_in(self.adam)
        self.assertNotContains(self.client.get("/admin/"), "/admin/education/")

    def test_an_address_asks_nothing_that_is_no_filter(self):
        for name, query in (
            ("page", "owner__password__startswith=a"),
            ("reference", "key__startswith=a"),
            ("story", "reply_to__startswith=a"),
            ("feedback", "page__owner__email__startswith=a"),
            ("translation", "page__owner__email__startswith=a"),
        ):
            with self.subTest(query):
                listed = url(f"{name}_changelist")
                self.assertNotEqual(self.client.get(f"{listed}?{query}").status_code, 200)

    def test_what_is_asked_in_an_odd_way_breaks_nothing(self):
        for name, queries in (
            (
                "page",
                ("", "?needs=texts", "?needs=check", "?needs=x", "?layout=x", "?o=password", "?p=-1", "?p=१"),
            ),
            ("feedback", ("?state=new", "?state=x", "?page=x", "?page=99999999999999999999", "?o=1.-2")),
            ("story", ("?state=sent", "?o=reply_to")),
            ("reference", ("?q=%25", "?q=%00", "?o=-1")),
        ):
            for query in queries:
                with self.subTest(name=name, query=query):
                    response = self.client.get(url(f"{name}_changelist") + query)
                    self.assertIn(response.status_code, (200, 302, 400))


class TreeTests(AdminCase):
    def test_pages_stand_in_the_order_of_the_tree(self):
        top = Page.objects.get(path="learn")
        last = Page.objects.create(parent=top, slug="aaa-last", position=60000 // 2)
        below = Page.objects.create(parent=self.page, slug="zzz", position=5)
        listed = self.client.get(url("page_changelist")).content.decode()
        places = [listed.index(f"/{one.path}/<") for one in (top, self.page, below, last)]
        self.assertEqual(places, sorted(places))

    def test_states_are_words_that_match(self):
        self.assertContains(self.client.get(url("page_changelist") + "?q=try"), "A draft.")
        actions.publish(actor=self.edie, version=self.version)
        listed = self.client.get(url("page_changelist") + "?q=try")
        self.assertContains(listed, "public</a>")
        self.assertContains(listed, "not written yet")
        actions.withdraw(actor=self.edie, page=self.page, reason="Wrong number")
        listed = self.client.get(url("page_changelist") + "?q=try")
        self.assertContains(listed, "Not public: taken back on")
        self.assertContains(listed, "Wrong number")

    def test_a_check_that_is_overdue_is_marked(self):
        actions.publish(actor=self.edie, version=self.version)
        self.assertNotContains(self.client.get(url("page_changelist") + "?q=try"), "check overdue")
        with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=370)):
            self.sign_in(self.edie)
            self.assertContains(self.client.get(url("page_changelist") + "?q=try"), "check overdue")
            self.assertContains(self.client.get(url("page_change", self.page.pk)), "due for a check")

    def test_a_page_is_added_below_learn(self):
        where = url("page_add")
        top = Page.objects.get(path="learn")
        self.save(where, slug="new-page", parent=str(top.pk))
        self.assertEqual(Page.objects.get(slug="new-page").path, "learn/new-page")
        self.assertEqual(Event.objects.latest("id").action, "education.page_added")

    def test_places_that_make_no_sense_are_refused(self):
        where, top = url("page_add"), str(Page.objects.get(path="learn").pk)
        for form, told in (
            ({"slug": "search", "parent": top}, "The portal itself uses"),
            ({"slug": "Ünder", "parent": top}, "small letters"),
            ({"slug": "Two_words", "parent": top}, "small letters"),
            ({"slug": "try", "parent": top}, "There is a page at /learn/try/ already"),
            ({"slug": "x", "parent": ""}, "Below is missing"),
            ({"slug": "x", "parent": str(Page.objects.get(path="help/alarm").pk)}, "valid choice"),
            ({"slug": "x", "parent": top, "review_months": "٣"}, "whole number"),
            ({"slug": "x", "parent": top, "grade": "9"}, "from 3 to 8"),
            ({"slug": "x", "parent": top, "layout": "alarm"}, "valid choice"),
        ):
            with self.subTest(told, form=form):
                self.assertIn(told, self.errors(self.save(where, **form)))
        self.assertFalse(Page.objects.filter(slug="x").exists())

    def test_no_page_stands_below_itself_nor_too_deep(self):
        below = Page.objects.create(parent=self.page, slug="below")
        told = self.errors(self.save(url("page_change", self.page.pk), parent=str(below.pk)))
        self.assertIn("valid choice", told)
        for name in ("a", "b"):
            below = Page.objects.create(parent=below, slug=name)
        told = self.errors(self.save(url("page_add"), slug="c", parent=str(below.pk)))
        self.assertIn("too deep", told)

    def test_what_stands_below_a_page_moves_with_it_and_fits_too(self):
        below = Page.objects.create(parent=self.page, slug="b" * 60)
        deep = Page.objects.create(parent=below, slug="c" * 60)
        top = Page.objects.create(parent=Page.objects.get(path="learn"), slug="t" * 60)
        top = Page.objects.create(parent=top, slug="u" * 60)
        told = self.errors(self.save(url("page_change", self.page.pk), parent=str(top.pk)))
        self.assertIn("too long", told)
        deep.refresh_from_db()
        self.assertTrue(deep.path.startswith("learn/try/"))

    def test_the_first_page_of_all_stays_one(self):
        top = Page.objects.get(path="learn")
        self.save(url("page_change", top.pk), layout="folder")
        self.assertEqual(self.client.get("/learn/").status_code, 200)

    def test_an_address_changes_until_readers_have_seen_it(self):
        below = Page.objects.create(parent=self.page, slug="below")
        self.save(url("page_change", self.page.pk), slug="tried")
        below.refresh_from_db()
        self.assertEqual(below.path, "learn/tried/below")
        actions.publish(actor=self.edie, version=self.version)
        self.assertNotContains(self.client.get(url("page_change", self.page.pk)), 'name="slug"')
        self.client.post(url("page_change", self.page.pk), {"slug": "other", "position": "1"})
        self.page.refresh_from_db()
        self.assertEqual(self.page.slug, "tried")

    def test_a_wrong_page_is_taken_back_in_one_step(self):
        actions.publish(actor=self.edie, version=self.version)
        where = url("page_withdraw", self.page.pk)
        self.assertContains(self.client.post(where, {"reason": ""}), "Why is missing", status_code=422)
        self.assertContains(self.client.get("/learn/try/"), "A page")
        with self.captureOnCommitCallbacks(execute=True):
            done = self.client.post(where, {"reason": "Wrong"})
        self.assertRedirects(done, url("page_change", self.page.pk))
        self.assertEqual(self.client.get("/learn/try/").status_code, 410)

    def test_the_alarm_page_offers_no_way_back(self):
        Page.objects.filter(pk=self.page.pk).update(layout="alarm")
        actions.publish(actor=self.edie, version=self.version)
        self.assertNotContains(self.client.get(url("page_change", self.page.pk)), "Take this page back")
        where = url("page_withdraw", self.page.pk)
        self.assertContains(self.client.get(where), "never taken back")
        self.assertContains(self.client.post(where, {"reason": "x"}), "never taken back", status_code=422)


class LibraryTests(AdminCase):
    def test_a_reference_with_an_address_others_can_reach(self):
        where = url("reference_add")
        said = {"key": "a-paper", "title": "Paper", "taken_en": "It helps.", "taken_es": "Ayuda."}
        for typed in (
            "//evil.co",
            "http://169.254.169.254/",
            "ftp://a.example/",
            "https://localhost/",
            "javascript:x",
        ):
            with self.subTest(typed):
                self.assertIn("begins with https://", self.errors(self.save(where, **said, url=typed)))
        self.save(where, **said, url="https://www.fda.gov/a")
        one = Reference.objects.get(key="a-paper")
        self.assertEqual(one.url, "https://www.fda.gov/a")
        self.assertNotContains(self.client.get(url("reference_change", one.pk)), 'name="key"')

    def test_a_word_in_both_languages(self):
        where = url("term_add")
        rows = {
            f"texts-{i}-{name}": value
            for i, row in enumerate(
                (
                    {
                        "language": "en",
                        "word": "catheter",
                        "meaning": "A thin tube.",
                        "other_forms": "catheters",
                    },
                    {"language": "es", "word": "catéter", "meaning": "Un tubo delgado."},
                )
            )
            for name, value in row.items()
        }
        done = self.client.post(where, sent(self.client.get(where)) | {"key": "tube"} | rows)
        self.assertEqual(done.status_code, 302)
        self.assertEqual(Term.objects.get(key="tube").texts.count(), 2)
        missing = self.client.post(
            where, sent(self.client.get(where)) | {"key": "tube-2", "texts-0-word": "tube"}
        )
        self.assertEqual(missing.status_code, 200)
        self.assertFalse(Term.objects.filter(key="tube-2").exists())

    def upload(self, name="photo.png", **said):
        file = io.BytesIO()
        Pillow.new("RGB", (40, 30), "red").save(file, "PNG")
        content = said.pop("content", file.getvalue())
        form = {"title": "A scar", "alt_en": "A small scar", "alt_es": "Una cicatriz", **said}
        return self.client.post(url("image_add"), form | {"upload": SimpleUploadedFile(name, content)})

    def test_an_image_is_stored_with_both_alternatives(self):
        self.upload("../../x.png")
        image = Image.objects.get()
        self.addCleanup(image.file.delete, save=False)
        self.assertEqual((image.width, image.height, image.added_by), (40, 30, self.edie))
        self.assertIn(image.ref.hex, image.file.name)
        shown = self.client.get(url("image_change", image.pk))
        self.assertContains(shown, reverse("education:media", args=[image.ref]))
        self.assertNotContains(shown, 'type="file"')

    def test_what_is_no_image_is_refused(self):
        for response, told in (
            (self.upload(content=b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"), "SVG"),
            (self.upload(content=b"%PDF-1.7"), "PDF"),
            (self.upload(alt_es=""), "is missing. Fill it in."),
        ):
            self.assertContains(response, told)
        self.assertFalse(Image.objects.exists())


class StoryTests(AdminCase):
    def setUp(self):
        super().setUp()
        told = {"name": "Ana", "before": "<b>a</b>", "tried": "b", "now": "c", "not_well": "The scar hurt."}
        self.story = voices.send_story(language="en", told=told | {"reply_to": "ana@mail.example"})
        self.where = url("story_change", self.story.pk)
        self.clinician = {"clinician_name": "Dr. Lee", "clinician_role": "pain physician"}

    def test_it_is_read_with_its_consent(self):
        page = self.client.get(self.where)
        for words in ("The scar hurt.", "ana@mail.example", "can take it back", "&lt;b&gt;a"):
            self.assertContains(page, words)

    def test_it_is_published_by_two_readers_and_the_address_forgotten(self):
        self.assertContains(self.save(self.where, _publish="1"), "Name the clinician")
        self.save(self.where, _publish="1", **self.clinician)
        self.story.refresh_from_db()
        self.assertEqual(
            (self.story.state, self.story.editor, self.story.reply_to), ("published", self.edie, "")
        )
        self.assertEqual(Event.objects.latest("id").action, "education.story_published")
        self.client.post(self.where, {"_withdraw": "1"})
        self.story.refresh_from_db()
        self.assertEqual(self.story.state, "withdrawn")

    def test_it_is_declined_and_the_address_forgotten(self):
        self.save(self.where, _decline="1")
        self.story.refresh_from_db()
        self.assertEqual((self.story.state, self.story.reply_to), ("declined", ""))
        for readers in (self.clinician, {}):
            refused = self.client.post(self.where, {"_publish": "1", **readers}, follow=True)
            self.assertContains(refused, "decided on already")

    def test_what_its_teller_wrote_is_not_changed(self):
        self.save(self.where, _decline="1", before="Changed", state="published")
        self.story.refresh_from_db()
        self.assertEqual((self.story.before, self.story.state), ("<b>a</b>", "declined"))

    def test_an_ended_consent_publishes_nothing(self):
        Story.objects.filter(pk=self.story.pk).update(
            told_on=datetime.date(2020, 1, 1), consent_ends_on=datetime.date(2021, 1, 1)
        )
        refused = self.client.post(self.where, {"_publish": "1", **self.clinician}, follow=True)
        self.assertContains(refused, "consent to this story has ended")


class FeedbackTests(AdminCase):
    def setUp(self):
        super().setUp()
        for useful, comment in ((True, ""), (False, "Too long"), (True, "")):
            one = voices.send_feedback(page=self.page, language="en", was_useful=useful)
            voices.add_comment(feedback=one, comment=comment)
        self.one = Feedback.objects.get(comment="Too long")

    def test_answers_are_listed_and_counted_by_page(self):
        listed = self.client.get(url("feedback_changelist") + f"?state=new&page={self.page.pk}")
        self.assertContains(listed, "Too long")
        self.assertContains(listed, "New York time")
        self.assertContains(listed, "<td>2</td><td>3</td><td>3</td>")
        self.assertContains(self.client.get(url("page_changelist") + "?q=try"), "2 yes, 1 no")

    def test_one_is_done_with_a_note(self):
        self.save(url("feedback_change", self.one.pk), note="Shortened", comment="Changed")
        self.one.refresh_from_db()
        self.assertEqual((self.one.state, self.one.note, self.one.comment), ("done", "Shortened", "Too long"))


class LinkedPageTests(AdminCase):
    def test_pages_that_the_portal_leads_to_keep_their_layout(self):
        for path in ("learn/glossary", "learn/references", "learn/stories"):
            page = Page.objects.get(path=path)
            layout = page.layout
            self.save(url("page_change", page.pk), layout="folder")
            page.refresh_from_db()
            self.assertEqual(page.layout, layout)
