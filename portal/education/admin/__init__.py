"""The admin pages of content editors: the tree of pages, their texts, the library, what readers sent."""

from portal.education.admin import library, pages, texts, voices

__all__ = ["library", "pages", "texts", "voices"]
