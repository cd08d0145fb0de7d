from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class EducationConfig(AppConfig):
    name = "portal.education"
    verbose_name = _("Education pages")

    def ready(self):
        post_migrate.connect(bring_shipped_pages, sender=self)


def bring_shipped_pages(plan=None, **kwargs):
    """Load the pages that ship, after `migrate` only: the flush that ends a test sends no plan."""
    if plan is not None:
        from portal.education import shipped

        shipped.load()
