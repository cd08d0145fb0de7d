from django.urls import include, path

from portal.reminders import views

failed = [
    path("failed/", views.failed, name="failed"),
    path("<uuid:ref>/handled/", views.handled, name="handled"),
]

urlpatterns = [
    path("health/", views.health, name="health"),
    path("demo/outbox/", views.demo_outbox, name="demo_outbox"),
    path("messages/", include((failed, "reminders"))),
]
