"""Each rule that the database holds, broken once by a hand that goes round the actions."""

import datetime
from datetime import date

import time_machine
from django.apps import apps

from patients.models import ChannelConsent, Contact, ContactPoint, Patient
from portal.accounts.models import Clinic, Closure, Membership, Room, User
from pumps import actions
from pumps.models import (
    Alarm,
    Catheter,
    Cycle,
    Drug,
    DrugLine,
    Program,
    Pump,
    PumpModel,
    StabilityLimit,
    Visit,
)
from tests.base import ClinicTestCase, at
from tests.constraints import BreaksRules

BEFORE = date(1900, 1, 1)

# A row is changed to what must not be.
CHANGES = {
    "accounts_clinic_closes_after_opening": (Clinic, {"closes_at": datetime.time(7)}),
    "accounts_clinic_lead_days_at_most_60": (Clinic, {"lead_days": 61}),
    "accounts_clinic_visit_minutes_in_range": (Clinic, {"visit_minutes": 5}),
    "accounts_membership_ends_after_start": (Membership, {"ends_on": BEFORE}),
    "accounts_membership_clinic_fits_role": (Membership, {"clinic": None}),
    "patients_patient_has_mrn": (Patient, {"mrn": ""}),
    "patients_patient_has_name": (Patient, {"given_name": "", "family_name": ""}),
    "patients_patient_died_after_birth": (Patient, {"died_on": BEFORE}),
    "patients_contactpoint_has_value": (ContactPoint, {"value": ""}),
    "patients_contactpoint_bad_since_it_is_bad": (ContactPoint, {"bad_at": at("2026-06-01")}),
    "patients_contact_undone_whole": (Contact, {"undone_at": at("2026-06-01")}),
    "pumps_pumpmodel_alarm_below_capacity": (PumpModel, {"default_alarm_ml": 20}),
    "pumps_pumpmodel_flow_range": (PumpModel, {"most_flow_ml_per_day": 0}),
    "pumps_pumpmodel_accuracy_is_fraction": (PumpModel, {"accuracy": 1}),
    "pumps_drug_has_name": (Drug, {"name": ""}),
    "pumps_stabilitylimit_days_positive": (StabilityLimit, {"days": 0}),
    "pumps_pump_has_serial": (Pump, {"serial": ""}),
    "pumps_pump_explanted_after_implant": (Pump, {"explanted_on": BEFORE}),
    "pumps_pump_lead_days_at_most_60": (Pump, {"lead_days": 61}),
    "pumps_catheter_length_positive": (Catheter, {"length_cm": 0}),
    "pumps_alarm_closed_whole": (Alarm, {"cause": "low", "outcome": "refilled"}),
    "pumps_alarm_target_not_before_recording": (Alarm, {"target_at": at("2020-01-01")}),
    "pumps_program_ends_after_start": (Program, {"ended_on": BEFORE}),
    "pumps_program_bolus_whole": (Program, {"bolus_dose_mcg": 5}),
    "pumps_drugline_concentration_positive": (DrugLine, {"concentration_mcg_per_ml": 0}),
    "pumps_drugline_dose_not_negative": (DrugLine, {"daily_dose_mcg": -1}),
    "pumps_cycle_filled_positive": (Cycle, {"filled_ml": 0, "left_ml": 20}),
    "pumps_cycle_left_not_negative": (Cycle, {"left_ml": -1}),
    "pumps_cycle_residual_not_negative": (Cycle, {"residual_ml": -1}),
    "pumps_cycle_alarm_below_volume": (Cycle, {"alarm_ml": 20}),
    "pumps_cycle_ends_after_fill": (Cycle, {"ended_on": BEFORE}),
    "pumps_cycle_beyond_use_after_fill": (Cycle, {"beyond_use_on": BEFORE}),
    "pumps_cycle_amendment_has_reason": (Cycle, {"amend_reason": "typo"}),
    "pumps_cycle_date_or_reason": (Cycle, {"cannot_compute": "filled_ml"}),
    "pumps_cycle_refill_before_empty": (Cycle, {"refill_by": date(2026, 12, 1)}),
    "pumps_visit_ends_after_start": (Visit, {"ends_at": at("2020-01-01")}),
}
# A row is copied, with these values, to what must not be there twice.
COPIES = {
    "accounts_clinic_host_name_unique": (Clinic, {"name": "Other", "host_name": "OAK.example.org"}),
    "accounts_closure_one_a_day": (Closure, {}),
    "accounts_room_name_unique": (Room, {}),
    "accounts_user_email_unique_in_any_case": (User, {"email": "NORA@oak.example"}),
    "accounts_membership_open_once": (Membership, {}),
    "accounts_membership_open_once_without_clinic": (Membership, {}),
    "patients_patient_mrn_unique_in_clinic": (Patient, {"user_id": None}),
    "patients_contactpoint_once": (ContactPoint, {}),
    "patients_channelconsent_one_per_channel": (ChannelConsent, {}),
    "pumps_pump_serial_unique_in_clinic": (Pump, {}),
    "pumps_catheter_one_in_place": (Catheter, {}),
    "pumps_program_one_in_force": (Program, {}),
    "pumps_drugline_position_once": (DrugLine, {}),
    "pumps_drugline_drug_once": (DrugLine, {"position": 1}),
    "pumps_cycle_one_open": (Cycle, {"key": None}),
    "pumps_visit_one_booked": (Visit, {}),
}
# Broken by hand below.
ALONE = {"pumps_visit_with_fill_is_done"}


