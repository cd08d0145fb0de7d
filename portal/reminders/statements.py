"""The one statement of every message sent, written out: the ORM would cost as much as the sending.

PostgreSQL changes the row and appends its event in one statement, one journey to the server. SQLite does the same in
one immediate transaction.
"""

import datetime

from django.db import connection, transaction

from portal.reminders.models import Reminder, ReminderEvent
from portal.reminders.outcome import Outcome

ROW, EVENT = Reminder._meta.db_table, ReminderEvent._meta.db_table
# Only the names of our own tables are put in; every value is a parameter.
ACCEPT = f"""
UPDATE {ROW} SET state = 'accepted', reason = '', accepted_at = %s, lease_until = NULL, next_attempt_at = NULL,
    attempts = attempts + 1, last_error_class = '', message_id = %s, contact_point_id = %s
WHERE id = %s AND generation = %s AND state = 'sending'
"""  # noqa: S608
NOTE = f"INSERT INTO {EVENT} (reminder_id, at, from_state, to_state, generation, reason)"
BOTH = f"""
WITH done AS ({ACCEPT} RETURNING id)
{NOTE}
SELECT %s, %s, CASE WHEN EXISTS (SELECT 1 FROM done) THEN 'sending' ELSE '' END, 'accepted', %s,
    CASE WHEN EXISTS (SELECT 1 FROM done) THEN '' ELSE 'late result' END
RETURNING from_state
"""  # noqa: S608


def accept(row: Reminder, outcome: Outcome, now: datetime.datetime) -> bool:
    """Store that a server took the message, if the row is still ours; the event is kept in either case."""
    moment = connection.ops.adapt_datetimefield_value(now)
    point = outcome.contact_point.pk if outcome.contact_point else None
    change = (moment, outcome.message_id, point, row.pk, row.generation)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(BOTH, (*change, row.pk, moment, row.generation))
            return cursor.fetchone()[0] == "sending"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ACCEPT, change)
        is_mine = cursor.rowcount == 1
        values = (
            row.pk,
            moment,
            "sending" if is_mine else "",
            row.generation,
            "" if is_mine else "late result",
        )
        cursor.execute(f"{NOTE} VALUES (%s, %s, %s, 'accepted', %s, %s)", values)
    return is_mine
