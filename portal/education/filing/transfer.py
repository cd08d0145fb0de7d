"""The whole tree out of the database as files, and files into the database as new versions: all of them or none."""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import log
from portal.education import actions, rows
from portal.education.checks import checkup, lint
from portal.education.checks.wording import ERROR
from portal.education.content import Content
from portal.education.filing import bare_images, libraries
from portal.education.filing.bundle import LIBRARY_FILES, Bundle, file_of
from portal.education.filing.files import ImageRow, PageSettings
from portal.education.finding import index
from portal.education.models import Image, Page, Publication, Reference, Term, TermText, Translation
from portal.education.showing import caching

# What the database would refuse, or readers would see broken. Words are the writers' business.
NEVER = {"length", "choice", "anchor", "citation", "figure", "comparison", "level", "title"}
SETTINGS = ("layout", "position", "audience", "grade", "review_months")


class NotImported(Exception):
    """Nothing was brought in: `problems` names each file and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(slots=True)
class Imported:
    """What an import did, or would do."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def from_database(*, live: bool = False, now: datetime.datetime | None = None) -> Bundle:
    """Return everything as files say it: the working texts, or what readers see."""
    texts = live_texts(now or timezone.now()) if live else working_texts()
    stored = list(Image.objects.order_by("ref"))
    return Bundle(
        pages=[settings_of(page) for page in Page.objects.all()],
        references=[libraries.read_reference(one) for one in Reference.objects.all()],
        terms=libraries.read_terms(),
        images=[image_row(image) for image in stored],
        texts=dict(texts),
        pictures={image.ref.hex: image.file.read() for image in stored},
    )


def working_texts() -> Iterator[tuple[tuple[str, str], Content]]:
    blocks = [
        f"{name}_set" for name in ("carecard", "callout", "figure", "comparison", "question", "citation")
    ]
    for text in Translation.objects.select_related("page").prefetch_related(*blocks):
        yield (text.page.path, text.language), rows.read(text)


def live_texts(now: datetime.datetime) -> Iterator[tuple[tuple[str, str], Content]]:
    shown = Publication.objects.live(now).select_related("version", "translation__page")
    for one in shown:
        place = (one.translation.page.path, one.translation.language)
        yield place, Content.from_dict(one.version.content)


def settings_of(page: Page) -> PageSettings:
    return PageSettings(page.path, **{name: getattr(page, name) for name in SETTINGS})


def image_row(image: Image) -> ImageRow:
    return ImageRow(
        image.ref.hex,
        f"{image.ref.hex}{Path(image.file.name or '').suffix}",
        image.title,
        image.alt_en,
        image.alt_es,
    )


def bring(
    bundle: Bundle,
    *,
    actor: Any = None,
    publish: bool = False,
    dry_run: bool = False,
    now: datetime.datetime | None = None,
) -> Imported:
    """Make the database say what the files say, as new versions; raise NotImported with everything that is wrong."""
    done = Imported()
    bundle = cleaned(bundle, done)
    problems = list(wrong_texts(bundle))
    if problems:
        raise NotImported(problems)
    written: list[Image] = []
    try:
        with transaction.atomic():
            bring_all(bundle, done, written, actor, publish, now or timezone.now())
            if dry_run:
                transaction.set_rollback(True)
    except BaseException:
        forget_files(written)
        raise
    if dry_run:
        forget_files(written)
    return done


def cleaned(bundle: Bundle, done: Imported) -> Bundle:
    texts = {}
    for place, content in bundle.texts.items():
        texts[place], removed = checkup.cleaned(content)
        done.removed += [f"{file_of(*place)}: {sentence}" for sentence in removed]
    return replace(bundle, texts=texts)


def wrong_texts(bundle: Bundle) -> Iterator[str]:
    """Give what the database would refuse in a text, as “file: field: what”."""
    layouts = {page.path: page for page in bundle.pages}
    references = {one.key for one in bundle.references} | set(Reference.objects.values_list("key", flat=True))
    pictures = {one.ref for one in bundle.images} | {image.ref.hex for image in Image.objects.only("ref")}
    for (path, language), content in bundle.texts.items():
        found = lint.findings(
            content,
            language=language,
            grade=layouts[path].grade,
            layout=layouts[path].layout,
            references=references,
            images=pictures,
            checks=lint.STRUCTURE,
        )
        for finding in found:
            if finding.level == ERROR and finding.code in NEVER:
                yield f"{file_of(path, language)}: {finding.where}: {finding.message}"


