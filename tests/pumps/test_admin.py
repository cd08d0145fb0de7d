"""The admin pages: who sees what, and that what moves dates moves them at once."""

import datetime
from decimal import Decimal
from unittest import mock

import time_machine
from django.test import override_settings
from django.urls import reverse

from portal.accounts.models import Clinic, Closure, User
from portal.audit.models import Event
from pumps.models import Cycle, PumpModel, StabilityLimit
from tests.base import ClinicTestCase, at


def sent(response, **changes):
    """Return what a browser would post of an admin page: every field as it stands, then the changes."""
    form = response.context["adminform"].form
    data = {}
    for part in [
        form,
        *[one for fs in response.context["inline_admin_formsets"] for one in formset_parts(fs.formset)],
    ]:
        for bound in part:
            value = bound.value()
            if isinstance(value, bool):
                data |= {bound.html_name: "on"} if value else {}
            elif value is not None:
                data[bound.html_name] = str(value)
    return data | changes


def formset_parts(formset):
    return [formset.management_form, *formset.forms]


class ClinicAdminTests(ClinicTestCase):
    def url(self, clinic=None):
        return reverse("admin:accounts_clinic_change", args=[(clinic or self.oak).pk])

    def save(self, user, **changes):
        self.sign_in(user)
        response = self.client.post(self.url(), sent(self.client.get(self.url()), **changes))
        self.assertEqual(
            response.status_code, 302, getattr(response, "context", None) and response.context["errors"]
        )

    def test_a_clinic_admin_sees_the_own_clinic_only(self):
        self.sign_in(self.adam)
        listed = self.client.get(reverse("admin:accounts_clinic_changelist"))
        self.assertContains(listed, "Oak Street Clinic")
        self.assertNotContains(listed, "Cedar Clinic")
        self.assertEqual(self.client.get(self.url(self.cedar)).status_code, 302)
        self.assertEqual(self.client.post(self.url(self.cedar), {"lead_days": 1}).status_code, 302)
        self.cedar.refresh_from_db()
        self.assertEqual(self.cedar.lead_days, 7)

    @time_machine.travel(at("2026-03-02"), tick=False)
    def test_lead_days_move_the_dates_in_the_same_breath(self):
        before = self.fill(self.dales_pump)
        self.save(self.adam, lead_days="21")
        after = Cycle.objects.get(pk=before.pk)
        self.assertLess(after.refill_by, before.refill_by)
        event = Event.objects.get(action="clinic.changed")
        self.assertEqual(
            (event.actor, event.detail["fields"], event.detail["moved"]), (self.adam, ["lead_days"], 1)
        )

    @time_machine.travel(at("2026-03-02"), tick=False)
    def test_a_closure_moves_the_date_off_its_day(self):
        before = self.fill(self.dales_pump)
        self.save(
            self.adam,
            **{
                "closures-TOTAL_FORMS": "1",
                "closures-0-on": before.refill_by.isoformat(),
                "closures-0-name": "Holiday",
            },
        )
        self.assertTrue(Closure.objects.filter(clinic=self.oak, on=before.refill_by).exists())
        self.assertLess(Cycle.objects.get(pk=before.pk).refill_by, before.refill_by)

    def test_a_clinic_admin_changes_all_that_is_the_clinics_own(self):
        own = {
            "sender_name": "Oak",
            "address": "14 Oak Street",
            "time_zone": "America/Denver",
            "phone": "+13125550150",
            "phone_24h": "+13125550151",
            "on_call_name": "Dr. Lee",
            "on_call_email": "lee@oak.example",
            "on_call_phone": "+13125550152",
            "opens_at": "07:30:00",
            "closes_at": "16:00:00",
            "visit_minutes": "45",
        }
        self.save(self.adam, **own)
        self.oak.refresh_from_db()
        self.assertEqual({name: str(getattr(self.oak, name)) for name in own}, own)
        self.assertEqual(Event.objects.get(action="clinic.changed").detail["fields"], sorted(own))

    def test_a_room_is_added_and_taken_out_of_use(self):
        page = sent(self.sign_in(self.adam).get(self.url()))
        spare = next(name for name, value in page.items() if value == "Room 1").replace("name", "is_active")
        page.pop(spare)
        self.client.post(self.url(), page)
        self.room1.refresh_from_db()
        self.assertFalse(self.room1.is_active)

    def test_a_change_wakes_the_engine(self):
        with mock.patch("pumps.admin.wake_engine") as wake:
            self.save(self.adam, lead_days="9")
        wake.assert_called_once()

    def test_name_and_host_name_are_for_site_admins(self):
        self.save(self.adam, name="Elsewhere", host_name="elsewhere.example")
        self.oak.refresh_from_db()
        self.assertEqual((self.oak.name, self.oak.host_name), ("Oak Street Clinic", ""))
        self.save(self.sam, name="Oak Road Clinic")
        self.oak.refresh_from_db()
        self.assertEqual(self.oak.name, "Oak Road Clinic")

    def test_nobody_sends_at_any_hour_outside_the_demo(self):
        for user in (self.adam, self.sam):
            self.save(user, sends_at_any_hour="on")
            self.oak.refresh_from_db()
            self.assertFalse(self.oak.sends_at_any_hour)
            self.assertNotContains(self.client.get(self.url()), "sends_at_any_hour")
        with override_settings(DEMO=True):
            self.save(self.adam, sends_at_any_hour="on")
        self.oak.refresh_from_db()
        self.assertTrue(self.oak.sends_at_any_hour)

    def test_the_page_asks_to_call_the_numbers_first(self):
        page = self.sign_in(self.adam).get(self.url())
        self.assertContains(page, "Call both numbers from outside before you save.", count=2)

    def test_a_site_admin_adds_a_clinic(self):
        self.sign_in(self.sam)
        url = reverse("admin:accounts_clinic_add")
        data = sent(
            self.client.get(url),
            name="Elm Clinic",
            sender_name="Elm",
            phone="312-555-0150",
            phone_24h="312-555-0151",
        )
        self.assertEqual(self.client.post(url, data | {"closures-TOTAL_FORMS": "0"}).status_code, 302)
        self.assertTrue(Clinic.objects.filter(name="Elm Clinic").exists())

    def test_bad_hours_are_refused_in_words(self):
        self.sign_in(self.adam)
        response = self.client.post(self.url(), sent(self.client.get(self.url()), closes_at="07:00:00"))
        self.assertContains(response, "The clinic must close after it opens.")


