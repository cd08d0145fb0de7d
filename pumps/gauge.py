"""Geometry of the reservoir gauge and of the cycle chart: pure numbers in, SVG attribute values out.

The words stand in the templates. Coordinates are strings with a point, whatever the language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction | int

# The drawing is 360 by 450; 0 mL stands at ZERO, a full reservoir at FULL.
FULL, ZERO = 40, 400
LEFT, RIGHT = 52, 150
TOP_LABEL, LOWEST_LABEL, LABEL_HEIGHT = 34, 430, 42
LABEL_X = 182


def at(value: Number) -> str:
    """Return a coordinate with one decimal."""
    return f"{float(value):.1f}"


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    text_y: str
    path: str
    volume_ml: int | None


@dataclass(frozen=True, slots=True)
class Label:
    """Where the words of one mark stand, and the line that leads to them."""

    title_y: str
    note_y: str
    lead: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """All the drawing needs; a mark that does not apply is None."""

    ticks: list[Tick]
    liquid: str | None
    maybe_y: str
    maybe_height: str | None
    level: str
    bracket: str | None
    alarm: str
    empty: str
    labels: dict[str, Label]


@dataclass(frozen=True, slots=True)
class Level:
    """Volumes on one day: with every extra dose taken, and with none."""

    least_ml: Number
    most_ml: Number


def _y(volume: Number, capacity: Number) -> Fraction:
    share = min(Fraction(1), max(Fraction(0), Fraction(volume) / Fraction(capacity)))
    return ZERO - (ZERO - FULL) * share


def _ticks(capacity: Number) -> list[Tick]:
    minor = 1 if capacity <= 50 else 5
    major = 5 if capacity <= 20 else 10 * minor
    ticks = []
    for volume in range(0, int(capacity) + 1, minor):
        is_major, is_middle = volume % major == 0, volume % (5 * minor) == 0
        y, length = _y(volume, capacity), 18 if is_major else 11 if is_middle else 6
        path = f"M{LEFT} {at(y)}h{length}"
        ticks.append(Tick(at(y), at(y + 5), path, volume if is_major else None))
    return ticks


def spread(wanted: Iterable[Number], *, first: int, last: int, gap: int) -> list[Number]:
    """Move positions in ascending order apart by at least `gap`, within first and last."""
    placed: list[Number] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + gap if placed else first))
    limit: Number = last
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - gap
    return placed


def _labels(marks: dict[str, tuple[int, Fraction]]) -> dict[str, Label]:
    """Place the words of each mark (its right edge and height) so that none covers another."""
    order = sorted(marks, key=lambda name: marks[name][1])
    places = spread([marks[name][1] for name in order], first=TOP_LABEL, last=LOWEST_LABEL, gap=LABEL_HEIGHT)
    return {
        name: Label(at(y - 3), at(y + 15), f"M{marks[name][0]} {at(marks[name][1])}L{LABEL_X} {at(y)}")
        for name, y in zip(order, places, strict=True)
    }


def _liquid(top: Fraction) -> str | None:
    if top >= ZERO:
        return None
    return f"M54 {at(top)}H148V402a8 8 0 0 1 -8 8H62a8 8 0 0 1 -8 -8Z"


def gauge(*, capacity_ml: Number, now: Level, alarm_ml: Number, refill: Level | None = None) -> Gauge:
    """Draw the reservoir: solid is certain, hatched depends on extra doses, a bracket is the refill."""
    top, sure, alarm = (_y(volume, capacity_ml) for volume in (now.most_ml, now.least_ml, alarm_ml))
    marks = {
        "now": (RIGHT, (top + sure) / 2),
        "alarm": (168, alarm),
        "empty": (168, Fraction(ZERO)),
    }
    bracket = None
    if refill:
        upper, lower = _y(refill.most_ml, capacity_ml), _y(refill.least_ml, capacity_ml)
        bracket = f"M158 {at(upper)}h8V{at(lower)}h-8"
        marks["refill"] = (166, (upper + lower) / 2)
    is_sure = top == sure
    return Gauge(
        ticks=_ticks(capacity_ml),
        liquid=_liquid(sure),
        maybe_y=at(top),
        maybe_height=None if is_sure else at(sure - top),
        level=f"M54 {at(top)}H148" + ("" if is_sure else f"M54 {at(sure)}H148"),
        bracket=bracket,
        alarm=f"M{LEFT} {at(alarm)}H168",
        empty=f"M{LEFT} {at(ZERO)}H168",
        labels=_labels(marks),
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of one chart and the place of its plot within it."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


WIDE = Frame(width=1120, height=366, left=38, right=1106, top=44, bottom=296)
NARROW = Frame(width=330, height=336, left=38, right=316, top=44, bottom=248)
CHARACTER, ROW = 7, 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the axis: where its words stand, and how they are anchored."""

    name: str
    text: str
    x: str
    y: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Course:
    """A cycle as the chart sees it: volume and flows; days count from the fill."""

    capacity_ml: Number
    volume_ml: Number
    alarm_ml: Number
    flow_ml: Number
    max_flow_ml: Number
    fast_flow_ml: Number
    days: int


@dataclass(frozen=True, slots=True)
class Chart:
    frame: Frame
    grid: list[Tick]
    fan: str | None
    slow: str
    quick: str | None
    fast: str
    alarm: str
    today: str | None
    refill: str
    dots: list[tuple[str, str]]
    above: list[Mark]
    below: list[Mark]

    @property
    def unit_y(self) -> str:
        """Return where the unit of the scale stands."""
        return str(self.frame.top - 14)


