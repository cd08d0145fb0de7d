from django.urls import path

from patients import views

app_name = "patients"
urlpatterns = [
    path("patients/", views.find, name="find"),
    path("patients/new/", views.add, name="add"),
    path("patients/<uuid:ref>/", views.patient, name="patient"),
    path("patients/<uuid:ref>/edit/", views.edit, name="edit"),
    path("patients/<uuid:ref>/death/", views.death, name="death"),
    path("patients/<uuid:ref>/death/undo/", views.undo_death, name="undo_death"),
    path("patients/<uuid:ref>/reopen/", views.reopen, name="reopen"),
    path("patients/<uuid:ref>/contact/", views.contact, name="contact"),
    path("my/reminders/", views.my_reminders, name="my_reminders"),
    path("contacts/<uuid:ref>/undo/", views.undo_contact, name="undo_contact"),
]