def bring_all(
    bundle: Bundle,
    done: Imported,
    written: list[Image],
    actor: Any,
    publish: bool,
    now: datetime.datetime,
) -> None:
    problems: list[str] = []
    bring_pages(bundle, done, problems)
    bring_references(bundle, done, problems)
    bring_terms(bundle, done, problems)
    bring_images(bundle, done, problems, written, actor)
    if problems:
        raise NotImported(problems)
    here = dict(working_texts())
    for place, content in bundle.texts.items():
        if here.get(place) != content:
            (done.changed if place in here else done.added).append(file_of(*place))
        elif not publish:
            continue
        bring_text(place, content, actor, publish, now)
    if done.added or done.changed:
        detail = {"added": len(done.added), "changed": len(done.changed), "published": publish}
        log.record(actor=actor, action="education.imported", detail=detail)
        caching.forget_on_commit()


def bring_pages(bundle: Bundle, done: Imported, problems: list[str]) -> None:
    here = {page.path: page for page in Page.objects.all()}
    for one in bundle.pages:
        above, _slash, slug = one.path.rpartition("/")
        page = here.get(one.path) or Page(parent=here.get(above), slug=slug)
        if page.pk and settings_of(page) == one:
            continue
        for name in SETTINGS:
            setattr(page, name, getattr(one, name))
        page.path = one.path
        if save(page, one.path, LIBRARY_FILES["pages"], done, problems):
            here[one.path] = page


def save(row: Any, name: str, file: str, done: Imported, problems: list[str]) -> bool:
    """Save a row when it is sound; else tell what is wrong with which field."""
    is_new = row.pk is None
    try:
        row.full_clean(exclude=["parent", "term", "slug"])
    except ValidationError as error:
        said = error.message_dict.items()
        problems += [f"{file}: {name}: {key}: {' '.join(messages)}" for key, messages in said]
        return False
    row.save()
    (done.added if is_new else done.changed).append(f"{file}: {name}")
    return True


def bring_references(bundle: Bundle, done: Imported, problems: list[str]) -> None:
    here = {one.key: one for one in Reference.objects.all()}
    for row in bundle.references:
        reference = here.get(row.key) or Reference()
        if reference.pk and libraries.read_reference(reference) == row:
            continue
        for name, value in asdict(row).items():
            setattr(reference, name, value)
        save(reference, row.key, LIBRARY_FILES["references"], done, problems)


def bring_terms(bundle: Bundle, done: Imported, problems: list[str]) -> None:
    here = {(one.term.key, one.language): one for one in TermText.objects.select_related("term")}
    for row in bundle.terms:
        term, _made = Term.objects.get_or_create(key=row.key)
        for language in ("en", "es"):
            words = getattr(row, language)
            text = here.get((row.key, language)) or TermText(term=term, language=language)
            if text.pk and libraries.read_words(text) == words:
                continue
            for name, value in libraries.word_values(words).items():
                setattr(text, name, value)
            if save(text, f"{row.key}.{language}", LIBRARY_FILES["terms"], done, problems):
                index.add_term(text)


def bring_images(
    bundle: Bundle, done: Imported, problems: list[str], written: list[Image], actor: Any
) -> None:
    here = {image.ref.hex: image for image in Image.objects.all()}
    for row in bundle.images:
        image = here.get(row.ref)
        if image and image_row(image) == replace(row, file=image_row(image).file):
            continue
        image = image or Image(ref=uuid.UUID(row.ref), added_by=actor)
        image.title, image.alt_en, image.alt_es = row.title, row.alt_en, row.alt_es
        try:
            if not image.pk:
                bare_images.take_back(image, bundle.pictures[row.ref])
        except ValidationError as error:
            problems.append(f"images/{row.file}: {' '.join(error.messages)}")
            continue
        if save(image, row.ref, LIBRARY_FILES["images"], done, problems):
            written += [image] if row.ref not in here else []


def forget_files(written: list[Image]) -> None:
    for image in written:
        image.file.delete(save=False)


def bring_text(
    place: tuple[str, str], content: Content, actor: Any, publish: bool, now: datetime.datetime
) -> None:
    """Keep a text as a new version when it says something new, and publish it when asked."""
    path, language = place
    text = Translation.objects.filter(page__path=path, language=language).first()
    if text is None or rows.read(text) != content:
        text = text or Translation(page=Page.objects.get(path=path), language=language)
        rows.write(text, content)
    reason = _("Imported from files")
    version = actions.save_version(actor=actor, translation=text, reason=reason, now=now)
    if publish and not Publication.objects.live(now).filter(version=version).exists():
        actions.publish(actor=actor, version=version, now=now)
