"""What search engines are told about a page, as JSON-LD."""

import json
import re
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from portal.education.showing.reading import Reading
from portal.education.text.rich_text import CITATION, plain_text

# The text stands in a script element: nothing in it may end that element.
SPACED_CITATION = re.compile(rf" ?{CITATION.pattern}")
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def described(reading: Reading, url: str, trail: list[tuple[str, str]]) -> SafeString:
    """Return the page's description. `trail` is (name, address) of each page above it and of itself."""
    graph = [medical_page(reading, url), breadcrumb(trail)]
    if reading.content.questions:
        graph.append(questions(reading))
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 escaped for a script element


def medical_page(reading: Reading, url: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "MedicalWebPage",
        "@id": url,
        "url": url,
        "name": reading.content.title,
        "description": reading.content.description or reading.content.lead,
        "inLanguage": reading.language,
        "isAccessibleForFree": True,
        "audience": {"@type": "Caregiver" if reading.audience == "caregivers" else "Patient"},
    }
    if reading.published_at:
        told["dateModified"] = reading.published_at.isoformat()
    if reading.check:
        told["lastReviewed"] = reading.check.approved_on.isoformat()
        told["reviewedBy"] = {
            "@type": "Person",
            "name": reading.check.name,
            "jobTitle": reading.check.role,
        }
    return told


def breadcrumb(trail: list[tuple[str, str]]) -> dict[str, Any]:
    steps = [
        {"@type": "ListItem", "position": position, "name": name, "item": url}
        for position, (name, url) in enumerate(trail, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def questions(reading: Reading) -> dict[str, Any]:
    asked = [
        {
            "@type": "Question",
            "name": one.question,
            "acceptedAnswer": {"@type": "Answer", "text": plain_text(SPACED_CITATION.sub("", one.answer))},
        }
        for one in reading.content.questions
    ]
    return {"@type": "FAQPage", "inLanguage": reading.language, "mainEntity": asked}
