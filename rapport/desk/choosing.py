"""Form fields that choose rows by their ids; a number that no row can have is a wrong choice, not a broken database."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

_BIGGEST = 2**63 - 1


class RowChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no such arguments at run time
    """One row."""

    def to_python(self, value: Any) -> Any:
        if not _could_be_an_id(value):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return super().to_python(value)


class RowChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Any number of rows."""

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if not _could_be_an_id(one):
                raise ValidationError(self.error_messages["invalid_pk_value"], code="invalid", params={"pk": one})
        return super().clean(value)


def _could_be_an_id(value: Any) -> bool:
    return not isinstance(value, str) or not value.isdecimal() or (len(value) < 20 and int(value) <= _BIGGEST)
