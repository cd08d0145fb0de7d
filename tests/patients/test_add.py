import datetime

from patients.models import ChannelConsent, ContactPoint, Patient
from portal.accounts.models import Membership
from tests.base import ClinicTestCase
from tests.triples import triple


class AddCase(ClinicTestCase):
    url = "/patients/new/"

    def setUp(self):
        self.sign_in(self.nora)

    def payload(self, **changes):
        born = changes.pop("birth_date", datetime.date(1960, 1, 8))
        values = {
            "mrn": "118-204",
            "given_name": "Harold",
            "family_name": "Lindqvist",
            "sex": "male",
            "language": "en",
            "phone_0": "(312) 555-0141",
            "email_0": "harold@mail.example.org",
            "consent_email": "yes",
            "consent_sms": "no",
            "consent_phone": "",
        }
        return {**values, **triple("birth_date", born), **changes}

    def post(self, **changes):
        return self.client.post(self.url, self.payload(**changes))

    def added(self):
        return Patient.objects.get(mrn="118-204")

    def refused(self, said, **changes):
        """Post something bad: the sentence is shown twice, what was typed stays, nothing is saved."""
        before = Patient.objects.count(), ContactPoint.objects.count()
        response = self.post(**changes)
        self.assertEqual(response.status_code, 422)
        html = response.content.decode()
        self.assertIn(said, html)
        self.assertIn("There is a problem", html)
        self.assertIn("<title>Error:", html)
        self.assertIn("Lindqvist" if "family_name" not in changes else "Harold", html)
        self.assertEqual((Patient.objects.count(), ContactPoint.objects.count()), before)
        return html


class AddTests(AddCase):
    def test_it_adds_the_person(self):
        response = self.post(needs_interpreter="on", time_zone="America/Denver", allergy_note="latex")
        patient = self.added()
        self.assertRedirects(response, f"/patients/{patient.ref}/")
        self.assertEqual((patient.clinic, patient.birth_date), (self.oak, datetime.date(1960, 1, 8)))
        self.assertEqual((patient.time_zone, patient.allergy_note), ("America/Denver", "latex"))
        self.assertTrue(patient.needs_interpreter)
        self.assertEqual(
            sorted(patient.contact_points.values_list("kind", "value")),
            [("email", "harold@mail.example.org"), ("phone", "+13125550141")],
        )

    def test_consent_is_stored_with_the_words_that_were_shown(self):
        self.post(language="es")
        consents = {consent.channel: consent for consent in self.added().consents.all()}
        self.assertEqual(set(consents), {"email", "sms"})
        self.assertTrue(consents["email"].is_granted)
        self.assertFalse(consents["sms"].is_granted)
        self.assertEqual((consents["email"].language, consents["email"].recorded_by), ("es", self.nora))
        self.assertTrue(consents["email"].text_shown)

    def test_the_page_asks_in_words(self):
        html = self.client.get(self.url).content.decode()
        self.assertIn("May the clinic e-mail you about your visits?", html)
        self.assertIn('autocomplete="off"', html)

    def test_staff_of_two_clinics_choose_one(self):
        self.assertNotIn('name="clinic"', self.client.get(self.url).content.decode())
        Membership.objects.create(
            user=self.nora, clinic=self.cedar, role="nurse", starts_on=datetime.date(2020, 1, 1)
        )
        self.sign_in(self.nora)
        self.post(clinic=str(self.cedar.ref))
        self.assertEqual(self.added().clinic, self.cedar)

    def test_a_clinic_of_others_cannot_be_chosen(self):
        self.post(clinic=str(self.cedar.ref))
        self.assertEqual(self.added().clinic, self.oak)

    def test_roles(self):
        for user in (self.adam, self.edie, self.sam, self.rosa_user):
            self.sign_in(user)
            self.assertEqual(self.client.get(self.url).status_code, 403)
            self.assertEqual(self.post().status_code, 403)
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)


