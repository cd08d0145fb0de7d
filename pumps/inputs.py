"""A fingerprint, made by the database, of everything a stored cycle's dates depend on.

It covers each input, each stored result, the closures of the clinic, the stability limits of the drug
and the version of the arithmetic. A cycle whose fingerprint still fits needs no arithmetic; whatever
changes it, an action, an import or a hand in the database, makes the next recomputation look again.
"""

import hashlib

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Coalesce

from portal.accounts.models import Closure
from pumps import derive
from pumps.models import Cycle, DrugLine, StabilityLimit

# The main line of a cycle's program, joined as a row.
LINE = "main_line"
INPUTS = (
    "pk",
    "filled_on",
    "filled_ml",
    "left_ml",
    "alarm_ml",
    "is_first_fill",
    "is_diluted",
    "beyond_use_on",
    "printed_alarm_on",
    "file_stability_days",
    "pump__lead_days",
    "pump__clinic__lead_days",
    "pump__model__accuracy",
    "pump__model__capacity_ml",
    "pump__model__least_flow_ml_per_day",
    "pump__model__most_flow_ml_per_day",
    "program__bolus_dose_mcg",
    "program__max_activations",
    "program__lockout_minutes",
    f"{LINE}__drug",
    f"{LINE}__concentration_mcg_per_ml",
    f"{LINE}__daily_dose_mcg",
)


class _Joined(Func):
    """Texts with a bar between them, on both databases."""

    template = "%(expressions)s"
    arg_joiner = " || '|' || "
    output_field = TextField()


def _text(expression) -> Coalesce:
    return Coalesce(Cast(expression, TextField()), Value("~"))


def _short(rows: list) -> str:
    return hashlib.blake2b(repr(sorted(rows, key=repr)).encode(), digest_size=12).hexdigest()


def _grouped(rows) -> dict[int, list]:
    found: dict[int, list] = {}
    for key, *rest in rows:
        found.setdefault(key, []).append(rest)
    return found


def _of(path: str, groups: dict[int, list]) -> Case:
    """Return the short form of the rows that belong to what `path` points to."""
    whens = [When(**{path: key}, then=Value(_short(rows))) for key, rows in sorted(groups.items())]
    return Case(*whens, default=Value("-"), output_field=CharField())


def digested(cycles=None):
    """Return cycles with their fingerprint as `digest`."""
    closures = _grouped(Closure.objects.values_list("clinic_id", "on"))
    limits = _grouped(
        StabilityLimit.objects.values_list("drug_id", "first_fill", "diluted", "days", "source")
    )
    stored = (*INPUTS, *derive.SETTINGS, *derive.DERIVED)
    parts = [Value(str(derive.CALC_VERSION)), _of("clinic_id", closures), _of(f"{LINE}__drug", limits)]
    line = FilteredRelation("program__lines", condition=Q(program__lines__position=0))
    return (Cycle.objects.all() if cycles is None else cycles).annotate(
        **{LINE: line}, digest=MD5(_Joined(*parts, *(_text(F(name)) for name in stored)))
    )


def stale(cycles):
    """Return the keys of cycles whose dates may no longer fit; mixtures are always looked at again."""
    mixtures = Exists(DrugLine.objects.filter(program=OuterRef("program"), position__gt=0))
    return (
        digested(cycles)
        .filter(~Q(inputs_hash=F("digest")) | Q(mixtures))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
