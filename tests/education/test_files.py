"""Pages as files: the same bytes for the same words, whatever the words are; in and out of the database."""

import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from portal.audit.models import Event
from portal.education import actions, images, rows
from portal.education.content import Callout, CareCard, Comparison, Content, Figure, Question
from portal.education.filing import bare_images, files, shipped
from portal.education.filing import bundle as bundles
from portal.education.filing.files import Wrong, dump, parse
from portal.education.models import Image, Page, Publication, Reference, Term, TermText, Translation, Version
from tests.base import ClinicTestCase

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=40)
SOME = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=40)
RICH = st.one_of(
    TEXT,
    st.lists(st.sampled_from(["<p>a “b” 'c'</p>", "<ul>", "<li>d</li>", "</ul>", "'''", '"""', "\\"])).map(
        "\n".join
    ),
    st.lists(SOME).map(lambda texts: "".join(f"<p>{text}</p>\n" for text in texts)),
)
TEXTS = st.lists(SOME, max_size=3).map(tuple)
NUMBER = st.integers(0, 1000)
CONTENT = st.builds(
    Content,
    title=SOME,
    menu_title=TEXT,
    lead=TEXT,
    description=TEXT,
    body=RICH,
    ask=TEXTS,
    sources=TEXTS,
    care_cards=st.lists(st.builds(CareCard, TEXT, TEXT, TEXTS, TEXT, TEXT), max_size=3).map(tuple),
    callouts=st.lists(st.builds(Callout, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    figures=st.lists(st.builds(Figure, TEXT, TEXT, TEXT, NUMBER, NUMBER, TEXT, TEXT), max_size=2).map(tuple),
    comparisons=st.lists(
        st.builds(Comparison, TEXT, TEXT, TEXT, TEXT, NUMBER, TEXT, NUMBER, TEXT, NUMBER, TEXT, TEXT, TEXT),
        max_size=2,
    ).map(tuple),
    questions=st.lists(st.builds(Question, TEXT, TEXT, RICH), max_size=3).map(tuple),
)


@given(CONTENT)
def test_any_content_comes_back_from_its_file(content):
    text = dump(content)
    assert parse(text, "a.toml") == content
    assert dump(parse(text, "a.toml")) == text


def test_a_file_is_easy_to_read():
    page = Content(
        title="A page",
        lead="He said “go”.",
        body='<h2>One</h2>\n<p>See <a href="/learn/">the "hub"</a>.</p>\n',
        ask=("Why?",),
        callouts=(Callout("Keep it", "Always.", after="one"),),
    )
    assert dump(page) == (
        'title = "A page"\n'
        'lead = "He said “go”."\n'
        "body = '''\n"
        "<h2>One</h2>\n"
        '<p>See <a href="/learn/">the "hub"</a>.</p>\n'
        "'''\n"
        'ask = [\n    "Why?",\n]\n'
        "\n[[callouts]]\n"
        'heading = "Keep it"\ntext = "Always."\nafter = "one"\n'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "a.toml: Invalid value"),
        ('lead = "A"', "a.toml: title: missing"),
        ("title = 5", "a.toml: title: must be a text"),
        ('title = "A"\nask = "B"', "a.toml: ask: must be a list"),
        ('title = "A"\nask = ["B", 5]', "a.toml: ask[2]: must be a text"),
        ('title = "A"\ncolour = "red"', "a.toml: colour: no such field"),
        ('title = "A"\ncallouts = ["B"]', "a.toml: callouts[1]: must be a table"),
        ('title = "A"\n[[callouts]]\nheading = "B"', "a.toml: callouts[1].text: missing"),
        (
            'title = "A"\n[[callouts]]\nheading = "B"\ntext = "C"\nicon = "!"',
            "a.toml: callouts[1].icon: no such field",
        ),
        ('title = "A"\n[callouts]\nheading = "B"', "a.toml: callouts: must be a list"),
        ('title = "A"\n[[comparisons]]\nfirst = "85"', "a.toml: comparisons[1].heading"),
    ],
)
def test_what_is_wrong_names_file_and_field(text, said):
    with pytest.raises(Wrong) as wrong:
        parse(text, "a.toml")
    assert str(wrong.value).startswith(said)


REF = "ab" * 16


def folder_of(**texts):
    folder = Path(tempfile.mkdtemp())
    for name, text in texts.items():
        place = folder / name.replace("__", "/").replace("_toml", ".toml")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


