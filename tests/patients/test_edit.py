from django.db import IntegrityError, transaction

from patients import actions
from patients.models import Patient
from portal.audit.models import Event
from tests.base import ClinicTestCase, at
from tests.triples import triple


class EditTests(ClinicTestCase):
    def setUp(self):
        self.url = f"/patients/{self.rosa.ref}/edit/"
        self.sign_in(self.nora)

    def payload(self, **changes):
        values = {
            "mrn": "330-951",
            "given_name": "Rosa",
            "family_name": "Villanueva",
            "sex": "unknown",
            "language": "es",
            "phone_0": "312-555-0141",
            "email_0": "rosa@mail.example",
            "consent_email": "yes",
        }
        return {**values, **triple("birth_date", self.rosa.birth_date), **changes}

    def post(self, **changes):
        return self.client.post(self.url, self.payload(**changes))

    def test_the_form_shows_what_is_on_record(self):
        html = self.client.get(self.url).content.decode()
        for said in ("330-951", "Villanueva", "rosa@mail.example", "555-0141"):
            self.assertIn(said, html)

    def test_it_corrects_the_record(self):
        response = self.post(family_name="Villanueva Ruiz", other_language="Quechua")
        self.assertRedirects(response, f"/patients/{self.rosa.ref}/")
        self.rosa.refresh_from_db()
        self.assertEqual((self.rosa.family_name, self.rosa.other_language), ("Villanueva Ruiz", "Quechua"))
        self.assertEqual(
            Event.objects.get(action="patient.edited").detail["fields"], ["family_name", "other_language"]
        )

    def version(self):
        return self.client.get(self.url).context["version"]

    def test_two_who_edit_at_once_do_not_overwrite_each_other_unseen(self):
        older = self.version()
        self.sign_in(self.priya)
        self.post(version=self.version(), family_name="Villanueva Ruiz", phone_0="312-555-0177")
        self.sign_in(self.nora)
        response = self.post(version=older, city="Joliet")
        self.assertContains(response, "Priya Nair", status_code=422)
        self.assertContains(response, "family name", status_code=422)
        self.assertContains(response, "Joliet", status_code=422)
        self.rosa.refresh_from_db()
        self.assertEqual((self.rosa.family_name, self.rosa.city), ("Villanueva Ruiz", ""))
        self.assertTrue(self.rosa.contact_points.filter(value="+13125550177", ended_at=None).exists())
        # Having been told, the second nurse may save.
        again = self.post(version=response.context["version"], city="Joliet")
        self.assertRedirects(again, f"/patients/{self.rosa.ref}/")
        self.rosa.refresh_from_db()
        self.assertEqual(self.rosa.city, "Joliet")

    def test_another_mistake_does_not_renew_an_old_page(self):
        older = self.version()
        self.post(version=older, city="Joliet")
        response = self.post(version=older, birth_date_day="40")
        self.assertEqual(response.context["version"], older)

    def test_an_unchanged_record_is_saved_with_its_version(self):
        self.assertEqual(self.post(version=self.version(), city="Joliet").status_code, 302)
        self.assertEqual(self.post(version="<b>\x00", city="Aurora").status_code, 422)

    def test_a_new_phone_ends_the_old_one_and_keeps_it(self):
        self.post(phone_0="312-555-0177", phone_1="312-555-0178")
        phones = self.rosa.contact_points.filter(kind="phone")
        self.assertEqual(
            list(phones.filter(ended_at=None).values_list("value", flat=True)),
            ["+13125550177", "+13125550178"],
        )
        self.assertEqual(phones.get(value="+13125550141").ended_at is None, False)

    def test_many_numbers_all_have_a_box(self):
        actions.edit_patient(
            actor=self.nora, patient=self.rosa, phones=[f"+1312555014{number}" for number in range(5)]
        )
        html = self.client.get(self.url).content.decode()
        self.assertIn('name="phone_4"', html)
        self.assertIn('name="phone_5"', html)

    def make_bad(self, kind="email"):
        point = self.rosa.contact_points.get(kind=kind)
        point.is_bad, point.bad_at = True, at("2026-06-12", 23)
        point.save()
        return point

    def test_a_bad_address_says_since_when_and_can_be_tried_again(self):
        point = self.make_bad()
        html = self.client.get(self.url).content.decode()
        self.assertIn("Marked as not reaching the person on 12-Jun-2026.", html)
        self.assertIn("This address is right: try again", html)
        self.post(trust_email_0="on")
        point.refresh_from_db()
        self.assertEqual((point.is_bad, point.bad_at), (False, None))
        event = Event.objects.get(action="contact_point.trusted")
        self.assertEqual(
            (event.actor, event.subject_ref, event.patient_ref), (self.nora, point.ref, self.rosa.ref)
        )
        self.assertNotContains(self.client.get(self.url), "Marked as not reaching")

    def test_saving_without_the_tick_leaves_it_bad(self):
        point = self.make_bad()
        self.post(city="Chicago")
        point.refresh_from_db()
        self.assertTrue(point.is_bad)
        self.assertFalse(Event.objects.filter(action="contact_point.trusted").exists())

    def test_a_number_too_and_without_a_day_on_record(self):
        self.make_bad("phone")
        self.rosa.contact_points.update(bad_at=None)
        page = self.client.get(self.url)
        self.assertContains(page, "This number is right: try again")
        self.assertContains(page, "Marked as not reaching the person.")

    def test_a_sound_address_has_no_tick(self):
        self.assertNotContains(self.client.get(self.url), "try again")
        self.post(trust_email_0="on")
        self.assertFalse(Event.objects.filter(action="contact_point.trusted").exists())

    def test_a_sound_address_is_not_bad_since_a_day(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.rosa.contact_points.update(bad_at=at("2026-06-12"))

    def test_consent_taken_back(self):
        self.post(consent_email="no", consent_phone="yes")
        self.assertEqual(
            dict(self.rosa.consents.values_list("channel", "is_granted")), {"email": False, "phone": True}
        )
        # Asked in the person's own language, and those words are what is kept.
        self.assertEqual(self.rosa.consents.get(channel="email").language, "es")

    def test_unchanged_consent_is_not_asked_again(self):
        self.post()
        self.assertEqual(self.rosa.consents.get(channel="email").text_shown, "asked at desk")

    def test_once_answered_a_consent_cannot_become_unasked(self):
        self.assertEqual(self.post(consent_email="").status_code, 422)

    def test_bad_input_keeps_the_record_and_the_banner(self):
        response = self.post(given_name="a\u202eb", family_name="Changed")
        self.assertEqual(response.status_code, 422)
        html = response.content.decode()
        self.assertIn('value="Changed"', html)
        self.assertIn('">Rosa Villanueva</a>', html)
        self.rosa.refresh_from_db()
        self.assertEqual(self.rosa.family_name, "Villanueva")

    def test_an_mrn_that_is_taken(self):
        response = self.post(mrn="193-540")
        self.assertContains(response, "Another patient of this clinic has this MRN.", status_code=422)

    def test_roles(self):
        for user, status in ((self.otto, 404), (self.adam, 403)):
            self.sign_in(user)
            self.assertEqual(self.post(family_name="X").status_code, status)
        for user in (self.edie, self.sam, self.rosa_user):
            self.sign_in(user)
            self.assertIn(self.post(family_name="X").status_code, (403, 404))
        self.assertFalse(Patient.objects.filter(family_name="X").exists())
