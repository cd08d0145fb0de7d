"""How an action says no: a field and a sentence that a form can show beside it."""

from typing import NoReturn

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

__all__ = ["NON_FIELD_ERRORS", "Refused", "refuse", "refusing"]


class Refused(ValidationError):
    """An action was asked for something it does not do; nothing was saved."""


def refuse(field: str | None, sentence: object) -> NoReturn:
    """Refuse, naming the field the sentence is about; None when it is about no single one."""
    raise Refused({field or NON_FIELD_ERRORS: [sentence]})


class refusing:
    """Turn the complaints of a model's own validation into a refusal."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValidationError) and not isinstance(error, Refused):
            raise Refused(error) from error
