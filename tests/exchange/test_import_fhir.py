import gzip
import json
import tempfile
from datetime import date
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from patients import actions
from patients.models import Patient
from portal.audit.models import Event
from portal.exchange import fhir_file
from pumps.models import Visit
from tests.base import ClinicTestCase, at

MRN = "c0580b5a"


def a_patient(**changes):
    """A Patient as Synthea writes it; None leaves an element out."""
    found = {
        "resourceType": "Patient",
        "identifier": [
            {"system": "https://example.org", "value": "not-this"},
            {"type": {"coding": [{"code": "MR"}]}, "value": MRN},
            {"type": {"coding": [{"code": "SS"}]}, "value": "999-21-4429"},
        ],
        "name": [
            {"use": "maiden", "family": "Guerrero", "given": ["Estela"]},
            {"use": "official", "family": "Flórez", "given": ["Estela", "Ana"]},
        ],
        "telecom": [{"system": "phone", "value": "555-639-9345", "use": "home"}],
        "gender": "female",
        "birthDate": "1984-10-12",
        "address": [
            {
                "line": ["873 Oak St", "Apt 66"],
                "city": "Hudson",
                "state": "MA",
                "postalCode": "01749",
                "country": "US",
            }
        ],
        "communication": [{"language": {"coding": [{"code": "es", "display": "Spanish"}]}}],
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def a_bundle(*resources):
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": each} for each in resources],
    }


