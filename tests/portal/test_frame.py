"""What every page's frame shows: whose number, which links, which language."""

from unittest import mock

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.test import RequestFactory, override_settings

from patients.models import Patient
from portal import context_processors
from portal.accounts.models import Clinic, Membership, Role
from tests.base import ClinicTestCase


class FrameClinicTests(ClinicTestCase):
    def clinic(self, path="/landing/", user=None, host="testserver"):
        request = RequestFactory().get(path, headers={"host": host})
        request.user = user or AnonymousUser()
        return context_processors.portal(request)["frame_clinic"]()

    def test_the_own_clinic_of_staff_and_of_patients(self):
        self.assertEqual(self.clinic(user=self.nora), self.oak)
        self.assertEqual(self.clinic(user=self.otto), self.cedar)
        self.assertEqual(self.clinic(user=self.dale_user), self.oak)

    def test_none_for_who_works_in_several(self):
        Membership.objects.create(user=self.nora, clinic=self.cedar, role=Role.NURSE)
        self.assertIsNone(self.clinic(user=self.nora))

    @override_settings(ALLOWED_HOSTS=[".example", "testserver"])
    def test_the_anonymous_see_the_clinic_of_the_host(self):
        self.assertIsNone(self.clinic())
        Clinic.objects.filter(pk=self.cedar.pk).update(host_name="pumps.cedar.example")
        self.assertEqual(self.clinic(host="pumps.cedar.example"), self.cedar)
        self.assertEqual(self.clinic(host="PUMPS.cedar.example:8000"), self.cedar)

    def test_one_clinic_is_nobodys_choice(self):
        self.carla.pumps.get().delete()
        for rows in (self.carla.contact_points, self.carla.consents):
            rows.all().delete()
        Patient.objects.filter(pk=self.carla.pk).delete()
        self.otto.memberships.all().delete()
        self.cedar.rooms.all().delete()
        self.cedar.delete()
        self.assertEqual(self.clinic(), self.oak)

    def test_on_the_help_pages_the_person_does_not_count(self):
        self.assertIsNone(self.clinic("/help/alarm/", user=self.nora))
        self.assertIsNone(self.clinic("/es/help/alarm/", user=self.nora))

    def test_the_database_is_asked_once_and_only_when_needed(self):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        with self.assertNumQueries(0):
            values = context_processors.portal(request)
        with self.assertNumQueries(1):
            values["frame_clinic"]()
            values["frame_clinic"]()

    def test_without_a_database_there_is_no_clinic_and_no_fault(self):
        with mock.patch("portal.context_processors.clinics_at", side_effect=DatabaseError):
            self.assertIsNone(self.clinic())


class TwinTests(ClinicTestCase):
    def test_the_twin_keeps_page_and_question(self):
        request = RequestFactory().get("/accounts/login/?next=/my/&a=%22")
        request.user = AnonymousUser()
        self.assertEqual(
            context_processors.portal(request)["twin_path"], "/es/accounts/login/?next=%2Fmy%2F&a=%22"
        )

    def test_paths(self):
        for path, twin in (
            ("/", "/es/"),
            ("/es/", "/"),
            ("/es/help/alarm/", "/help/alarm/"),
            ("/esx/", "/es/esx/"),
        ):
            self.assertEqual(context_processors.twin_path(path), twin)


class NavigationTests(ClinicTestCase):
    def links(self, user):
        self.sign_in(user)
        body = self.client.get("/account/").content.decode()
        nav = body.split('<nav class="nav-main"')[1].split("</nav>")[0]
        return [
            name
            for name in ("Work-list", "Patients", "Alarms", "Outbox", "Settings", "Home")
            if f">{name}<" in nav
        ]

    def test_each_role_sees_what_it_may_open(self):
        self.assertEqual(self.links(self.nora), ["Work-list", "Patients", "Alarms"])
        self.assertEqual(self.links(self.osei), ["Work-list", "Patients", "Alarms"])
        self.assertEqual(self.links(self.adam), ["Settings"])
        self.assertEqual(self.links(self.sam), ["Settings"])
        self.assertEqual(self.links(self.edie), ["Settings"])
        self.assertEqual(self.links(self.dale_user), ["Settings", "Home"])

    @override_settings(DEMO=True)
    def test_the_outbox_is_for_clinic_admins_in_the_demo(self):
        self.assertEqual(self.links(self.adam), ["Outbox", "Settings"])
        self.assertEqual(self.links(self.sam), ["Settings"])

    def test_the_current_page_is_marked(self):
        self.sign_in(self.nora)
        self.assertContains(self.client.get("/worklist/"), 'href="/worklist/" aria-current="page"')

    def test_a_silent_engine_is_said_to_staff(self):
        self.sign_in(self.nora)
        response = self.client.get("/account/")
        self.assertContains(response, "Reminders are not going out.")
        self.sign_in(self.dale_user)
        self.assertNotContains(self.client.get("/my/"), "Reminders are not going out.")