def test_a_folder_tells_everything_that_is_wrong_at_once():
    folder = folder_of(
        tree_toml='[[pages]]\npath = "a/b"\n[[pages]]\npath = "Bad One"\n[[pages]]\npath = "c"\n[[pages]]\npath = "c"',
        references_toml='[[references]]\nkey = "a"',
        glossary_toml='[[words]]\nkey = "a"',
        en__c_toml="title = 5",
        es__d_toml='title = "D"',
        images__images_toml=f'[[images]]\nref = "{REF}"\nfile = "ab.png"\ntitle = "A"\nalt_en = "A"\nalt_es = "A"',
    )
    _bundle, problems = bundles.read(folder)
    assert problems == [
        "references.toml: references[1].title, taken_en, taken_es: missing",
        "glossary.toml: words: no such field",
        "en/c.toml: title: must be a text",
        "tree.toml: a/b: path: the page above it must come before it",
        "tree.toml: Bad One: path: small letters, digits, hyphens and slashes only",
        "tree.toml: c: path: twice",
        "es/d.toml: tree.toml has no page d",
        f"images/images.toml: {REF}: file: ab.png is not there",
    ]


def test_a_help_page_keeps_its_layout_and_no_other_page_has_it():
    for page in (
        files.PageSettings("help/alarm", layout="article"),
        files.PageSettings("learn", layout="emergency"),
    ):
        bundle = bundles.Bundle(pages=[files.PageSettings("help", layout="folder"), page])
        said = "layout: the help pages keep theirs, and no other page has it"
        assert list(bundles.inconsistent(bundle)) == [f"tree.toml: {page.path}: {said}"]


def test_what_nobody_can_see_is_named():
    content = Content(title="a\0b", body="<p>\u202e</p>\n", ask=("Soft\u200dhand", "right\u202eleft"))
    bundle = bundles.Bundle(pages=[files.PageSettings("learn")], texts={("learn", "en"): content})
    assert list(bundles.inconsistent(bundle)) == [
        "en/learn.toml: title: holds U+0000, which cannot be seen",
        "en/learn.toml: ask: holds U+202E, which cannot be seen",
    ]


def test_a_folder_of_nonsense_is_told_and_not_fallen_over(tmp_path):
    (tmp_path / "en/folder.toml").mkdir(parents=True)
    (tmp_path / "en/deep.toml").write_text(f"title = {'[' * 3000}{']' * 3000}\n")
    _bundle, wrong = bundles.read(tmp_path)
    assert wrong == ["en/deep.toml: lists within lists without end"]


def test_an_address_of_the_portals_own_is_refused():
    tree = '[[pages]]\npath = "learn"\n[[pages]]\npath = "learn/search"'
    _bundle, problems = bundles.read(folder_of(tree_toml=tree, references_toml="", glossary_toml=""))
    assert "tree.toml: learn/search: path: the portal uses a part of it itself" in problems


def picture(kind="PNG", **saved):
    out = io.BytesIO()
    Pillow.linear_gradient("L").convert("RGB").save(out, kind, **saved)
    return out.getvalue()


class BareImageTests(ClinicTestCase):
    def taken(self, data):
        image = Image(title="A", alt_en="A", alt_es="A")
        bare_images.take_back(image, data)
        return image.file.read()

    def test_what_we_wrote_is_kept_byte_for_byte(self):
        for kind in ("PNG", "WEBP"):
            ours = images.prepare(ContentFile(picture(kind))).read()
            self.assertEqual(self.taken(ours), ours)

    def test_what_tells_of_the_camera_is_made_anew(self):
        exif = Pillow.Exif()
        exif[0x010F] = "Camera maker"
        for data in (picture("PNG", exif=exif), picture("WEBP", exif=exif), picture("JPEG", exif=exif)):
            self.assertIn(b"Camera maker", data)
            self.assertNotIn(b"Camera maker", self.taken(data))

    def test_nothing_hides_behind_the_pixels(self):
        for kind in ("PNG", "WEBP"):
            data = picture(kind) + b"<script>alert(1)</script>"
            self.assertNotIn(b"script", self.taken(data))


def empty_database():
    """Leave no page, reference, word or image."""
    Publication.objects.all().delete()
    Version.objects.all().delete()
    Translation.objects.all().delete()
    for page in Page.objects.order_by("-path"):
        page.delete()
    for model in (Reference, TermText, Term, Image):
        model.objects.all().delete()


def written(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.glob("**/*")
        if path.is_file()
    }


