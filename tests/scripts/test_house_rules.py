"""The house's own rules: each finds what it is for, and leaves good templates alone."""

from pathlib import Path

import house_rules
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<p style="color: red">', "inline style"),
        ("<style>p {}</style>", "inline style"),
        ("<script>go()</script>", "inline script"),
        ('<button type="button" onclick="go()">', "inline handler"),
        ('<a href="javascript:go()">', "javascript:"),
        ("{{ text|safe }}", "escaping"),
        ("{% autoescape off %}", "escaping"),
        ('{% include "pumps/_dates.html" with cycle=cycle %}', "only"),
        ("0.5 µg", "mcg"),
        ("{{ cycle.filled_ml }}", "raw volume"),
        ("{{ program.daily_dose_mcg|floatformat }}", "raw volume"),
    ],
)
def test_a_broken_rule_is_found(text, words):
    found = house_rules.in_template("templates/page.html", f"<p>\n{text}")
    assert len(found) == 1 and words in found[0] and found[0].startswith("templates/page.html:2: ")


@pytest.mark.parametrize(
    "text",
    [
        "<script src=\"{% static 'portal/a.js' %}\"></script>",
        '<script type="application/json" id="a">{}</script>',
        '{% include "pumps/_dates.html" with cycle=cycle only %}',
        '{% include "pumps/_dates.html" only %}',
        "{{ cycle.filled_ml|ml }} {{ program.daily_dose_mcg|dose }}",
        '{# <p style="old"> #}{% comment %}{{ text|safe }}{% endcomment %}',
        "{{ text|safely }}",
    ],
)
def test_good_templates_pass(text):
    assert house_rules.in_template("templates/page.html", text) == []


def test_mails_may_hold_inline_styles_only():
    name = "templates/reminders/email/refill.html"
    assert house_rules.in_template(name, '<p style="color: red">') == []
    assert len(house_rules.in_template(name, "{{ text|safe }}")) == 1


def test_pure_modules_are_followed_through_their_imports(tmp_path):
    (tmp_path / "pumps").mkdir()
    (tmp_path / "pumps/refill.py").write_text("from datetime import date\nfrom pumps.fill import Fill\n")
    (tmp_path / "pumps/fill.py").write_text("from decimal import Decimal\n")
    assert house_rules.findings(tmp_path) == []
    (tmp_path / "pumps/fill.py").write_text("from decimal import Decimal\nfrom django.db import models\n")
    assert house_rules.findings(tmp_path) == [
        "pumps/fill.py:2: a pure module imports the standard library only, not django.db.models"
    ]


def test_this_project_keeps_them():
    assert house_rules.findings(ROOT) == []
