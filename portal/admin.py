"""The admin site: site admins, clinic admins and content editors, each seeing what their role allows."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    site_header = site_title = _("Pump portal administration")
    index_title = _("Settings")
    site_url = "/landing/"

    def has_permission(self, request):
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return False
        if not user.is_staff:
            # Signed in with another role: refused, not asked to sign in again.
            raise PermissionDenied
        return True

    def get_urls(self):
        """Leave out the short cut to the page of any object: it tells everyone here the ids of patients and pumps."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin.PortalAdminSite"