class ImportCase(ClinicTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, content, name="one.json"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def run_import(self, *paths, clinic=None):
        out = StringIO()
        call_command("import_fhir", *map(str, paths), clinic=clinic or self.oak.name, stdout=out)
        return out.getvalue()

    def bring(self, **changes):
        return self.run_import(self.write(a_bundle(a_patient(**changes))))

    def person(self):
        return Patient.objects.get(clinic=self.oak, mrn=MRN)

    def refused(self, *paths, words):
        """Expect one sentence, and nothing saved."""
        before = (Patient.objects.count(), Event.objects.count())
        with self.assertRaises(CommandError) as caught:
            self.run_import(*paths)
        sentence = str(caught.exception)
        self.assertIn(words, sentence)
        self.assertNotIn("\n", sentence)
        self.assertEqual((Patient.objects.count(), Event.objects.count()), before)


class ImportFhirTests(ImportCase):
    def test_a_person_comes_in(self):
        self.assertIn("1 created, 0 changed, 0 unchanged.", self.bring())
        person = self.person()
        self.assertEqual((person.given_name, person.family_name), ("Estela Ana", "Flórez"))
        self.assertEqual((person.birth_date, person.sex), (date(1984, 10, 12), "female"))
        self.assertEqual((person.address_line, person.city), ("873 Oak St, Apt 66", "Hudson"))
        self.assertEqual((person.state, person.postal_code, person.country), ("MA", "01749", "US"))
        self.assertEqual((person.language, person.other_language, person.died_on), ("es", "", None))
        self.assertEqual(person.contact_points.get().value, "+15556399345")

    def test_twice_changes_nothing(self):
        self.bring()
        events = Event.objects.count()
        self.assertIn("0 created, 0 changed, 1 unchanged.", self.bring())
        self.assertEqual(Event.objects.count(), events)

    def test_changed_data_updates_and_what_staff_added_stays(self):
        self.bring()
        self.person().contact_points.create(kind="phone", value="+13125550177", position=1)
        changed = {"telecom": [{"system": "phone", "value": "555-639-0000"}], "birthDate": "1984-10-13"}
        self.assertIn("1 changed", self.bring(**changed))
        self.assertIn("1 unchanged", self.bring(**changed))
        person = self.person()
        self.assertEqual(person.birth_date, date(1984, 10, 13))
        self.assertEqual(
            list(person.contact_points.values_list("value", flat=True)),
            ["+15556390000", "+15556399345", "+13125550177"],
        )

    def test_what_the_file_leaves_out_stays(self):
        self.bring()
        self.assertIn("1 unchanged", self.bring(address=None, gender=None, communication=None, telecom=None))

    def test_languages(self):
        cases = [
            ("en-US", "English", ("en", "")),
            ("es-PR", "Spanish", ("es", "")),
            ("pt", "Portuguese", ("en", "Portuguese")),
            ("zh", "", ("en", "zh")),
        ]
        for code, display, expected in cases:
            with self.subTest(code=code):
                coding = {"code": code} | ({"display": display} if display else {})
                self.bring(communication=[{"language": {"coding": [coding]}}])
                person = self.person()
                self.assertEqual((person.language, person.other_language), expected)

    def test_the_preferred_language_wins(self):
        codes = [("en", False), ("es", True)]
        rows = [
            {"language": {"coding": [{"code": code}]}, "preferred": preferred} for code, preferred in codes
        ]
        self.bring(communication=rows)
        self.assertEqual(self.person().language, "es")

    def test_the_dead_are_inactive_and_the_day_is_the_clinics(self):
        # 02:30 in UTC is the evening before in Chicago.
        text = self.bring(deceasedDateTime="2020-03-05T02:30:00+00:00")
        self.assertIn("1 have died", text)
        self.assertEqual(self.person().died_on, date(2020, 3, 4))
        self.assertFalse(Patient.objects.living().filter(mrn=MRN).exists())
        self.assertIn("1 unchanged", self.bring(deceasedDateTime="2020-03-05T02:30:00+00:00"))

    def test_dead_without_a_day_closes_the_record(self):
        self.bring(deceasedBoolean=True)
        self.assertEqual((self.person().died_on, self.person().closed_on), (None, self.oak.today()))
        self.assertIn("1 unchanged", self.bring(deceasedBoolean=True))

    def test_the_file_says_living_but_a_person_must_reopen(self):
        self.bring(deceasedBoolean=True)
        text = self.bring(deceasedBoolean=False)
        self.assertIn("one.json: closed here; the file says living: reopen it in the portal", text)
        self.assertEqual(self.person().closed_on, self.oak.today())
        self.assertNotIn("closed here", self.bring())
        actions.reopen_record(actor=self.nora, patient=self.person())
        self.assertNotIn("closed here", self.bring(deceasedBoolean=False))

    def test_the_file_says_living_and_a_death_is_on_record(self):
        self.bring(deceasedDateTime="2021-01-01")
        self.assertIn("recorded as dead here; the file says living", self.bring(deceasedBoolean=False))
        self.assertEqual(self.person().died_on, date(2021, 1, 1))

    def test_a_death_learnt_later_cancels_the_visit(self):
        changes = {"identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": self.rosa.mrn}]}
        self.book(starts_at=at("2030-06-03"), now=at("2030-05-31"))
        self.bring(deceasedDateTime="2021-01-01", **changes)
        self.assertEqual(Visit.objects.get().state, "cancelled")

    def test_a_file_without_a_death_brings_nobody_back(self):
        self.bring(deceasedDateTime="2021-01-01")
        self.bring()
        self.assertEqual(self.person().died_on, date(2021, 1, 1))

    def test_names_are_composed(self):
        self.bring(name=[{"family": "Zoe\u0308", "given": []}])
        self.assertEqual(self.person().family_name, "Zo\u00eb")

    def test_hostile_text_is_only_text(self):
        for name in (
            "<script>alert(1)</script>",
            "{{7*7}}",
            "'; DROP TABLE patients_patient",
            "=HYPERLINK(1)",
            "田中",
        ):
            with self.subTest(name=name):
                self.bring(name=[{"family": name}])
                self.assertEqual(self.person().family_name, name)

    def test_gzipped_or_by_ref(self):
        packed = self.write(gzip.compress(json.dumps(a_bundle(a_patient())).encode()), "one.json.gz")
        self.run_import(packed, clinic=str(self.oak.ref))
        self.assertTrue(self.person())


