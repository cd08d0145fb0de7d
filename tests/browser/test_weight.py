"""What a first visit costs: bytes as they travel (gzip) and requests, with an empty cache."""

import gzip

import pytest

pytestmark = pytest.mark.django_db
KB = 1024
BUDGETS = [
    ("/help/alarm/", 30 * KB, 3),
    ("/es/help/alarm/", 30 * KB, 3),
    ("/help/emergency/", 30 * KB, 3),
    ("/learn/", 150 * KB, 10),
    ("/learn/what-is-it/", 150 * KB, 10),
    ("/learn/benefits-risks/", 150 * KB, 10),
    ("/es/learn/glossary/", 150 * KB, 10),
    ("/learn/questions/refills/", 150 * KB, 10),
]


@pytest.mark.parametrize(("url", "most_bytes", "most_requests"), BUDGETS)
def test_weight(visit_as, url, most_bytes, most_requests):
    page = visit_as()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(url, wait_until="networkidle")
    weights = {answer.url: len(gzip.compress(answer.body())) for answer in answers if answer.status == 200}
    assert len(answers) <= most_requests, list(weights)
    assert sum(weights.values()) <= most_bytes, weights
    assert all(
        one.startswith(page.url.split("/help")[0].split("/learn")[0].split("/es")[0]) for one in weights
    )
