"""The look inside packages' pages, which are Django templates: hashed addresses and icons."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from rapport.ui import assets

register = template.Library()


@register.simple_tag
def focused(field: BoundField) -> SafeString:
    """The field of a form, with the focus when its page opens."""
    return field.as_widget(attrs={"autofocus": True})


register.simple_tag(assets.asset, name="asset")
register.simple_tag(assets.stylesheet_address, name="stylesheet_address")
register.simple_tag(assets.import_map, name="import_map")
register.simple_tag(assets.icon, name="icon")