class _Plot:
    """From days and volumes to places in a frame."""

    def __init__(self, frame: Frame, course: Course) -> None:
        self.frame, self.course = frame, course

    def x(self, day: Number) -> Fraction:
        width = self.frame.right - self.frame.left
        return self.frame.left + Fraction(width) * Fraction(day) / self.course.days

    def y(self, volume: Number) -> Fraction:
        height = self.frame.bottom - self.frame.top
        return self.frame.bottom - Fraction(height) * Fraction(volume) / Fraction(self.course.capacity_ml)

    def end(self, flow: Number) -> tuple[Fraction, Fraction]:
        """Return the day and volume at which a line leaves the plot: dry, or at its right edge."""
        volume, days = Fraction(self.course.volume_ml), Fraction(self.course.days)
        dry = volume / Fraction(flow)
        return (dry, Fraction(0)) if dry <= days else (days, volume - Fraction(flow) * days)

    def point(self, day: Number, volume: Number) -> str:
        return f"{at(self.x(day))} {at(self.y(volume))}"

    def line(self, flow: Number) -> str:
        return f"M{self.point(0, self.course.volume_ml)}L{self.point(*self.end(flow))}"

    def fan(self) -> str:
        slow, quick = self.end(self.course.flow_ml), self.end(self.course.max_flow_ml)
        corner = [] if quick[0] == slow[0] else [(slow[0], Fraction(0))]
        points = [(Fraction(0), self.course.volume_ml), slow, *corner, quick]
        return "M" + "L".join(self.point(*point) for point in points) + "Z"

    def grid(self) -> list[Tick]:
        step = 5 if self.course.capacity_ml <= 20 else 10
        lines = []
        for volume in range(0, int(self.course.capacity_ml) + 1, step):
            y = self.y(volume)
            path = f"M{self.frame.left} {at(y)}H{self.frame.right}"
            lines.append(Tick(at(y), at(y + 5), path, volume))
        return lines

    def upright(self, day: Number) -> str:
        return f"M{at(self.x(day))} {self.frame.top - 6}V{self.frame.bottom}"

    def dots(self, days: Iterable[tuple[int, Number]]) -> list[tuple[str, str]]:
        inside = (point for point in days if point[0] <= self.course.days)
        return [(at(self.x(day)), at(self.y(volume))) for day, volume in inside]


def _anchored(x: Fraction, text: str, width: int) -> tuple[str, tuple[Fraction, Fraction]]:
    """Return how words at x are anchored to stay within the width, and the span they cover."""
    length = Fraction(len(text) * CHARACTER)
    if x - length / 2 < 0:
        return "start", (x - 6, x + length + 6)
    if x + length / 2 > width:
        return "end", (x - length - 6, x + 6)
    return "middle", (x - length / 2 - 6, x + length / 2 + 6)


def rows(frame: Frame, wanted: Iterable[tuple[str, str, Fraction]], *, first_y: int, step: int) -> list[Mark]:
    """Put words (name, text, x) on rows so that none covers another on its row."""
    taken: list[list[tuple[Fraction, Fraction]]] = []
    marks = []
    for name, text, x in wanted:
        anchor, span = _anchored(x, text, frame.width)
        row = next((i for i, spans in enumerate(taken) if _is_free(span, spans)), len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append(span)
        marks.append(Mark(name, text, at(x), str(first_y + row * step), anchor))
    return marks


def _is_free(span: tuple[Fraction, Fraction], spans: list[tuple[Fraction, Fraction]]) -> bool:
    return all(span[1] <= left or span[0] >= right for left, right in spans)


@dataclass(frozen=True, slots=True)
class Days:
    """Days since the fill on which something stands in the chart; None lies outside it."""

    today: int | None
    refill_by: int
    low_alarm: int
    latest_alarm: int
    earliest_empty: int


def _wanted(
    plot: _Plot, words: Mapping[str, str], places: dict[str, int | None]
) -> list[tuple[str, str, Fraction]]:
    """Return the words of the days that stand inside the plot; the same words of one day stand there once."""
    last = plot.course.days
    found: dict[tuple[int, str], str] = {}
    for name, day in places.items():
        if name in words and day is not None and 0 <= day <= last:
            found.setdefault((day, words[name]), name)
    return [(name, text, plot.x(day)) for (day, text), name in found.items()]


def chart(course: Course, days: Days, words: Mapping[str, str], frame: Frame = WIDE) -> Chart:
    """Draw a cycle from fill to empty; `words` holds the text of each label by its name."""
    plot = _Plot(frame, course)
    has_boluses = course.max_flow_ml != course.flow_ml
    above = {"refill": days.refill_by, "today": days.today}
    below = {"filled": 0, "today_on": days.today, "refill_on": days.refill_by}
    below |= {"earliest_empty": days.earliest_empty, "latest_alarm": days.latest_alarm}
    return Chart(
        frame=frame,
        grid=plot.grid(),
        fan=plot.fan() if has_boluses else None,
        slow=plot.line(course.flow_ml),
        quick=plot.line(course.max_flow_ml) if has_boluses else None,
        fast=plot.line(course.fast_flow_ml),
        alarm=f"M{frame.left} {at(plot.y(course.alarm_ml))}H{frame.right}",
        today=None if days.today is None else plot.upright(days.today),
        refill=plot.upright(days.refill_by),
        dots=plot.dots([(days.earliest_empty, 0), (days.low_alarm, course.alarm_ml)]),
        above=rows(frame, _wanted(plot, words, above), first_y=32, step=-17),
        below=rows(frame, _wanted(plot, words, below), first_y=frame.bottom + 24, step=ROW),
    )
