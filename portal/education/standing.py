"""Where a text stands before its readers at a moment, in words that match what they see."""

import calendar
import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from portal.education.models import Approval, Page, Publication, Translation, Version

DRAFT, LIVE, SCHEDULED, ENDED, WITHDRAWN = "draft", "live", "scheduled", "ended", "withdrawn"


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` for its colour, `word` for a list, `sentences` for a page."""

    state: str
    word: str
    sentences: tuple[str, ...]
    is_changed: bool = False
    # Public without an end: there is nothing to add to the word.
    is_plain: bool = False


def texts():
    """Return translations with what `standing` asks for, in few queries."""
    shown = Publication.objects.select_related("version").defer("version__content")
    shown = shown.prefetch_related("version__approvals").order_by("-starts_at", "-pk")
    return Translation.objects.annotate(last=Max("versions__number")).prefetch_related(
        Prefetch("publications", shown, to_attr="shown")
    )


def standing(
    text: Translation, now: datetime.datetime, words: Callable[[datetime.datetime], str]
) -> Standing:
    """Say where a text (of `texts`) stands; `words` puts a moment into words."""
    live = next((one for one in text.shown if is_live(one, now)), None)
    coming = sorted(
        (one for one in text.shown if not one.withdrawn_at and one.starts_at > now),
        key=lambda one: one.starts_at,
    )
    sentences = [live_sentence(live, words)] if live else []
    sentences += [coming_sentence(one, words) for one in coming]
    if live or coming:
        newest = max(one.version.number for one in [*coming, *([live] if live else [])])
        is_changed = (text.last or 0) > newest
        if is_changed:
            sentences.append(_("Changes since then are not public yet."))
        word = (_("public") if live else _("scheduled")) + (f", {_('changed')}" if is_changed else "")
        is_plain = live is not None and live.ends_at is None and len(sentences) == 1
        return Standing(LIVE if live else SCHEDULED, word, tuple(sentences), is_changed, is_plain)
    return past(text, words)


def is_live(one: Publication, now: datetime.datetime) -> bool:
    return not one.withdrawn_at and one.starts_at <= now and (one.ends_at is None or one.ends_at > now)


def live_sentence(one: Publication, words: Callable[[datetime.datetime], str]) -> str:
    told = {"version": one.version.number, "start": words(one.starts_at)}
    if one.ends_at is None:
        return _("Public since %(start)s: version %(version)s.") % told
    told["end"] = words(one.ends_at)
    return _("Public since %(start)s, until %(end)s: version %(version)s.") % told


def coming_sentence(one: Publication, words: Callable[[datetime.datetime], str]) -> str:
    told = {"version": one.version.number, "start": words(one.starts_at)}
    if one.ends_at is None:
        return _("Scheduled: public from %(start)s: version %(version)s.") % told
    told["end"] = words(one.ends_at)
    return _("Scheduled: public from %(start)s, until %(end)s: version %(version)s.") % told


def past(text: Translation, words: Callable[[datetime.datetime], str]) -> Standing:
    """Say what became of a text that is not before readers' eyes."""
    taken = [one for one in text.shown if one.withdrawn_at]
    ended = [one for one in text.shown if not one.withdrawn_at and one.ends_at]
    last_taken = max(taken, key=lambda one: one.withdrawn_at, default=None)
    last_ended = max(ended, key=lambda one: one.ends_at, default=None)
    if last_taken and (last_ended is None or last_taken.withdrawn_at > last_ended.ends_at):
        told = {"when": words(last_taken.withdrawn_at), "why": last_taken.withdrawn_reason}
        sentence = _("Not public: taken back on %(when)s.") % told
        return Standing(WITHDRAWN, _("taken back"), (sentence, *([told["why"]] if told["why"] else [])))
    if last_ended:
        sentence = _("Not public: it ended on %(when)s.") % {"when": words(last_ended.ends_at)}
        return Standing(ENDED, _("ended"), (sentence,))
    return Standing(DRAFT, _("draft"), (_("A draft. Readers have never seen it."),))


def latest(text: Translation) -> Version | None:
    """Return the last version that was saved."""
    return text.versions.order_by("-number").first()


def check_of(version: Version | None) -> Approval | None:
    return version.approvals.order_by("-approved_on", "-pk").first() if version else None


def overdue(page: Page, now: datetime.datetime) -> bool:
    """Return whether a page that is public is past its check: a named person's, else its own interval."""
    live = [one for text in page.texts for one in text.shown if is_live(one, now)]
    return any(due_on(one, page) <= now.date() for one in live)


def due_on(one: Publication, page: Page) -> datetime.date:
    """Return when a published version is to be checked again."""
    checks = sorted(one.version.approvals.all(), key=lambda check: (check.approved_on, check.pk))
    return checks[-1].next_review_on if checks else months_later(one.starts_at.date(), page.review_months)


def months_later(day: datetime.date, months: int) -> datetime.date:
    """Return the same day so many months on; the last one where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))
