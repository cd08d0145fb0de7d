"""The pages of pumps, fills, visits and alarms, and the patient's own page."""

from django.urls import path

from pumps.views import alarms, fills, my, pumps, visits, worklist

app_name = "pumps"
urlpatterns = [
    path("worklist/", worklist.worklist, name="worklist"),
    path("patients/<uuid:ref>/pumps/new/", pumps.add, name="add"),
    path("pumps/<uuid:ref>/", pumps.pump, name="pump"),
    path("pumps/<uuid:ref>/edit/", pumps.edit, name="edit"),
    path("pumps/<uuid:ref>/explant/", pumps.explant, name="explant"),
    path("pumps/<uuid:ref>/fill/", fills.fill, name="fill"),
    path("fills/<uuid:ref>/amend/", fills.amend, name="amend"),
    path("pumps/<uuid:ref>/book/", visits.book, name="book"),
    path("visits/<uuid:ref>/move/", visits.move, name="move"),
    path("visits/<uuid:ref>/cancel/", visits.cancel, name="cancel"),
    path("visits/<uuid:ref>/missed/", visits.missed, name="missed"),
    path("alarms/", alarms.alarms, name="alarms"),
    path("pumps/<uuid:ref>/alarms/new/", alarms.record_alarm, name="record_alarm"),
    path("alarms/<uuid:ref>/close/", alarms.close_alarm, name="close_alarm"),
    path("my/", my.my, name="my"),
    path("my/visits/<uuid:ref>/confirm/", my.confirm, name="my_confirm"),
    path("my/visits/<uuid:ref>/change/", my.change, name="my_change"),
]
