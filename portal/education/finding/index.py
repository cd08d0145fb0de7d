"""What search knows of published pages and of the glossary. Whoever publishes a page or saves a word tells it here."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.education.content import Content, Question
from portal.education.finding import words
from portal.education.models import Page, Publication, SearchEntry, SearchWord, TermText
from portal.education.text.rich_text import headings, plain_text

# A database's index takes a million bytes at most; no page comes near.
LONGEST = 60_000
SHORTEST_WORD, LONGEST_WORD = 3, 40
BATCH = 500
# A word with what may stand inside it, such as can’t.
WRITTEN = re.compile(r"\w+(?:['’]\w+)*")
Kind = SearchEntry.Kind


@transaction.atomic
def add(publication: Publication) -> None:
    """Make a publication findable while it is live, and forget those of the same text that ended."""
    now = min(timezone.now(), publication.starts_at)
    over = Q(publication__ends_at__lte=now) | Q(publication__withdrawn_at__isnull=False)
    SearchEntry.objects.filter(over, publication__translation=publication.translation_id).delete()
    SearchEntry.objects.filter(publication=publication).delete()
    keep(entries(publication))


@transaction.atomic
def add_term(text: TermText) -> None:
    """Make a word of the glossary findable as it is now."""
    SearchEntry.objects.filter(term_text=text).delete()
    keep([of_term(text)])


@transaction.atomic
def rebuild() -> int:
    """Make everything anew from what is published or planned; return how many things can be found."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    published = Publication.objects.open(timezone.now()).select_related("version", "translation__page")
    found = [entry for one in published for entry in entries(one)]
    found += [of_term(text) for text in TermText.objects.all()]
    keep(found)
    return len(found)


def keep(found: Iterable[SearchEntry]) -> None:
    """Store entries and the words in them."""
    made = SearchEntry.objects.bulk_create(found, batch_size=BATCH)
    known = {(entry.language, word): shown for entry in made for word, shown in words_of(entry).items()}
    # In one order for everybody: two who publish at once do not wait for each other in a circle.
    SearchWord.objects.bulk_create(
        [SearchWord(language=where, word=word, shown=known[where, word]) for where, word in sorted(known)],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def words_of(entry: SearchEntry) -> dict[str, str]:
    """Return the words of an entry, folded, each as it is written."""
    typed = WRITTEN.findall(f"{entry.title} {entry.text}".lower())
    return {
        word: one[:80]
        for one in dict.fromkeys(typed)
        if SHORTEST_WORD <= len(word := words.fold(one)) <= LONGEST_WORD and word.isalpha()
    }


def entries(publication: Publication) -> list[SearchEntry]:
    """Return what can be found of a publication: the page, and each of its questions."""
    translation = publication.translation
    if translation.page.layout == Page.Layout.FOLDER:
        return []
    content = Content.from_dict(publication.version.content)
    shared = {
        "publication": publication,
        "language": translation.language,
        "page_title": shown(content.title)[:120],
    }
    return [of_page(content, shared), *(of_question(one, shared) for one in content.questions)]


def of_page(content: Content, shared: dict[str, Any]) -> SearchEntry:
    body = plain_text(content.body)
    beside = "\n".join(text for text in beside_the_body(content) if text)
    return SearchEntry(
        **shared,
        kind=Kind.PAGE,
        title=shared["page_title"],
        text=shown(content.lead, body, beside),
        title_words=searched(content.title, content.menu_title),
        question_words=searched(*(heading for _, heading in headings(content.body))),
        lead_words=searched(content.lead, content.description),
        body_words=searched(body, beside),
    )


def beside_the_body(content: Content) -> Iterator[str]:
    """Yield what cards, callouts, figures and numbers say."""
    for card in content.care_cards:
        yield from (card.heading, *card.items, card.closing)
    for callout in content.callouts:
        yield from (callout.heading, callout.text)
    yield from (figure.caption for figure in content.figures)
    for numbers in content.comparisons:
        yield from (numbers.heading, numbers.takeaway)
    yield from content.ask


def of_question(one: Question, shared: dict[str, Any]) -> SearchEntry:
    answer = plain_text(one.answer)
    return SearchEntry(
        **shared,
        kind=Kind.QUESTION,
        anchor=one.anchor[:80],
        title=shown(one.question)[:160],
        text=shown(answer),
        question_words=searched(one.question),
        body_words=searched(answer),
    )


def of_term(text: TermText) -> SearchEntry:
    return SearchEntry(
        term_text=text,
        language=text.language,
        kind=Kind.WORD,
        anchor=text.term.key,
        title=shown(text.word),
        text=shown(text.meaning),
        title_words=searched(text.word),
        question_words=searched(text.other_forms),
        lead_words=searched(text.meaning),
    )


def shown(*texts: str) -> str:
    """Return words as they are shown: whole letters, one space between words."""
    return unicodedata.normalize("NFC", " ".join(" ".join(texts).split()))[:LONGEST].replace("\0", "")


def searched(*texts: str) -> str:
    return words.folded(*texts)[:LONGEST]
