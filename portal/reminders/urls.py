from django.urls import path

from portal.reminders import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("demo/outbox/", views.demo_outbox, name="demo_outbox"),
]
