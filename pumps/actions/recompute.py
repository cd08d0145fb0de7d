"""Derive stored dates anew wherever something they depend on has changed."""

import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from portal.accounts.models import Clinic, Closure
from portal.audit import log
from pumps import derive, inputs
from pumps.actions.locks import lock_clinics
from pumps.models import Cycle, StabilityLimit

BATCH = 500
COLUMNS = (*derive.SETTINGS, *derive.DERIVED)


def _closures() -> dict[int, set[datetime.date]]:
    """Return every clinic's closures."""
    found: dict[int, set[datetime.date]] = {}
    for clinic_id, day in Closure.objects.values_list("clinic_id", "on"):
        found.setdefault(clinic_id, set()).add(day)
    return found


def _derive(cycle: Cycle, limits: list[StabilityLimit], closures: dict[int, set[datetime.date]]) -> bool:
    """Derive one cycle and store the columns that changed; return whether any did.

    One small statement for each row: a bulk update of as many columns is eight times slower.
    """
    before = {name: getattr(cycle, name) for name in COLUMNS}
    derive.apply_settings(cycle, limits)
    derive.apply_dates_or_fault(cycle, closures.get(cycle.clinic_id, set()))
    changed = {name: value for name in COLUMNS if (value := getattr(cycle, name)) != before[name]}
    if changed:
        Cycle.objects.filter(pk=cycle.pk).update(**changed)
    return bool(changed)


def _recompute_batch(keys: list[int], limits, closures) -> int:
    rows = Cycle.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    cycles = rows.select_related("pump__model", "pump__clinic", "program").prefetch_related("program__lines")
    changed = sum(_derive(cycle, limits, closures) for cycle in cycles)
    digest = inputs.digested(Cycle.objects.filter(pk=OuterRef("pk"))).values("digest")
    Cycle.objects.filter(pk__in=keys).update(inputs_hash=Subquery(digest))
    return changed


def _hold(clinic: Clinic | None, pumps: list | None) -> None:
    """Hold the clinics concerned: a fill recorded meanwhile waits, and then sees what changed."""
    if clinic is not None:
        lock_clinics(pk=clinic.pk)
    elif pumps is not None:
        lock_clinics(pk__in={pump.clinic_id for pump in pumps})
    else:
        lock_clinics()


@transaction.atomic
def recompute(*, clinic=None, pumps=None):
    """Derive the dates of open cycles again, of one clinic, of some pumps, or of all.

    Called in the same transaction by whatever moves dates. Returns how many cycles changed.
    """
    pumps = None if pumps is None else list(pumps)
    _hold(clinic, pumps)
    cycles = Cycle.objects.open()
    if clinic is not None:
        cycles = cycles.filter(clinic=clinic)
    if pumps is not None:
        cycles = cycles.filter(pump__in=[pump.pk for pump in pumps])
    keys = list(inputs.stale(cycles))
    if not keys:
        return 0
    limits, closures = list(StabilityLimit.objects.all()), _closures()
    batches = (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))
    changed = sum(_recompute_batch(batch, limits, closures) for batch in batches)
    if changed:
        log.record(actor=None, action="dates.recomputed", clinic=clinic, detail={"changed": changed})
    return changed
