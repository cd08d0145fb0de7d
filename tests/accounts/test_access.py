"""The two lines of defence that every view leans on."""

import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404

from patients.access import get_own_patient, get_patient
from portal.accounts.access import CLINICAL, Role, require_role
from portal.accounts.models import Membership, User
from pumps.access import get_pump
from tests.base import ClinicTestCase


def fresh(user):
    """Return the person as the next request would load them."""
    return User.objects.get(pk=user.pk)


class RequireRoleTests(ClinicTestCase):
    def test_it_returns_the_clinics_of_the_role(self):
        self.assertEqual(require_role(self.nora, *CLINICAL), [self.oak])

    def test_the_wrong_role_is_refused(self):
        for user in (self.adam, self.edie, self.sam, self.rosa_user):
            with self.subTest(user=user.name), self.assertRaises(PermissionDenied):
                require_role(user, *CLINICAL)

    def test_someone_may_work_in_two_clinics(self):
        Membership.objects.create(user=self.nora, clinic=self.cedar, role=Role.NURSE)
        self.assertEqual(require_role(fresh(self.nora), *CLINICAL), [self.cedar, self.oak])

    def test_a_role_that_ended_or_has_not_begun_opens_nothing(self):
        today = datetime.date.today()
        week = datetime.timedelta(days=7)
        membership = self.nora.memberships.get()
        for starts_on, ends_on in [(today - week, today - datetime.timedelta(days=2)), (today + week, None)]:
            with self.subTest(starts_on=starts_on):
                Membership.objects.filter(pk=membership.pk).update(starts_on=starts_on, ends_on=ends_on)
                with self.assertRaises(PermissionDenied):
                    require_role(fresh(self.nora), *CLINICAL)

    def test_a_suspended_person_has_no_role(self):
        User.objects.filter(pk=self.nora.pk).update(is_active=False)
        with self.assertRaises(PermissionDenied):
            require_role(fresh(self.nora), *CLINICAL)


class GetPumpTests(ClinicTestCase):
    def test_clinical_staff_of_the_clinic(self):
        self.assertEqual(get_pump(self.nora, self.pump.ref, *CLINICAL), self.pump)
        self.assertEqual(get_pump(self.osei, self.pump.ref, *CLINICAL), self.pump)

    def test_another_clinic_is_404(self):
        for user in (self.otto, self.edie, self.sam, self.dale_user):
            with self.subTest(user=user.name), self.assertRaises(Http404):
                get_pump(user, self.pump.ref, *CLINICAL)

    def test_the_wrong_role_in_the_right_clinic_is_403(self):
        with self.assertRaises(PermissionDenied):
            get_pump(self.adam, self.pump.ref, *CLINICAL)

    def test_a_patient_reaches_only_what_asks_for_no_role(self):
        self.assertEqual(get_pump(self.rosa_user, self.pump.ref), self.pump)
        with self.assertRaises(PermissionDenied):
            get_pump(self.rosa_user, self.pump.ref, *CLINICAL)
        with self.assertRaises(Http404):
            get_pump(self.dale_user, self.pump.ref)

    def test_staff_do_not_reach_the_patients_own_pages(self):
        with self.assertRaises(PermissionDenied):
            get_pump(self.nora, self.pump.ref)


class GetPatientTests(ClinicTestCase):
    def test_reach(self):
        self.assertEqual(get_patient(self.nora, self.rosa.ref, *CLINICAL), self.rosa)
        with self.assertRaises(Http404):
            get_patient(self.otto, self.rosa.ref, *CLINICAL)
        with self.assertRaises(PermissionDenied):
            get_patient(self.adam, self.rosa.ref, *CLINICAL)

    def test_ones_own_record(self):
        self.assertEqual(get_own_patient(self.rosa_user), self.rosa)
        with self.assertRaises(PermissionDenied):
            get_own_patient(self.nora)
