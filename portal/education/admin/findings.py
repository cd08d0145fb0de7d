"""What the checks of lint.py find wrong with a text as it was last saved, for the form that mends it."""

from dataclasses import dataclass

from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext as _

from portal.education.checks import lint
from portal.education.checks.pairing import pair_findings
from portal.education.checks.wording import ERROR
from portal.education.content import Content
from portal.education.filing.bundle import ids
from portal.education.models import Image, Reference, Term, TermText, Version


@dataclass(frozen=True, slots=True)
class Report:
    """The reading grade beside what the page aims at, and what was found."""

    grade: str
    target: int
    errors: list[lint.Finding]
    warnings: list[lint.Finding]


def findings_of(text, version) -> Report | None:
    """Return what is wrong with a saved version; None when nothing was saved yet."""
    if version is None:
        return None
    content = Content.from_dict(version.content)
    words = {form for term in TermText.objects.filter(language=text.language) for form in term.forms}
    found = lint.findings(
        content,
        language=text.language,
        grade=text.page.grade,
        layout=text.page.layout,
        references=set(Reference.objects.values_list("key", flat=True)),
        words=words,
        places=places(text.language),
        images={ref.hex for ref in Image.objects.values_list("ref", flat=True)},
    )
    found += against_english(text, content)
    told = [(one.level == ERROR, named(one)) for one in found]
    return Report(
        grade=f"{lint.grade_of(content, text.language, words):.1f}",
        target=text.page.grade,
        errors=[one for is_error, one in told if is_error],
        warnings=[one for is_error, one in told if not is_error],
    )


def places(language: str) -> dict[str, set[str]]:
    """Return the ids on each page, as it was last saved."""
    last = Version.objects.filter(translation=OuterRef("translation")).order_by().values("translation")
    newest = Version.objects.filter(
        translation__language=language, number=Subquery(last.annotate(most=Max("number")).values("most"))
    )
    found = newest.values_list("translation__page__path", "content")
    return {path: ids(Content.from_dict(content)) for path, content in found} | {
        "learn/glossary": set(Term.objects.values_list("key", flat=True)),
        "learn/references": set(Reference.objects.values_list("key", flat=True)),
    }


def against_english(text, content) -> list[lint.Finding]:
    """Hold a Spanish text against the English one, as both were last saved."""
    if text.language != "es":
        return []
    english = Version.objects.filter(translation__page=text.page_id, translation__language="en")
    newest = english.order_by("-number").first()
    return pair_findings(Content.from_dict(newest.content), content) if newest else []


def named(one: lint.Finding) -> lint.Finding:
    """Return a finding with its place in words."""
    part, _dot, which = one.where.partition(".")
    name = names().get(part, part)
    return lint.Finding(one.level, f"{name} ({which})" if which else str(name), one.message, one.code)


def names() -> dict[str, str]:
    return {
        "title": _("Title"),
        "menu_title": _("Short title"),
        "lead": _("First sentence"),
        "description": _("Summary"),
        "body": _("Text"),
        "ask": _("Ask at your next visit"),
        "sources": _("Sources"),
        "care_cards": _("Care card"),
        "callouts": _("Callout"),
        "figures": _("Figure"),
        "comparisons": _("Number comparison"),
        "questions": _("Question"),
    }
