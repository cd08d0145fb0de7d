from portal.education.models.blocks import Callout, CareCard, Citation, Comparison, Figure, Question
from portal.education.models.library import Image, Reference, Term, TermText
from portal.education.models.pages import Approval, Language, Page, Publication, Translation, Version
from portal.education.models.search import SearchEntry, SearchWord
from portal.education.models.voices import Feedback, Story

__all__ = [
    "Approval",
    "Callout",
    "CareCard",
    "Citation",
    "Comparison",
    "Feedback",
    "Figure",
    "Image",
    "Language",
    "Page",
    "Publication",
    "Question",
    "Reference",
    "SearchEntry",
    "SearchWord",
    "Story",
    "Term",
    "TermText",
    "Translation",
    "Version",
]
