import smtplib

from django.test import SimpleTestCase

from portal.bench import sink
from portal.bench.reminders import accepted_by, send_plainly


class SinkTests(SimpleTestCase):
    def test_it_accepts_and_counts(self):
        message = b"Subject: hello\r\n\r\nA line.\r\n..\r\nThe last line.\r\n"
        with sink.running() as port:
            self.assertEqual(accepted_by(port), 0)
            send_plainly(port, [("a@bench.example", message), ("b@bench.example", message)])
            self.assertEqual(accepted_by(port), 2)

    def test_two_connections_are_served_at_once(self):
        with sink.running() as port, smtplib.SMTP("127.0.0.1", port) as first:
            first.ehlo()
            self.assertEqual(accepted_by(port), 0)
            self.assertEqual(first.noop()[0], 250)

    def test_it_ends_with_the_run(self):
        with sink.running() as port:
            pass
        with self.assertRaises(OSError):
            smtplib.SMTP("127.0.0.1", port)