class UserAdminTests(ClinicTestCase):
    def test_patients_are_not_listed(self):
        self.sign_in(self.sam)
        listed = self.client.get(reverse("admin:accounts_user_changelist"))
        self.assertContains(listed, "nora@oak.example")
        self.assertNotContains(listed, "dale@mail.example")
        url = reverse("admin:accounts_user_change", args=[self.dale_user.pk])
        self.assertEqual(self.client.get(url).status_code, 302)

    def test_a_nurse_is_added_with_role_and_password(self):
        self.sign_in(self.sam)
        url = reverse("admin:accounts_user_add")
        data = sent(
            self.client.get(url),
            email="new@oak.example",
            name="New Nurse",
            new_password="a longer new phrase",
        )
        data |= {
            "memberships-TOTAL_FORMS": "1",
            "memberships-0-clinic": str(self.oak.pk),
            "memberships-0-role": "nurse",
            "memberships-0-starts_on": "2026-01-01",
        }
        self.assertEqual(self.client.post(url, data).status_code, 302)
        user = User.objects.get(email="new@oak.example")
        self.assertTrue(user.check_password("a longer new phrase"))
        self.assertTrue(user.has_role("nurse"))
        event = Event.objects.get(action="account.added")
        self.assertNotIn("phrase", str(event.detail))

    def test_without_a_password_nobody_signs_in_yet_and_a_weak_one_is_refused(self):
        self.sign_in(self.sam)
        url = reverse("admin:accounts_user_add")
        data = sent(self.client.get(url), email="new@oak.example", name="New Nurse")
        weak = self.client.post(url, data | {"new_password": "short"})
        self.assertContains(weak, "too short")
        self.client.post(url, data)
        self.assertFalse(User.objects.get(email="new@oak.example").has_usable_password())

    def test_saving_without_a_new_password_keeps_the_old_one(self):
        self.sign_in(self.sam)
        url = reverse("admin:accounts_user_change", args=[self.nora.pk])
        self.client.post(url, sent(self.client.get(url), credential="RN, BSN"))
        before = self.nora.password
        self.nora.refresh_from_db()
        self.assertEqual((self.nora.credential, self.nora.password), ("RN, BSN", before))

    def test_roles_of_another_clinic_are_hidden_from_a_clinic_admin(self):
        self.sign_in(self.adam)
        listed = self.client.get(reverse("admin:accounts_membership_changelist"))
        self.assertContains(listed, "Nora Lind")
        self.assertNotContains(listed, "Otto Berg")


class CatalogueAdminTests(ClinicTestCase):
    @time_machine.travel(at("2026-03-02"), tick=False)
    def test_confirming_another_accuracy_moves_the_dates_of_its_pumps(self):
        before = self.fill(self.dales_pump)
        model = PumpModel.objects.get(code="8637-40")
        self.sign_in(self.sam)
        url = reverse("admin:pumps_pumpmodel_change", args=[model.pk])
        data = sent(self.client.get(url), accuracy="0.5", confirmed_by="Dr. Osei", confirmed_on="2026-03-01")
        self.assertEqual(self.client.post(url, data).status_code, 302)
        after = Cycle.objects.get(pk=before.pk)
        self.assertEqual(after.accuracy, Decimal("0.5"))
        self.assertLess(after.earliest_empty_on, before.earliest_empty_on)
        self.assertEqual(Event.objects.get(action="pumpmodel.changed").detail["moved"], 1)

    @time_machine.travel(at("2026-03-02"), tick=False)
    def test_a_stability_limit_counts_at_once_and_its_removal_too(self):
        before = self.fill(self.dales_pump)
        drug = before.program.main_line.drug
        self.sign_in(self.sam)
        url = reverse("admin:pumps_stabilitylimit_add")
        data = sent(self.client.get(url), drug=str(drug.pk), days="10", source="Local study")
        self.assertEqual(self.client.post(url, data).status_code, 302)
        self.assertEqual(
            Cycle.objects.get(pk=before.pk).stable_until, before.filled_on + datetime.timedelta(days=10)
        )
        limit = StabilityLimit.objects.get(source="Local study")
        self.client.post(reverse("admin:pumps_stabilitylimit_delete", args=[limit.pk]), {"post": "yes"})
        self.assertEqual(Cycle.objects.get(pk=before.pk).refill_by, before.refill_by)

    def test_no_patient_data_stands_in_the_admin(self):
        self.sign_in(self.sam)
        index = self.client.get("/admin/").content.decode()
        for word in ("Patients", "patients/", "cycle", "visit", "alarm", "emailaddress"):
            self.assertNotIn(f"/admin/{word}", index.lower())
        for user in (self.nora, self.osei, self.dale_user):
            self.sign_in(user)
            self.assertEqual(self.client.get("/admin/").status_code, 403)