class RefusedFhirTests(ImportCase):
    def test_files_that_are_no_bundle(self):
        deep = b"[" * 100_000 + b"]" * 100_000
        packed = gzip.compress(json.dumps(a_bundle(a_patient())).encode())
        cases = [
            (b"", "not JSON"),
            (b"hello", "not JSON: line 1, column 1"),
            (b'{"a": 1,}', "not JSON"),
            (b'{"a": NaN}', "not sound JSON"),
            (b'{"a": 1, "a": 2}', "twice"),
            (b"\xff\xfe{}", "not UTF-8"),
            (deep, "nested too deeply"),
            (b"[]", "not a FHIR bundle"),
            (b"null", "not a FHIR bundle"),
            ({"resourceType": "Patient"}, "not a FHIR bundle"),
            ({"resourceType": "Bundle", "entry": 5}, "list of objects"),
            ({"resourceType": "Bundle", "entry": [5]}, "list of objects"),
            (a_bundle(), "no Patient"),
            (a_bundle({"resourceType": "Observation"}, None, 5), "no Patient"),
            (a_bundle(a_patient(), a_patient()), "2 Patients"),
            (packed[:50], "damaged"),
            (b"\x1f\x8bnonsense", "damaged"),
        ]
        for content, words in cases:
            with self.subTest(words=words):
                self.refused(self.write(content), words=words)

    def test_a_bomb_is_not_unpacked(self):
        bomb = self.write(gzip.compress(b" " * 5_000_000), "bomb.gz")
        with mock.patch.object(fhir_file, "MOST_BYTES", 1_000_000):
            self.refused(bomb, words="more than 0 MB")
            self.refused(self.write(b" " * 2_000_000), words="more than 0 MB")

    def test_elements_that_cannot_be(self):
        mr = {"type": {"coding": [{"code": "MR"}]}}
        cases = [
            ("no medical record number", {"identifier": None}),
            ("no medical record number", {"identifier": [{**mr, "value": " "}]}),
            ("more than one medical", {"identifier": [{**mr, "value": "1"}, {**mr, "value": "2"}]}),
            ("longer than 64", {"identifier": [{**mr, "value": "1" * 65}]}),
            ("Patient.identifier must be a list", {"identifier": "x"}),
            ("Patient.identifier.value must be text", {"identifier": [{**mr, "value": 5}]}),
            ("no name", {"name": None}),
            ("name is empty", {"name": [{"use": "official"}]}),
            ("hidden character U+202E", {"name": [{"family": "a\u202eb"}]}),
            ("hidden character U+0000", {"name": [{"family": "a\u0000b"}]}),
            ("hidden character U+200B", {"name": [{"family": "\u200b"}]}),
            ("hidden character U+D800", {"name": [{"family": "\ud800"}]}),
            ("Patient.name.family: Ensure", {"name": [{"family": "x" * 81}]}),
            ("Patient.birthDate", {"birthDate": None}),
            ("Patient.birthDate", {"birthDate": "1984"}),
            ("Patient.birthDate", {"birthDate": "1984-02-30"}),
            ("Patient.birthDate", {"birthDate": "2999-01-01"}),
            ("Patient.birthDate must be text", {"birthDate": 1984}),
            ("Patient.birthDate: The birth date is in the future", {"birthDate": "2150-01-01"}),
            ("Patient.gender", {"gender": "F"}),
            ("Patient.deceasedDateTime", {"deceasedDateTime": "2020"}),
            ("Patient.deceasedDateTime", {"deceasedDateTime": "2020-13-01T00:00:00Z"}),
            ("no time zone", {"deceasedDateTime": "2020-03-05T02:30:00"}),
            ("before the birth", {"deceasedDateTime": "1984-10-11"}),
            ("Patient.deceasedBoolean", {"deceasedBoolean": "yes"}),
            ("Patient.telecom", {"telecom": [{"system": "phone", "value": "none"}]}),
            ("Patient.address must be a list", {"address": {"line": []}}),
            ("Patient.address.line must be a list", {"address": [{"line": "1 Oak St"}]}),
            ("Patient.communication.language must", {"communication": [{"language": "es"}]}),
        ]
        for words, changes in cases:
            with self.subTest(words=words, changes=changes):
                self.refused(self.write(a_bundle(a_patient(**changes))), words=words)

    def test_one_bad_file_saves_none(self):
        good, bad = self.write(a_bundle(a_patient())), self.write(b"x", "bad.json")
        self.refused(good, bad, words="bad.json: it is not JSON")

    def test_one_person_in_two_files(self):
        paths = [self.write(a_bundle(a_patient()), name) for name in ("one.json", "two.json")]
        self.refused(*paths, words="two.json: Patient.identifier: another file")

    def test_no_file_and_no_clinic(self):
        self.refused(self.folder / "none.json", words="No such file")
        self.refused(self.folder, words="directory")
        for clinic in ("Oak", "oak street clinic", "00000000-0000-0000-0000-000000000000"):
            with self.subTest(clinic=clinic), self.assertRaises(CommandError) as caught:
                self.run_import(self.write(a_bundle(a_patient())), clinic=clinic)
            self.assertIn("--clinic: no clinic", str(caught.exception))


class SharedPeopleTests(ImportCase):
    @pytest.fixture(autouse=True)
    def _shared(self, real_data):
        self.shared = real_data

    def test_forty_two_people_twice(self):
        paths = sorted((self.shared / "synthea-r4").glob("*.json.gz"))
        before = Patient.objects.count()
        self.assertIn("42 created, 0 changed, 0 unchanged.", self.run_import(*paths))
        self.assertIn("0 created, 0 changed, 42 unchanged.", self.run_import(*paths))
        self.assertEqual(Patient.objects.count(), before + 42)
        self.assertEqual(Patient.objects.exclude(died_on=None).count(), 4)
        self.assertEqual(Patient.objects.exclude(other_language="").count(), 3)
        self.assertTrue(Patient.objects.filter(family_name="Flórez", language="es").exists())
