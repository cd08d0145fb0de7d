"""The pages that ship with the portal, brought into the database once; an edited page is never overwritten.

A newer release's text takes the place of an older one as long as nobody saved a version in between.
"""

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.audit import log
from portal.education import actions, rows
from portal.education.content import Content
from portal.education.filing import bundle as bundles
from portal.education.filing import libraries
from portal.education.filing.bundle import Bundle, file_of
from portal.education.filing.files import PageSettings
from portal.education.finding import index
from portal.education.models import Page, Publication, Translation, Version
from portal.education.showing import caching

FOLDER = Path(__file__).resolve().parent.parent / "content"
REASON = "Came with the portal"


class Unreadable(Exception):
    """The shipped files cannot be read: every problem in one sentence each."""


@dataclass(slots=True)
class Loaded:
    """What a load did, by the names of files."""

    added: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = []
        if self.added:
            told.append(f"{len(self.added)} texts added")
        if self.renewed:
            told.append(f"renewed: {', '.join(self.renewed)}")
        if self.kept:
            told.append(f"edited here, so kept as they are: {', '.join(self.kept)}")
        return "; ".join(told)


def load(folder: Path = FOLDER, now: datetime.datetime | None = None) -> Loaded:
    """Add what is missing and renew what nobody edited; return what was done. A second run changes nothing."""
    bundle, problems = bundles.read(folder)
    if problems:
        raise Unreadable("\n".join(problems))
    with transaction.atomic():
        return bring(bundle, now or timezone.now())


def bring(bundle: Bundle, now: datetime.datetime) -> Loaded:
    loaded = Loaded()
    libraries.load_references(bundle.references, loaded.kept)
    new_words, changed_words = libraries.load_terms(bundle.terms, loaded.kept)
    known = set(Version.objects.exclude(shipped_digest="").values_list("shipped_digest", flat=True))
    here = {(one.page.path, one.language): one for one in Translation.objects.select_related("page")}
    # Words that are known came before: the page is here, or an editor moved it to another address.
    newer = {place: text for place, text in bundle.texts.items() if digest(text) not in known}
    missing = {place: text for place, text in newer.items() if place not in here}
    published = add_texts(missing, add_pages(bundle, missing), now)
    index.keep([*(e for one in published for e in index.entries(one)), *map(index.of_term, new_words)])
    for text in changed_words:
        index.add_term(text)
    loaded.added = [file_of(*place) for place in missing]
    for place in newer.keys() & here.keys():
        is_renewed = renew(here[place], newer[place], now)
        (loaded.renewed if is_renewed else loaded.kept).append(file_of(*place))
    conclude(loaded, bool(new_words or changed_words))
    return loaded


def conclude(loaded: Loaded, has_words: bool) -> None:
    """Leave an event where readers see other words than before, and let no kept page stay that says them."""
    if loaded.renewed:
        log.record(actor=None, action="education.renewed", detail={"renewed": sorted(loaded.renewed)})
    if loaded.added or loaded.renewed or has_words:
        caching.forget_on_commit()


def digest(content: Content) -> str:
    """Return what tells two texts apart."""
    return hashlib.sha256(json.dumps(content.to_dict(), sort_keys=True).encode()).hexdigest()


def add_pages(bundle: Bundle, texts: Iterable[tuple[str, str]]) -> dict[str, Page]:
    """Add the missing pages of texts and those above them, level by level; return all by path."""
    pages = {page.path: page for page in Page.objects.all()}
    needed = {path for path, _language in texts}
    levels: dict[int, list[PageSettings]] = defaultdict(list)
    for one in bundle.pages:
        if one.path not in pages and any(f"{path}/".startswith(f"{one.path}/") for path in needed):
            levels[one.path.count("/")].append(one)
    for depth in sorted(levels):
        made = Page.objects.bulk_create(new_page(one, pages) for one in levels[depth])
        pages |= {page.path: page for page in made}
    return pages


def new_page(one: PageSettings, pages: dict[str, Page]) -> Page:
    above, _slash, slug = one.path.rpartition("/")
    return Page(parent=pages.get(above), slug=slug, **asdict(one))


def add_texts(
    texts: dict[tuple[str, str], Content], pages: dict[str, Page], now: datetime.datetime
) -> list[Publication]:
    """Add texts with their rows, each as version 1, live from now on."""
    made = Translation.objects.bulk_create(
        Translation(page=pages[path], language=language, **own_texts(content))
        for (path, language), content in texts.items()
    )
    pairs = list(zip(made, texts.values(), strict=True))
    add_blocks(pairs)
    versions = Version.objects.bulk_create(
        Version(translation=translation, number=1, **as_shipped(content, now))
        for translation, content in pairs
    )
    return Publication.objects.bulk_create(
        Publication(translation=one.translation, version=one, starts_at=now) for one in versions
    )


def own_texts(content: Content) -> dict[str, str]:
    return {name: getattr(content, name) for name in rows.TEXTS} | {"ask": "\n".join(content.ask)}


def as_shipped(content: Content, now: datetime.datetime) -> dict[str, Any]:
    return {
        "content": content.to_dict(),
        "reason": REASON,
        "saved_at": now,
        "shipped_digest": digest(content),
    }


def add_blocks(pairs: list[tuple[Translation, Content]]) -> None:
    """Add the rows beside the texts, with one statement for each kind."""
    blocks: dict[Any, list[Any]] = defaultdict(list)
    for translation, content in pairs:
        for model, values in rows.new_rows(content):
            blocks[model] += [model(translation=translation, **one) for one in values]
    for model, made in blocks.items():
        model.objects.bulk_create(made)


def renew(translation: Translation, content: Content, now: datetime.datetime) -> bool:
    """Take a newer text for a page that nobody edited; return whether that was so.

    It shows where the former one shows: a page that was taken back, or is planned to change, stays as it is.
    """
    translation = Translation.objects.select_for_update().get(pk=translation.pk)
    last = translation.versions.order_by("-number").first()
    if last is None or last.saved_by_id or not last.shipped_digest:
        return False
    rows.write(translation, content)
    version = translation.versions.create(number=last.number + 1, **as_shipped(content, now))
    shown = list(Publication.objects.open(now).filter(translation=translation))
    if [one.version_id for one in shown] == [last.pk] and shown[0].starts_at <= now:
        actions.publish(actor=None, version=version, now=now)
    return True
