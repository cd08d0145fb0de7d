"""How the first page of the education pages groups what stands below it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.education.showing.reading import Leaf

GROUPS = (
    ("pump", _("The pump and how it works"), ("what-is-it", "cancer-pain", "system")),
    ("deciding", _("Deciding"), ("benefits-risks", "choosing", "stories")),
    ("living", _("Living with it"), ("questions", "side-effects", "too-much-too-little", "caregivers", "print")),
    ("facts", _("Where this comes from"), ("safety-notices", "glossary", "references", "about-this-information")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    anchor: str
    heading: str
    leaves: tuple[Leaf, ...]


def groups(below: Iterable[Leaf]) -> list[Group]:
    """Return the pages in groups, each in the order of the tree; what no group names comes last."""
    leaves = list(below)
    named = {slug for _anchor, _heading, slugs in GROUPS for slug in slugs}
    found = [Group(anchor, heading, within(leaves, slugs)) for anchor, heading, slugs in GROUPS]
    others = tuple(leaf for leaf in leaves if slug(leaf) not in named)
    return [group for group in [*found, Group("more", _("More pages"), others)] if group.leaves]


def within(leaves: list[Leaf], slugs: tuple[str, ...]) -> tuple[Leaf, ...]:
    return tuple(leaf for leaf in leaves if slug(leaf) in slugs)


def slug(leaf: Leaf) -> str:
    return leaf.path.rpartition("/")[2]
