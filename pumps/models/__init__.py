"""The nouns of the pump: catalogue, device, program, cycle, visit and alarm."""

from pumps.models.alarm import Alarm
from pumps.models.catalog import Drug, PumpModel, StabilityLimit
from pumps.models.cycle import Cycle
from pumps.models.device import Catheter, Pump
from pumps.models.program import DrugLine, Program
from pumps.models.visit import Visit

__all__ = [
    "Alarm",
    "Catheter",
    "Cycle",
    "Drug",
    "DrugLine",
    "Program",
    "Pump",
    "PumpModel",
    "StabilityLimit",
    "Visit",
]