class TransferTests(ClinicTestCase):
    def export(self, *options):
        folder = Path(tempfile.mkdtemp())
        call_command("export_content", folder, *options, stdout=io.StringIO())
        return folder

    def bring(self, folder, *options):
        out = io.StringIO()
        call_command("import_content", folder, *options, stdout=out)
        return out.getvalue()

    def edit(self, path="learn/what-is-it", language="en", **said):
        text = Translation.objects.get(page__path=path, language=language)
        rows.write(text, replace(rows.read(text), **said))
        return actions.save_version(actor=self.edie, translation=text)

    def test_the_shipped_files_are_their_own_export(self):
        self.assertEqual(written(self.export()), written(shipped.FOLDER))
        self.assertEqual(written(self.export("--live")), written(shipped.FOLDER))

    def test_an_import_into_nothing_exports_the_same_bytes(self):
        image = images.store(
            ContentFile(picture()), title="A", alt_en="A line.", alt_es="Una línea.", by=self.edie
        )
        Page.objects.filter(path="learn/system").update(position=99, grade=4, audience="patients")
        figure = Figure(image=image.ref.hex, alt="A line.", width=image.width, height=image.height)
        self.edit(figures=(figure,), lead="A “new” sentence.")
        before = self.export()
        empty_database()
        self.bring(before, "--as", "edie@portal.example")
        self.assertEqual(written(self.export()), written(before))
        self.assertEqual(Publication.objects.count(), 0)
        self.assertEqual(Version.objects.exclude(saved_by=self.edie).count(), 0)

    def test_a_second_import_changes_nothing(self):
        versions = Version.objects.count()
        self.assertIn("0 were added, 0 changed", self.bring(self.export()))
        self.assertEqual(Version.objects.count(), versions)

    def test_an_import_is_a_new_version_that_readers_see_only_with_publish(self):
        self.edit(lead="A newer sentence.")
        folder = self.export()
        actions.restore(
            actor=self.edie,
            version=Version.objects.get(
                translation__page__path="learn/what-is-it", translation__language="en", number=1
            ),
        )
        self.assertIn("changed: en/learn/what-is-it.toml", self.bring(folder))
        live = Publication.objects.filter(translation__page__path="learn/what-is-it", withdrawn_at=None)
        self.assertEqual(set(live.values_list("version__number", flat=True)), {1})
        self.bring(folder, "--publish")
        shown = live.filter(ends_at=None, translation__language="en").get()
        self.assertEqual((shown.version.number, shown.version.content["lead"]), (4, "A newer sentence."))
        self.assertTrue(Event.objects.filter(action="education.imported").exists())

    def test_a_dry_run_says_what_would_change(self):
        folder = self.export()
        place = folder / "en/learn/what-is-it.toml"
        place.write_text(place.read_text().replace("What is a pain pump?", "What is a pump?"))
        self.assertIn("1 changed", said := self.bring(folder, "--dry-run"))
        self.assertIn("would be", said)
        self.assertFalse(Translation.objects.filter(title="What is a pump?").exists())
        self.assertEqual(Version.objects.filter(translation__page__path="learn/what-is-it").count(), 2)

    def refused(self, folder):
        with self.assertRaises(CommandError) as refusal:
            self.bring(folder)
        return str(refusal.exception)

    def test_one_wrong_file_keeps_everything_out(self):
        folder = self.export()
        good, bad = folder / "en/learn/what-is-it.toml", folder / "es/learn/system.toml"
        good.write_text(good.read_text().replace("What is a pain pump?", "What is a pump?"))
        bad.write_text(bad.read_text().replace("[[", "[[nowhere-", 1))
        said = self.refused(folder)
        self.assertIn("Nothing was imported", said)
        self.assertIn("es/learn/system.toml: ", said)
        self.assertFalse(Translation.objects.filter(title="What is a pump?").exists())

    def test_rows_that_the_database_would_refuse_are_named(self):
        for file, before, after, named in (
            ("tree.toml", "grade = 5", "grade = 12", "tree.toml: help/alarm: grade:"),
            ("references.toml", 'url = "https', 'url = "javascript', "references.toml: "),
            (
                "en/learn/what-is-it.toml",
                'level = "urgent"',
                'level = "soon"',
                "what-is-it.toml: care_cards.3: “level” cannot be “soon”.",
            ),
        ):
            folder = self.export()
            text = (folder / file).read_text()
            (folder / file).write_text(text.replace(before, after, 1))
            with self.subTest(file):
                self.assertIn(named, self.refused(folder))
        self.assertFalse(Event.objects.filter(action="education.imported").exists())

    def test_what_is_not_allowed_is_taken_out_and_told(self):
        folder = self.export()
        place = folder / "en/learn/what-is-it.toml"
        text = place.read_text().replace(
            "body = '''\n", "body = '''\n<script>alert(1)</script><p onclick='x'>Hi.</p>\n"
        )
        place.write_text(text.replace("onclick='x'", 'onclick="x"'))
        said = self.bring(folder)
        self.assertIn("taken out: en/learn/what-is-it.toml: ", said)
        body = Translation.objects.get(page__path="learn/what-is-it", language="en").body
        self.assertNotIn("script", body)
        self.assertNotIn("onclick", body)

    def test_it_needs_a_place_and_a_person(self):
        for call in (
            lambda: self.bring(Path("/nowhere")),
            lambda: self.bring(self.export(), "--as", "nobody@portal.example"),
            lambda: call_command("export_content", self.export()),
        ):
            with self.assertRaises(CommandError):
                call()
