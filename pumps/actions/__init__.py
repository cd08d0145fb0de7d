"""What can be done to a pump: each verb is one transaction and one audit event."""

from portal.refusal import Refused
from pumps.actions.alarms import close_alarm, record_alarm
from pumps.actions.devices import add_pump, cancel_booked, edit_pump, explant, mark_eri
from pumps.actions.fill_record import FillRecord
from pumps.actions.fills import Amendment, amend_fill, record_fill
from pumps.actions.recompute import recompute
from pumps.actions.visit_checks import clinic_moment
from pumps.actions.visits import ask_change, book_visit, cancel_visit, confirm_visit, mark_missed, move_visit

__all__ = [
    "Amendment",
    "FillRecord",
    "Refused",
    "add_pump",
    "amend_fill",
    "ask_change",
    "book_visit",
    "cancel_booked",
    "cancel_visit",
    "clinic_moment",
    "close_alarm",
    "confirm_visit",
    "edit_pump",
    "explant",
    "mark_eri",
    "mark_missed",
    "move_visit",
    "recompute",
    "record_alarm",
    "record_fill",
]
