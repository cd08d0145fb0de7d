"""The portal's addresses as the demo has them, whatever the tests' own settings say."""

from django.urls import include, path

from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as portal_urls

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("demo/", include("portal.reminders.urls")), *portal_urls]
