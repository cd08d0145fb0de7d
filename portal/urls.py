"""Where every page lives. Public pages have a twin under /es/; signed-in pages follow the person."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
