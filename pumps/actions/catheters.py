"""Keep what is known of the catheter in place."""

from django.db import transaction

from portal.audit import log
from portal.refusal import refusing
from pumps.actions.locks import lock_pump
from pumps.models import Catheter


@transaction.atomic
def record_catheter(*, actor, pump, model, tip_level, length_cm):
    """Store the details of the catheter in place; nothing known and nothing stored makes no row."""
    pump = lock_pump(pump)
    values = {"model": model, "tip_level": tip_level, "length_cm": length_cm}
    catheter = pump.catheters.filter(explanted_on=None).first() or Catheter(pump=pump)
    if all((getattr(catheter, name) or None) == (value or None) for name, value in values.items()):
        return catheter
    for name, value in values.items():
        setattr(catheter, name, value)
    with refusing():
        catheter.full_clean()
    catheter.save()
    log.record(actor=actor, action="catheter.recorded", subject=pump)
    return catheter