@time_machine.travel("2026-06-01T14:00:00Z", tick=False)
class ConstraintTests(BreaksRules, ClinicTestCase):
    def setUp(self):
        self.oak.host_name = "oak.example.org"
        self.oak.save()
        self.cycle = self.fill()
        self.visit = self.book(starts_at=at("2026-06-08"))
        rows = {
            Closure: Closure.objects.create(clinic=self.oak, on=date(2026, 7, 3), name="holiday"),
            Catheter: Catheter.objects.create(pump=self.pump),
            Alarm: actions.record_alarm(
                actor=self.nora, pump=self.pump, tone="one", heard_by="patient", heard_at=at("2026-06-01", 8)
            ),
            Contact: Contact.objects.create(patient=self.rosa, by=self.nora, outcome="reached"),
            Clinic: self.oak,
            User: self.nora,
            Patient: self.rosa,
            Pump: self.pump,
            PumpModel: self.pump.model,
            Cycle: self.cycle,
            Visit: self.visit,
            Program: self.cycle.program,
        }
        self.rows = rows

    def row(self, model, name):
        if name == "accounts_membership_open_once_without_clinic":
            return Membership.objects.get(user=self.sam)
        return self.rows.get(model) or model.objects.first()

    def test_a_row_cannot_become_what_must_not_be(self):
        for name, (model, values) in CHANGES.items():
            with self.subTest(name=name):
                row = self.row(model, name)
                self.breaks(name, lambda: model.objects.filter(pk=row.pk).update(**values))  # noqa: B023

    def test_a_row_cannot_stand_twice(self):
        for name, (model, values) in COPIES.items():
            with self.subTest(name=name):
                self.breaks(name, lambda: self.copy(self.row(model, name), values))  # noqa: B023

    def test_a_booked_visit_has_no_fill(self):
        act = Visit.objects.filter(pk=self.visit.pk)
        self.breaks("pumps_visit_with_fill_is_done", lambda: act.update(cycle=self.cycle))

    def test_unknown_values_do_not_slip_through(self):
        """A comparison with nothing is unknown, and a check lets the unknown pass."""
        program, cycle = (
            Program.objects.filter(pk=self.cycle.program_id),
            Cycle.objects.filter(pk=self.cycle.pk),
        )
        cases = [
            ("pumps_program_bolus_whole", program, {"max_activations": 5}),
            ("pumps_program_bolus_whole", program, {"lockout_minutes": 5}),
            ("pumps_cycle_refill_before_empty", cycle, {"earliest_empty_on": None}),
            ("pumps_cycle_refill_before_empty", cycle, {"alarm_on": None}),
        ]
        for name, rows, values in cases:
            with self.subTest(values=values):
                self.breaks(name, lambda: rows.update(**values))  # noqa: B023

    def test_no_rule_is_left_out(self):
        labels = ("accounts", "patients", "pumps")
        found = {
            constraint.name
            for label in labels
            for model in apps.get_app_config(label).get_models()
            for constraint in model._meta.constraints
        }
        self.assertEqual(found, {*CHANGES, *COPIES, *ALONE})
