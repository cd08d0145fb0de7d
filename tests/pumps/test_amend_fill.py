import uuid
from datetime import date
from decimal import Decimal

from portal.audit.models import Event
from pumps import actions
from pumps.models import Cycle, Program
from tests.base import at
from tests.pumps.test_record_fill import TODAY, FillTestCase


class AmendFillTests(FillTestCase):
    def amend(self, cycle, reason="typed the wrong dose", **overrides):
        overrides = {"filled_on": cycle.filled_on, **overrides}
        record = self.fill_record(**overrides)
        return actions.amend_fill(actor=self.nora, cycle=cycle, record=record, reason=reason)

    def refused(self, field, cycle, words="", **overrides):
        with self.assertRaises(actions.Refused) as caught:
            self.amend(cycle, **overrides)
        self.assertIn(field, caught.exception.message_dict)
        self.assertIn(words, caught.exception.message_dict[field][0])

    def test_the_original_stays_and_the_new_record_is_open(self):
        old = self.fill()
        new = self.amend(old, daily_dose_mcg=Decimal(4000)).cycle
        old.refresh_from_db()
        self.assertIsNotNone(old.superseded_at)
        self.assertEqual(old.refill_by, date(2026, 6, 30))
        self.assertEqual((new.amends, new.amend_reason), (old, "typed the wrong dose"))
        self.assertEqual(Cycle.objects.open().get(pump=self.pump), new)

    def test_it_says_what_moved(self):
        # 0.4 mL a day: 45 days to the alarm, 50 to empty, 20 / 0.458 = 43.6.
        moved = self.amend(self.fill(), daily_dose_mcg=Decimal(4000)).moved
        expected = {
            "refill_by": (date(2026, 6, 30), date(2026, 7, 9)),
            "low_reservoir_alarm_on": (date(2026, 7, 7), date(2026, 7, 16)),
            "earliest_empty_on": (date(2026, 7, 5), date(2026, 7, 14)),
            "empty_on": (date(2026, 7, 11), date(2026, 7, 21)),
        }
        self.assertEqual(moved, expected)

    def test_nothing_moves_when_only_the_note_changes(self):
        old = self.fill()
        amendment = self.amend(old, note="lot seen")
        self.assertEqual(amendment.moved, {})
        self.assertEqual(amendment.cycle.program, old.program)

    def test_other_settings_get_a_program_and_the_old_one_ends(self):
        old = self.fill()
        new = self.amend(old, daily_dose_mcg=Decimal(4000)).cycle
        old.program.refresh_from_db()
        self.assertEqual(old.program.ended_on, TODAY)
        self.assertEqual(Program.objects.get(pump=self.pump, ended_on=None), new.program)

    def test_the_fill_before_ends_on_the_amended_day(self):
        first = self.fill(filled_on=date(2026, 5, 4))
        second = self.fill(filled_on=date(2026, 5, 25))
        new = self.amend(second, filled_on=date(2026, 5, 20)).cycle
        first.refresh_from_db()
        self.assertEqual(first.ended_on, date(2026, 5, 20))
        # 20 mL less 16 days of 0.5 mL.
        self.assertEqual(new.expected_residual_ml, 12)

    def test_an_older_fill_stays_closed_and_moves_no_open_date(self):
        first = self.fill(filled_on=date(2026, 5, 4))
        second = self.fill(filled_on=date(2026, 5, 25))
        new = self.amend(first, daily_dose_mcg=Decimal(4000)).cycle
        before = second.refill_by
        second.refresh_from_db()
        self.assertEqual((new.ended_on, new.program.ended_on), (date(2026, 5, 25), date(2026, 5, 25)))
        self.assertEqual((second.refill_by, second.ended_on, second.program.ended_on), (before, None, None))
        # 20 mL less 21 days of 0.4 mL.
        self.assertEqual(second.expected_residual_ml, Decimal("11.6"))

    def test_an_amendment_can_be_amended_but_the_original_cannot_again(self):
        old = self.fill()
        new = self.amend(old, daily_dose_mcg=Decimal(4000)).cycle
        newest = self.amend(new, daily_dose_mcg=Decimal(5000)).cycle
        self.assertEqual(newest.refill_by, old.refill_by)
        self.refused("__all__", old, "already amended")

    def test_the_visit_follows(self):
        visit = self.book(starts_at=at(TODAY, 15))
        new = self.amend(self.fill(), filled_ml=Decimal(19)).cycle
        visit.refresh_from_db()
        self.assertEqual((visit.state, visit.cycle), ("done", new))

    def test_a_second_press_makes_one_amendment(self):
        old, key = self.fill(), uuid.uuid4()
        first = self.amend(old, key=key, daily_dose_mcg=Decimal(4000))
        second = self.amend(old, key=key, daily_dose_mcg=Decimal(4000))
        self.assertEqual((first.cycle, first.moved), (second.cycle, second.moved))
        self.assertEqual(Cycle.objects.count(), 2)

    def test_a_mistaken_first_fill_gets_its_stability_back(self):
        from pumps.models import Drug

        ziconotide = {
            "drug": Drug.objects.get(name="ziconotide"),
            "concentration_mcg_per_ml": Decimal(100),
            "daily_dose_mcg": Decimal(6),
        }
        old = self.fill(is_first_fill=True, **ziconotide)
        amendment = self.amend(old, is_first_fill=False, is_diluted=False, **ziconotide)
        self.assertEqual(amendment.moved["stable_until"], (date(2026, 6, 15), date(2026, 8, 24)))

    def test_refusals_name_their_field(self):
        first = self.fill(filled_on=date(2026, 5, 4))
        second = self.fill(filled_on=date(2026, 5, 25))
        cases = [
            ("reason", second, "why", {"reason": "  "}),
            ("reason", second, "300", {"reason": "x" * 301}),
            ("filled_on", second, "04-May-2026", {"filled_on": date(2026, 5, 3)}),
            ("filled_on", first, "25-May-2026", {"filled_on": date(2026, 5, 26)}),
            ("filled_on", second, "future", {"filled_on": date(2026, 6, 2)}),
            ("filled_ml", second, "holds", {"filled_ml": Decimal(21)}),
            ("alarm_ml", second, "below", {"alarm_ml": Decimal(20)}),
        ]
        for field, cycle, words, overrides in cases:
            with self.subTest(field=field, words=words):
                self.refused(field, cycle, words, **overrides)
        self.assertEqual(Cycle.objects.count(), 2)

    def test_it_writes_one_event_with_what_moved(self):
        old = self.fill()
        self.amend(old, daily_dose_mcg=Decimal(4000))
        event = Event.objects.latest("id")
        self.assertEqual(event.action, "fill.amended")
        self.assertEqual(event.detail["replaces"], str(old.ref))
        self.assertEqual(
            event.detail["moved"], ["earliest_empty_on", "empty_on", "low_reservoir_alarm_on", "refill_by"]
        )
