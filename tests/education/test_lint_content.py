"""The command that checks pages: what it prints, what it fails on, what it rewrites."""

import io
import shutil
import tempfile
from pathlib import Path

from django.core.management import CommandError, call_command

from portal.education import actions, rows
from portal.education.filing import shipped
from portal.education.models import Translation
from tests.base import ClinicTestCase

PATH = "learn/what-is-it"
FILE = f"en/{PATH}.toml"


class LintContentTests(ClinicTestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp()) / "content"
        shutil.copytree(shipped.FOLDER, self.folder)

    def run_it(self, **options):
        """Return what it printed, and whether it failed; of one page unless told otherwise."""
        out = io.StringIO()
        try:
            call_command("lint_content", stdout=out, **{"folder": self.folder, "path": PATH, **options})
        except CommandError as error:
            return f"{out.getvalue()}{error}", True
        return out.getvalue(), False

    def change(self, before, after, file=FILE):
        text = (self.folder / file).read_text()
        self.assertIn(before, text)
        (self.folder / file).write_text(text.replace(before, after, 1))

    def test_what_ships_passes_without_a_database(self):
        with self.assertNumQueries(0):
            self.assertEqual(self.run_it(path="", errors=True), ("", False))

    def test_an_error_names_file_and_part(self):
        self.change("A pain pump sits", "A pain pump for medication sits")
        said, is_failed = self.run_it()
        self.assertTrue(is_failed)
        self.assertIn(f"error: {FILE}: lead: Write medicine, not “medication”.", said)
        self.assertIn("1 to mend.", said)

    def test_a_page_and_those_below_it(self):
        self.change("A pain pump sits", "A pain pump for medication sits")
        self.assertFalse(self.run_it(path="learn/system")[1])
        self.assertTrue(self.run_it(path="/learn/")[1])
        self.assertTrue(self.run_it(path="learn/what-is-it")[1])

    def test_a_grade_above_the_target_fails(self):
        place = 'path = "learn/safety-notices"\nposition = 11\n'
        self.change(f"{place}grade = 7", f"{place}grade = 3", "tree.toml")
        said, is_failed = self.run_it(path="learn/safety-notices", errors=True)
        self.assertTrue(is_failed)
        self.assertIn("warning: en/learn/safety-notices.toml: body: Reads at grade", said)

    def test_a_file_that_cannot_be_read_fails(self):
        self.change('title = "', "title = ")
        said, is_failed = self.run_it()
        self.assertTrue(is_failed)
        self.assertIn(f"error: {FILE}: ", said)

    def test_a_missing_language_fails(self):
        (self.folder / "es/learn/system.toml").unlink()
        self.assertIn(
            "error: es/learn/system.toml: file: The text is missing.", self.run_it(path="learn/system")[0]
        )

    def test_rewriting_brings_back_the_written_form(self):
        shipped_bytes = (self.folder / FILE).read_bytes()
        self.change("<h2>", "\n\n<h2>")
        self.change('title = "', 'title    =    "')
        self.assertIn(f"error: {FILE}: file: Not in its written form", self.run_it()[0])
        self.assertEqual(self.run_it(rewrite=True, errors=True), (f"written: {FILE}\n", False))
        self.assertEqual((self.folder / FILE).read_bytes(), shipped_bytes)

    def test_grades_stand_in_a_table(self):
        rows_shown = self.run_it(grades=True, path="help/alarm")[0].splitlines()
        self.assertEqual(rows_shown[0].split(), ["page", "target", "en", "es"])
        path, target, english, spanish = rows_shown[1].split()
        self.assertEqual((path, target), ("help/alarm", "5"))
        self.assertLessEqual(float(english), 5)
        self.assertLessEqual(float(spanish), 5)

    def test_the_texts_in_the_database(self):
        self.assertFalse(self.run_it(database=True)[1])
        text = Translation.objects.get(page__path="learn/what-is-it", language="en")
        text.lead = "A pump for medication."
        text.save()
        actions.save_version(actor=self.edie, translation=text)
        self.assertEqual(rows.read(text).lead, "A pump for medication.")
        self.assertIn(f"{FILE}: lead: Write medicine", self.run_it(database=True)[0])