class StrictAdminTests(ClinicTestCase):
    """What moves dates is read strictly; nothing is guessed."""

    def errors(self, user, url, **changes):
        self.sign_in(user)
        response = self.client.post(url, sent(self.client.get(url), **changes))
        self.assertEqual(response.status_code, 200)
        return " ".join(str(error) for one in response.context["errors"] for error in one)

    def test_figures_of_a_clinic(self):
        url = reverse("admin:accounts_clinic_change", args=[self.oak.pk])
        for name, typed in (
            ("lead_days", "٣"),
            ("lead_days", "1e1"),
            ("lead_days", "7.0"),
            ("lead_days", "-1"),
            ("lead_days", "70000"),
            ("visit_minutes", "６０"),
        ):
            with self.subTest(name=name, typed=typed):
                self.errors(self.adam, url, **{name: typed})
                clinic = Clinic.objects.get(pk=self.oak.pk)
                self.assertEqual((clinic.lead_days, clinic.visit_minutes), (7, 60))
        self.assertIn("is not a plain number. Write digits", self.errors(self.adam, url, lead_days="٣"))

    def test_the_day_of_a_closure(self):
        url = reverse("admin:accounts_clinic_change", args=[self.oak.pk])
        for typed in ("07/04/2026", "2026-7-4", "٢٠٢٦-07-04", "2026-02-30", "4 Jul 2026", "0026-07-04"):
            with self.subTest(typed):
                told = self.errors(
                    self.adam,
                    url,
                    **{"closures-TOTAL_FORMS": "1", "closures-0-on": typed, "closures-0-name": "Holiday"},
                )
                self.assertIn("YYYY-MM-DD", told)
        self.assertFalse(Closure.objects.exists())

    def test_addresses_that_no_mail_reaches(self):
        clinic = reverse("admin:accounts_clinic_change", args=[self.oak.pk])
        nora = reverse("admin:accounts_user_change", args=[self.nora.pk])
        for typed in ("a@localhost", "a@[127.0.0.1]"):
            with self.subTest(typed):
                self.assertIn("whole e-mail", self.errors(self.adam, clinic, on_call_email=typed))
                self.assertIn("whole e-mail", self.errors(self.sam, nora, email=typed))

    def test_figures_of_the_catalogue(self):
        model = PumpModel.objects.first()
        url = reverse("admin:pumps_pumpmodel_change", args=[model.pk])
        for name, typed in (("accuracy", "0,1"), ("accuracy", "1e-1"), ("default_alarm_ml", "٢")):
            self.assertIn("is not a plain number", self.errors(self.sam, url, **{name: typed}))
        url = reverse("admin:pumps_stabilitylimit_change", args=[StabilityLimit.objects.first().pk])
        self.assertIn("is not a plain number", self.errors(self.sam, url, days="٩٠"))
        self.assertEqual(PumpModel.objects.get(pk=model.pk).accuracy, model.accuracy)

    def test_saving_as_it_stands_changes_nothing(self):
        for user, name, obj in (
            (self.adam, "accounts_clinic", self.oak),
            (self.sam, "pumps_pumpmodel", PumpModel.objects.first()),
        ):
            self.sign_in(user)
            url = reverse(f"admin:{name}_change", args=[obj.pk])
            self.assertEqual(self.client.post(url, sent(self.client.get(url))).status_code, 302)
            self.assertEqual(Event.objects.latest("id").detail["fields"], [])

    def test_an_address_asks_nothing_that_is_no_filter(self):
        self.sign_in(self.sam)
        for name, query in (
            ("accounts_user", "password__startswith=argon"),
            ("accounts_user", "is_active__exact=1"),
            ("accounts_membership", "user__password__startswith=a"),
            ("accounts_clinic", "on_call_email__startswith=a"),
        ):
            with self.subTest(query):
                listed = reverse(f"admin:{name}_changelist")
                self.assertNotEqual(self.client.get(f"{listed}?{query}").status_code, 200)
                self.assertEqual(self.client.get(listed).status_code, 200)
