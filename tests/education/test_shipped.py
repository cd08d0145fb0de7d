"""The pages that ship: loaded once, renewed while nobody edited them, never against an editor's will."""

import datetime
import shutil
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.audit.models import Event
from portal.education import actions, rows
from portal.education.content import Content
from portal.education.filing import shipped
from portal.education.models import Page, Publication, Reference, SearchEntry, TermText, Translation, Version
from portal.education.showing import reading
from tests.base import ClinicTestCase
from tests.education.test_files import empty_database

PATH = "learn/what-is-it"
# Statements that load everything: a handful for each kind of row, not for each page.
FEW = 100


class ShippedTests(ClinicTestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp()) / "content"
        shutil.copytree(shipped.FOLDER, self.folder)

    def load(self, now=None):
        return shipped.load(self.folder, now)

    def newer(self, file=f"en/{PATH}.toml", said="A pain pump sits", says="A newer pump sits"):
        place = self.folder / file
        text = place.read_text()
        self.assertIn(said, text)
        place.write_text(text.replace(said, says, 1))

    def text(self, language="en"):
        return Translation.objects.get(page__path=PATH, language=language)

    def edit(self, lead="An editor wrote this."):
        text = self.text()
        text.lead = lead
        text.save()
        return actions.save_version(actor=self.edie, translation=text)

    def shown(self):
        found = reading.page_at(PATH, "en", timezone.now())
        return found and found.content.lead

    def state(self):
        models = (Page, Translation, Version, Publication, Reference, TermText, SearchEntry)
        return [model.objects.count() for model in models]

    def test_migrate_has_brought_every_page(self):
        for version in Version.objects.select_related("translation__page"):
            self.assertIsNone(version.saved_by)
            self.assertEqual(version.number, 1)
            self.assertEqual(rows.read(version.translation).to_dict(), version.content)
        self.assertEqual(Publication.objects.live(timezone.now()).count(), Version.objects.count())
        self.assertGreaterEqual(Version.objects.count(), 62)
        self.assertTrue(SearchEntry.objects.filter(publication__translation=self.text()).exists())

    def test_a_second_load_changes_nothing(self):
        before = self.state()
        events = Event.objects.count()
        self.assertEqual(str(self.load()), "")
        call_command("migrate", verbosity=0)
        self.assertEqual((self.state(), Event.objects.count()), (before, events))

    def test_an_empty_database_gets_everything_again(self):
        before = self.state()
        empty_database()
        with CaptureQueriesContext(connection) as asked:
            loaded = self.load()
        self.assertLess(len(asked), FEW)
        self.assertEqual(self.state(), before)
        self.assertEqual(len(loaded.added), Version.objects.count())

    def test_a_newer_file_replaces_what_nobody_edited(self):
        self.newer()
        self.assertEqual(self.load().renewed, [f"en/{PATH}.toml"])
        self.assertTrue(self.shown().startswith("A newer pump sits"))
        version = self.text().versions.order_by("-number").first()
        self.assertEqual((version.number, version.saved_by), (2, None))
        self.assertTrue(self.text().lead.startswith("A newer pump sits"))
        self.assertTrue(SearchEntry.objects.filter(publication__version=version).exists())
        self.assertEqual(str(self.load()), "")

    def test_an_edited_page_is_kept_and_said(self):
        version = self.edit()
        actions.publish(actor=self.edie, version=version)
        self.newer()
        self.assertEqual(str(self.load()), f"edited here, so kept as they are: en/{PATH}.toml")
        self.assertEqual(self.shown(), "An editor wrote this.")
        self.assertEqual(self.text().lead, "An editor wrote this.")

    def test_a_draft_is_kept_too(self):
        self.edit()
        self.newer()
        self.load()
        self.assertEqual(self.text().lead, "An editor wrote this.")
        self.assertTrue(self.shown().startswith("A pain pump sits"))

    def test_an_edited_page_whose_file_is_the_same_is_not_spoken_of(self):
        self.edit()
        self.assertEqual(str(self.load()), "")

    def test_a_page_that_was_taken_back_stays_back(self):
        actions.withdraw(actor=self.edie, page=self.text().page, reason="a wrong figure")
        self.load()
        self.assertIsNone(self.shown())
        self.newer()
        self.load()
        self.assertIsNone(self.shown())
        self.assertTrue(self.text().lead.startswith("A newer pump sits"))

    def test_a_planned_change_stays(self):
        version = self.text().versions.get()
        later = timezone.now() + datetime.timedelta(days=2)
        actions.publish(actor=self.edie, version=version, starts_at=later)
        self.newer()
        self.load()
        self.assertTrue(self.shown().startswith("A pain pump sits"))
        self.assertEqual(Publication.objects.coming(timezone.now()).count(), 1)

    def test_a_page_that_an_editor_moved_does_not_come_back(self):
        page = self.text().page
        page.slug = "the-pump"
        page.save()
        self.assertEqual(self.load().added, [])
        self.assertFalse(Page.objects.filter(path=PATH).exists())

    def test_settings_of_a_page_stay_as_the_editors_set_them(self):
        Page.objects.filter(path=PATH).update(position=77, grade=4)
        self.load()
        self.assertEqual(Page.objects.get(path=PATH).position, 77)

    def test_a_new_page_of_a_newer_release_comes_with_those_above_it(self):
        tree = self.folder / "tree.toml"
        tree.write_text(
            tree.read_text() + '\n[[pages]]\npath = "learn/new"\n\n[[pages]]\npath = "learn/new/page"\n'
        )
        for language in ("en", "es"):
            place = self.folder / language / "learn/new"
            place.mkdir()
            (place / "page.toml").write_text(f'title = "Page {language}"\n')
        self.assertEqual(self.load().added, ["en/learn/new/page.toml", "es/learn/new/page.toml"])
        self.assertEqual(Page.objects.get(path="learn/new/page").parent.parent.path, "learn")
        self.assertEqual(reading.page_at("learn/new/page", "es", timezone.now()).content, Content("Page es"))

    def test_a_reference_is_renewed_until_someone_edits_it(self):
        self.newer("references.toml", "Smith TJ, Staats", "Smith T, Staats")
        self.load()
        reference = Reference.objects.get(key="smith-2002")
        self.assertTrue(reference.authors.startswith("Smith T, Staats"))
        Reference.objects.filter(pk=reference.pk).update(authors="Smith and others")
        self.assertEqual(str(self.load()), "")
        self.newer("references.toml", "Smith T, Staats", "Smith, Staats")
        self.assertEqual(self.load().kept, ["reference smith-2002"])
        reference.refresh_from_db()
        self.assertEqual(reference.authors, "Smith and others")

    def test_a_word_is_renewed_and_found(self):
        text = TermText.objects.filter(language="en").order_by("word").first()
        self.newer("glossary.toml", text.meaning, "Quite another meaning.")
        self.load()
        text.refresh_from_db()
        self.assertEqual(text.meaning, "Quite another meaning.")
        self.assertEqual(SearchEntry.objects.get(term_text=text).text, "Quite another meaning.")

    def test_broken_files_change_nothing(self):
        before = self.state()
        self.newer(said='title = "', says="title = ")
        with self.assertRaises(shipped.Unreadable) as broken:
            self.load()
        self.assertIn(f"en/{PATH}.toml: ", str(broken.exception))
        self.assertEqual(self.state(), before)