class HostileInputTests(AddCase):
    def test_names_that_are_names(self):
        names = (
            "田中",
            "Nguyễn Thị",
            "O'Brien-Ng",
            "X Æ",
            "O",
            "\U0001f469\u200d\u2695\ufe0f",
            "a" + "\u0301" * 70,
            "<script>alert(1)</script>",
            "{{7*7}}",
            "${x}",
            "=HYPERLINK(1)",
            "'; DROP TABLE",
        )
        for name in names:
            with self.subTest(name):
                response = self.post(mrn=f"N-{names.index(name)}", given_name=name, phone_0="", email_0="")
                self.assertEqual(response.status_code, 302)
                patient = Patient.objects.get(mrn=f"N-{names.index(name)}")
                html = self.client.get(patient.get_absolute_url()).content.decode()
                self.assertNotIn("<script>alert", html)

    def test_one_name_is_enough(self):
        self.assertEqual(self.post(given_name="", family_name="Suharto").status_code, 302)

    def test_no_name_at_all(self):
        for blank in ("", "   ", "\u200d", "\t"):
            with self.subTest(blank):
                response = self.post(given_name=blank, family_name="")
                self.assertEqual(response.status_code, 422)
                self.assertContains(response, "Enter a given name or a family name.", status_code=422)

    def test_names_with_characters_that_cannot_be_seen(self):
        for bad in (
            "a\u202eb",
            "a\u2066b",
            "\u200bAnn",
            "\ufeffAnn",
            "An\nn",
            "An\tn",
            "An\x00n",
            "a\u2028x",
        ):
            with self.subTest(bad):
                self.assertEqual(self.post(given_name=bad).status_code, 422)
        self.refused("Given name", given_name="a\u202eb")

    def test_names_are_kept_in_one_form(self):
        self.post(given_name="Zoe\u0308")
        self.assertEqual(self.added().given_name, "Zo\u00eb")

    def test_names_that_are_too_long(self):
        self.refused("Family name: write at most 80 characters.", family_name="x" * 10_000)

    def test_phones(self):
        for bad in ("555", "abc", "312-555", "+1 312", "123456789012345678901", "<script>"):
            with self.subTest(bad):
                self.refused("write a whole phone number with its area code", phone_0=bad)

    def test_phones_in_any_way_of_writing(self):
        for good in ("312.555.0141", "+1 (312) 555-0141", "1-312-555-0141"):
            with self.subTest(good):
                self.post(mrn=f"T{good}", phone_0=good, email_0="")
                stored = Patient.objects.get(mrn=f"T{good}").contact_points.get()
                self.assertEqual(stored.value, "+13125550141")

    def test_emails(self):
        for bad in (
            "a@localhost",
            "a@[127.0.0.1]",
            "x" * 65 + "@mail.example",
            "a",
            "a@b",
            "a b@mail.example",
            "@x.y",
        ):
            with self.subTest(bad):
                self.refused("write a whole e-mail address", email_0=bad)

    def test_birth_dates(self):
        self.refused("Birth date", birth_date=None)
        self.refused("Birth date", birth_date_year="0001")
        self.refused("Birth date", birth_date_year="9999")
        self.refused("does not exist", birth_date_month="2", birth_date_day="30")
        self.refused("Birth date", birth_date=datetime.date.today() + datetime.timedelta(days=2))

    def test_zones(self):
        for bad in ("US/Pacific-New", "EST", "+05:30", "../../etc/localtime", "Mars/Base"):
            with self.subTest(bad):
                self.refused("Choose a zone from the list", time_zone=bad)

    def test_an_mrn_that_is_taken(self):
        self.refused("Another patient of this clinic has this MRN.", mrn="330-951")
        self.assertEqual(self.post(mrn="501-001").status_code, 302)  # Carla's, at another clinic

    def test_no_mrn(self):
        self.refused("MRN is missing.", mrn="")

    def test_choices_that_are_none(self):
        for name in ("sex", "language", "consent_email"):
            with self.subTest(name):
                self.assertEqual(self.post(**{name: "nonsense"}).status_code, 422)

    def test_values_that_the_form_does_not_have(self):
        self.post(user=self.rosa_user.pk, died_on="2020-01-01", closed_on="2020-01-01", search_name="x")
        patient = self.added()
        self.assertEqual((patient.user, patient.died_on, patient.closed_on), (None, None, None))
        self.assertFalse(ChannelConsent.objects.filter(patient=patient, channel="phone").exists())
