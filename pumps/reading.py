"""A cycle as a page reads it: volumes now and on the refill-by date, the dates with their reasons, drawings."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from portal import dates
from portal.shown import language
from pumps import gauge, refill, wording
from pumps.units import rounded

# Which dates a page lists after refill_by; the latest alarm stands in the words of the alarm.
LISTED = (
    "earliest_empty_on",
    "stable_until",
    "beyond_use_on",
    "low_reservoir_alarm_on",
    "printed_alarm_on",
    "empty_on",
)


@dataclass(frozen=True, slots=True)
class DateLine:
    """One date with its reasons, as sentences."""

    name: str
    label: str
    on: datetime.date
    sentences: list[str]
    binds: bool
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One day of the chart's table."""

    on: datetime.date
    label: str
    most_ml: Any
    least_ml: Any


class Reading:
    """One open cycle on one day. Asks the database nothing: its rows are given."""

    def __init__(
        self,
        cycle: Any,
        today: datetime.date,
        closures: Collection[datetime.date] = (),
        limits: Iterable[Any] = (),
    ) -> None:
        self.cycle, self.today, self.closures, self.limits = cycle, today, closures, limits

    @property
    def has_dates(self) -> bool:
        return self.cycle.refill_by is not None

    @property
    def why_not(self) -> str:
        """Return why a cycle that is not stopped has no dates."""
        return wording.cannot_compute(self.cycle.cannot_compute) if self.cycle.cannot_compute else ""

    @cached_property
    def fill(self) -> refill.Fill:
        return self.cycle.fill()

    @cached_property
    def reasons(self) -> list[refill.Reason]:
        found = refill.cycle_dates(self.fill, self.closures)
        return refill.reasons(self.fill, found, self.closures) if found else []

    @property
    def why_refill_by(self) -> str:
        return wording.why(self.reasons[0]) if self.reasons else ""

    # The volumes.

    def level(self, on: datetime.date) -> gauge.Level:
        """Return what should be left on a day, to a tenth of a millilitre."""
        least, most = (
            rounded(refill.expected_residual_ml(self.fill, on, boluses=boluses), 1)
            for boluses in (True, False)
        )
        return gauge.Level(least, most)

    @cached_property
    def now(self) -> gauge.Level:
        return self.level(self.today)

    @cached_property
    def at_refill(self) -> gauge.Level | None:
        """Return what should be left on the refill-by date, while that is not past."""
        refill_by = self.cycle.refill_by
        return self.level(refill_by) if refill_by and refill_by >= self.today else None

    @property
    def has_boluses(self) -> bool:
        return self.fill.infusion.flow_ml_per_day != self.fill.infusion.max_flow_ml_per_day

    @property
    def is_now_a_range(self) -> bool:
        """Return whether extra doses leave two figures for today; on the day of the fill there is one."""
        return wording.ml(self.now.least_ml) != wording.ml(self.now.most_ml)

    @cached_property
    def drawing(self) -> gauge.Gauge:
        return gauge.gauge(
            capacity_ml=self.fill.capacity_ml or self.fill.volume_ml,
            now=self.now,
            alarm_ml=self.fill.alarm_ml,
            refill=self.at_refill,
        )

    # The dates.

    @cached_property
    def date_lines(self) -> list[DateLine]:
        """Return refill_by, then the other dates in their order."""
        lines = {reason.name: self._line(reason) for reason in self.reasons}
        others = sorted((lines[name] for name in LISTED if name in lines), key=lambda line: line.on)
        return [lines["refill_by"], *others] if lines else []

    def _line(self, reason: refill.Reason) -> DateLine:
        agrees = self.cycle.printed_alarm_agrees
        return DateLine(
            name=reason.name,
            label=str(wording.NAMES[reason.name]),
            on=reason.on,
            sentences=[text for text in self._sentences(reason) if text],
            binds=reason.binds,
            is_flagged=reason.name == "printed_alarm_on" and agrees is False,
        )

    def _sentences(self, reason: refill.Reason) -> list[str]:
        if reason.name == "refill_by":
            return [wording.refill_standing(reason.on, self.today), wording.why(reason)]
        if reason.name == "stable_until":
            return self._stability()
        said = [wording.why(reason, has_boluses=self.has_boluses), wording.source(reason)]
        if reason.name == "low_reservoir_alarm_on" and self.has_boluses:
            said.insert(
                1, _("With no extra dose: %(day)s.") % {"day": wording.day(self.cycle.latest_alarm_on)}
            )
        if reason.name == "printed_alarm_on":
            said.insert(1, wording.printed_alarm_standing(self.cycle.printed_alarm_agrees))
        return said

    def _stability(self) -> list[str]:
        days, source = self.cycle.stability_days, self.cycle.stability_source
        limit = next((found for found in self.limits if (found.days, found.source) == (days, source)), None)
        return [
            _("%(days)s from the fill.") % {"days": wording.days(days)},
            wording.figure_standing(
                source=source,
                confirmed_by=limit.confirmed_by if limit else "",
                confirmed_on=limit.confirmed_on if limit else None,
            ),
        ]

    # The chart.

    def _day(self, on: datetime.date) -> int:
        return (on - self.cycle.filled_on).days

    def _span(self) -> int:
        """Return how many days the chart covers: to the latest alarm, but not endlessly."""
        cycle = self.cycle
        near = max(self._day(day) for day in (cycle.alarm_on, cycle.earliest_empty_on, cycle.refill_by))
        span = min(self._day(cycle.latest_alarm_on), 2 * max(near, 1))
        today = self._day(self.today)
        return max(span, near, today if today <= 2 * span else 0) * 103 // 100 + 1

    @cached_property
    def course(self) -> gauge.Course:
        fill = self.fill
        return gauge.Course(
            capacity_ml=fill.capacity_ml or fill.volume_ml,
            volume_ml=fill.volume_ml,
            alarm_ml=fill.alarm_ml,
            flow_ml=fill.infusion.flow_ml_per_day,
            max_flow_ml=fill.infusion.max_flow_ml_per_day,
            fast_flow_ml=fill.fast_flow_ml_per_day,
            days=self._span(),
        )

    def _days(self) -> gauge.Days:
        cycle, today = self.cycle, self._day(self.today)
        return gauge.Days(
            today=today if 0 <= today <= self.course.days else None,
            refill_by=max(0, self._day(cycle.refill_by)),
            low_alarm=self._day(cycle.low_reservoir_alarm_on),
            latest_alarm=self._day(cycle.latest_alarm_on),
            earliest_empty=self._day(cycle.earliest_empty_on),
        )

    def _words(self) -> dict[str, str]:
        def short(day: datetime.date) -> str:
            return dates.short(day, language())[:6]

        cycle = self.cycle
        return {
            "refill": _("Refill by"),
            "today": _("Today"),
            "filled": short(cycle.filled_on),
            "today_on": short(self.today),
            "refill_on": short(cycle.refill_by),
            "earliest_empty": _("%(day)s, earliest empty") % {"day": short(cycle.earliest_empty_on)},
            "latest_alarm": _("%(day)s, latest alarm") % {"day": short(cycle.latest_alarm_on)},
        }

    @cached_property
    def charts(self) -> dict[str, gauge.Chart]:
        days, words = self._days(), self._words()
        frames = {"wide": gauge.WIDE, "narrow": gauge.NARROW}
        return {name: gauge.chart(self.course, days, words, frame) for name, frame in frames.items()}

    @property
    def table(self) -> list[Row]:
        """Return the chart in numbers: fill, today, refill-by, earliest empty, in order of date."""
        cycle = self.cycle
        named = {
            cycle.filled_on: _("fill"),
            cycle.earliest_empty_on: _("earliest empty"),
            cycle.refill_by: _("refill by"),
            self.today: _("today"),
        }
        levels = [(day, label, self.level(day)) for day, label in sorted(named.items())]
        return [Row(day, label, level.most_ml, level.least_ml) for day, label, level in levels]
