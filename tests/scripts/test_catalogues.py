"""The Spanish catalogue's keeper, on a small project of its own."""

import gettext

import catalogues
import pytest

PAGE = """{% load i18n %}<h1>{% translate "Refill" %}</h1>
{% blocktranslate count days=n %}{{ days }} day{% plural %}{{ days }} days{% endblocktranslate %}
<p>{% translate "May" context "month" %}</p>{# {% translate "not this" %} #}"""
CODE = 'from django.utils.translation import gettext_lazy as _\n\nTITLE = _("Pump of %(name)s")\n'


@pytest.fixture
def root(tmp_path):
    for name, text in {"templates/page.html": PAGE, "portal/views.py": CODE}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    catalogues.update(tmp_path)
    return tmp_path


def po(root):
    return root / "locale/es/LC_MESSAGES/django.po"


def translate(root, **changes):
    """Write translations into the catalogue as a translator would, and compile it."""
    text = po(root).read_text()
    given = {"Refill": "Recarga", "Pump of %(name)s": "Bomba de %(name)s", "May": "mayo"} | changes
    for original, translation in given.items():
        text = text.replace(f'msgid "{original}"\nmsgstr ""', f'msgid "{original}"\nmsgstr "{translation}"')
    text = text.replace('msgstr[0] ""', 'msgstr[0] "%(days)s día"').replace(
        'msgstr[1] ""', 'msgstr[1] "%(days)s días"'
    )
    po(root).write_text(text)
    catalogues.update(root)


def test_update_collects_templates_and_code(root):
    text = po(root).read_text()
    assert 'msgid "Refill"' in text and 'msgid "Pump of %(name)s"' in text
    assert 'msgctxt "month"' in text and 'msgid_plural "%(days)s days"' in text
    assert "not this" not in text


def test_untranslated_texts_are_named(root):
    wrong = catalogues.check(root)
    assert len(wrong) == 4
    assert "es: “Refill” (templates/page.html) is not translated" in wrong


def test_a_complete_catalogue_passes_and_translates(root):
    translate(root)
    assert catalogues.check(root) == []
    texts = gettext.translation("django", root / "locale", ["es"])
    assert texts.gettext("Refill") == "Recarga"
    assert texts.pgettext("month", "May") == "mayo"
    assert texts.ngettext("%(days)s day", "%(days)s days", 2) == "%(days)s días"


def test_a_second_update_changes_nothing(root):
    translate(root)
    before = [path.read_bytes() for path in sorted(po(root).parent.iterdir())]
    catalogues.update(root)
    assert [path.read_bytes() for path in sorted(po(root).parent.iterdir())] == before


def test_a_new_text_is_missed(root):
    translate(root)
    (root / "templates/new.html").write_text('{% load i18n %}{% translate "Alarm" %}')
    assert catalogues.check(root) == [
        "es: “Alarm” (templates/new.html) is not in the catalogue: make messages"
    ]


def test_a_changed_text_is_kept_as_fuzzy_until_checked(root):
    translate(root)
    (root / "portal/views.py").write_text(CODE.replace("Pump of", "The pump of"))
    catalogues.update(root)
    assert catalogues.check(root) == [
        "es: “The pump of %(name)s” (portal/views.py) is marked fuzzy: check it and remove the mark"
    ]


def test_a_lost_placeholder_is_found(root):
    translate(root, **{"Pump of %(name)s": "Bomba"})
    assert catalogues.check(root) == [
        "es: “Pump of %(name)s” (portal/views.py) has other placeholders than the original: %(name)s"
    ]


def test_an_uncompiled_change_is_found(root):
    translate(root)
    po(root).write_text(po(root).read_text().replace("Recarga", "Relleno"))
    assert catalogues.check(root) == ["es: django.mo is older than django.po: make messages"]
