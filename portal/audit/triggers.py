"""The database's own refusal to change or delete an audit event, whoever asks."""

TABLE = "audit_event"
SENTENCE = "Audit events are never changed or deleted."
VERBS = ("UPDATE", "DELETE")

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION audit_event_append_only()
"""
REMOVE_POSTGRESQL = f"""
DROP TRIGGER IF EXISTS audit_event_append_only ON {TABLE};
DROP FUNCTION IF EXISTS audit_event_append_only()
"""


def name_of(verb: str) -> str:
    return f"audit_event_no_{verb.lower()}"


def sqlite_trigger(verb: str) -> str:
    """Return the trigger that refuses one verb on SQLite."""
    return (
        f"CREATE TRIGGER {name_of(verb)} BEFORE {verb} ON {TABLE}"
        f" BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )


def _run(connection, statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def install(connection, verbs=VERBS) -> None:
    """Refuse changes and deletions from now on."""
    if connection.vendor == "postgresql":
        _run(connection, [POSTGRESQL])
    else:
        _run(connection, map(sqlite_trigger, verbs))


def remove(connection, verbs=VERBS) -> None:
    """Allow them again: for undoing the migration, and for the tests' clean-up on SQLite."""
    if connection.vendor == "postgresql":
        _run(connection, [REMOVE_POSTGRESQL])
    else:
        _run(connection, [f"DROP TRIGGER IF EXISTS {name_of(verb)}" for verb in verbs])
