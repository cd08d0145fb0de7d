"""Addresses below /learn/, each with its Spanish twin under /es/. Fixed ones first: a page cannot take their place."""

from django.urls import path

from portal.education.views import feedback, media, pages, search, sheets, stories

app_name = "education"

urlpatterns = [
    path("learn/", pages.page, {"path": "learn"}, name="hub"),
    path("learn/search/", search.search, name="search"),
    path("learn/feedback/", feedback.feedback, name="feedback"),
    path("learn/feedback/more/", feedback.more, name="feedback_more"),
    path("learn/stories/tell/", stories.tell, name="tell_story"),
    path("learn/stories/told/", stories.told, name="story_told"),
    path("learn/media/<uuid:ref>/", media.media, name="media"),
    path("learn/print/<slug:slug>.pdf", sheets.sheet, name="sheet_pdf"),
    path("learn/<path:path>/", pages.learn, name="page"),
]
