from django.test import TransactionTestCase
from django.utils import timezone

from portal.bench import clock, reminders, seed
from portal.reminders.models import Reminder, ReminderEvent
from tests.base import restore_catalogue


class RemindersTests(TransactionTestCase):
    def setUp(self):
        restore_catalogue()
        self.enterContext(clock.standing())
        seed.seed(60)

    def test_a_round_sends_every_message_that_is_due(self):
        with reminders.mail_to_sink() as port:
            chosen = reminders.plan()
            self.assertGreater(len(chosen), 10)
            engine, plain = reminders.series(port, chosen)
            for _ in range(2):
                engine.before()
                engine.work()
            plain.work()
            self.assertEqual(reminders.accepted_by(port), 3 * len(chosen))
        states = set(Reminder.objects.filter(pk__in=chosen).values_list("state", flat=True))
        self.assertEqual(states, {"accepted"})

    def test_a_round_has_at_most_so_many(self):
        chosen = reminders.plan(most=5)
        self.assertEqual(len(chosen), 5)
        self.assertEqual(Reminder.objects.claimable(timezone.now()).count(), 5)

    def test_made_due_again_nothing_is_left_of_the_round_before(self):
        chosen = reminders.plan(most=3)
        with reminders.mail_to_sink() as port:
            reminders.send(port, 3)
        reminders.make_due(chosen)
        self.assertFalse(ReminderEvent.objects.filter(reminder__in=chosen).exists())
        self.assertEqual(Reminder.objects.claimable(timezone.now()).count(), 3)

    def test_it_says_so_when_not_all_were_sent(self):
        chosen = reminders.plan(most=3)
        Reminder.objects.filter(pk=chosen[0]).update(state="held")
        with reminders.mail_to_sink() as port, self.assertRaises(reminders.NotAllAccepted):
            reminders.send(port, 3)
