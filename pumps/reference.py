"""Reference figures: pump models, drugs and stability limits, each with where it comes from.

They stand in one data file, read by the migrations and by `forecast`. A figure nobody has
confirmed says so; a clinic confirms it in its own tables.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pumps.fill import FlowRange
from pumps.units import parse_date

REFERENCE_FILE = Path(__file__).parent / "data" / "reference.toml"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure comes from, and who confirmed it when; unconfirmed ones have neither."""

    source: str
    confirmed_by: str = ""
    confirmed_on: date | None = None

    @property
    def is_confirmed(self) -> bool:
        return bool(self.confirmed_by and self.confirmed_on)


class _Sourced:
    """The origin of a row's main figure, at hand under the names the tables use."""

    __slots__ = ()
    origin: Origin

    @property
    def source(self) -> str:
        return self.origin.source

    @property
    def confirmed_by(self) -> str:
        return self.origin.confirmed_by

    @property
    def confirmed_on(self) -> date | None:
        return self.origin.confirmed_on


@dataclass(frozen=True, slots=True)
class PumpModel(_Sourced):
    """A pump model; `origin` speaks for the capacity, the others for their own figure."""

    code: str
    name: str
    manufacturer: str
    capacity_ml: Decimal
    flow_range: FlowRange
    accuracy: Decimal
    default_alarm_ml: Decimal
    mri_note: str
    origin: Origin
    flow_origin: Origin
    accuracy_origin: Origin
    alarm_origin: Origin
    mri_origin: Origin


@dataclass(frozen=True, slots=True)
class Drug(_Sourced):
    """A drug by its generic name; `unit` is the mass unit its doses are usually written in."""

    name: str
    staff_name: str
    spanish_name: str
    unit: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class StabilityLimit(_Sourced):
    """How long a drug keeps in a pump; None for first fill or diluted means either."""

    drug: str
    first_fill: bool | None
    diluted: bool | None
    days: int
    origin: Origin

    def may_apply(self, first_fill: bool | None, diluted: bool | None) -> bool:
        """Whether nothing known speaks against it; what is not known counts as possible."""
        pairs = ((self.first_fill, first_fill), (self.diluted, diluted))
        return all(None in pair or pair[0] == pair[1] for pair in pairs)


Row = Mapping[str, Any]


@cache
def _tables() -> Mapping[str, list[Row]]:
    return tomllib.loads(REFERENCE_FILE.read_text("utf-8"), parse_float=Decimal)


def _origin(row: Row) -> Origin:
    confirmed_on = row["confirmed_on"]
    return Origin(row["source"], row["confirmed_by"], parse_date(confirmed_on) if confirmed_on else None)


def _either(value: bool | str) -> bool | None:
    return value if isinstance(value, bool) else None


def _pump_model(row: Row) -> PumpModel:
    flow, accuracy, alarm, mri = row["flow"], row["accuracy"], row["alarm"], row["mri"]
    return PumpModel(
        code=row["code"],
        name=row["name"],
        manufacturer=row["manufacturer"],
        capacity_ml=Decimal(row["capacity_ml"]),
        flow_range=FlowRange(Decimal(flow["least_ml_per_day"]), Decimal(flow["most_ml_per_day"])),
        accuracy=Decimal(accuracy["share"]),
        default_alarm_ml=Decimal(alarm["default_ml"]),
        mri_note=mri["note"],
        origin=_origin(row),
        flow_origin=_origin(flow),
        accuracy_origin=_origin(accuracy),
        alarm_origin=_origin(alarm),
        mri_origin=_origin(mri),
    )


def _limit(row: Row) -> StabilityLimit:
    return StabilityLimit(
        row["drug"], _either(row["first_fill"]), _either(row["diluted"]), row["days"], _origin(row)
    )


@cache
def models() -> tuple[PumpModel, ...]:
    return tuple(_pump_model(row) for row in _tables()["model"])


@cache
def drugs() -> tuple[Drug, ...]:
    return tuple(
        Drug(row["name"], row["staff_name"], row["spanish_name"], row["unit"], _origin(row))
        for row in _tables()["drug"]
    )


@cache
def stability_limits() -> tuple[StabilityLimit, ...]:
    return tuple(_limit(row) for row in _tables()["stability_limit"])


def pump_model(code: str) -> PumpModel | None:
    """The model with exactly this code, or None."""
    return next((model for model in models() if model.code == code), None)


def drug(name: str) -> Drug | None:
    """The drug with exactly this generic name, or None."""
    return next((found for found in drugs() if found.name == name), None)


def stability_days(name: str, *, first_fill: bool | None = None, diluted: bool | None = None) -> int | None:
    """The shortest limit that may apply, or None when there is none on record."""
    limits = (limit for limit in stability_limits() if limit.drug == name)
    return min((limit.days for limit in limits if limit.may_apply(first_fill, diluted)), default=None)
