import sys

from django.apps import AppConfig
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class EducationConfig(AppConfig):
    name = "portal.education"
    verbose_name = _("Education pages")

    def ready(self):
        post_migrate.connect(bring_shipped_pages, sender=self)
        for change in (post_save, post_delete):
            change.connect(forget_kept_pages, sender="accounts.Clinic")


def forget_kept_pages(**kwargs):
    """Make kept pages old: they show the clinics' numbers, and a mended number must show at once."""
    from portal.education.showing import caching

    caching.forget_on_commit()


def bring_shipped_pages(plan=None, verbosity=1, using=None, **kwargs):
    """Load the pages that ship, after `migrate` only: the flush that ends a test sends no plan."""
    if plan is None or using != "default" or not is_up_to_date():
        return
    from portal.education.filing import shipped

    loaded = shipped.load()
    if verbosity and str(loaded):
        sys.stdout.write(f"  Education pages: {loaded}\n")


def is_up_to_date():
    """Return whether every migration stands: `migrate` can also stop halfway, or go back."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
