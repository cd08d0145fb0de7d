"""The admin site tells no one of whom the portal knows."""

from django.contrib.contenttypes.models import ContentType

from patients.models import Patient
from tests.base import ClinicTestCase


class ShortCutTests(ClinicTestCase):
    def test_no_short_cut_leads_from_a_number_to_a_patient(self):
        kind, patient = ContentType.objects.get_for_model(Patient), Patient.objects.first()
        for person in (self.edie, self.sam, self.adam):
            with self.subTest(person.name):
                self.sign_in(person)
                response = self.client.get(f"/admin/r/{kind.pk}/{patient.pk}/")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn(str(patient.ref), str(response.headers))
