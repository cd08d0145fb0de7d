"""What changes about people who sign in."""

from django.db import transaction

from portal.accounts.models import User
from portal.audit import log


@transaction.atomic
def set_language(*, actor, language):
    """Store the language in which a person reads the portal."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
        log.record(
            actor=actor, action="account.language_changed", subject=user, detail={"language": language}
        )
    return user
