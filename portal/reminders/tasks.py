"""What Celery runs: the same sweep as `manage.py engine`. It carries no argument and may run twice."""

from celery import shared_task

from portal.reminders import engine


@shared_task(name="portal.reminders.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Plan and send what is due; a second run finds nothing to do."""
    engine.sweep()
