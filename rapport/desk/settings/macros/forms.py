"""What is asked about a macro: its words, and each act as a field of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.conversations import applying
from rapport.conversations.authoring import Prepared
from rapport.conversations.models import Conversation, Macro, View
from rapport.desk.conversation.forms import html_of
from rapport.kit import html
from rapport.people import access
from rapport.people.models import Account
from rapport.people.rights import Right

AS_IS = ("", _("Leave as it is"))
_MOST_TAGS = 5


class MacroForm(forms.Form):
    """Name, audience, words and acts. `body` is plain text, or HTML when `format` says so."""

    name = forms.CharField(label=_("Name"), max_length=80)
    audience = forms.ChoiceField(label=_("For"))
    format = forms.ChoiceField(choices=[("text", "text"), ("html", "html")], required=False, widget=forms.HiddenInput)
    body = forms.CharField(label=_("Words"), max_length=100_000, required=False, widget=forms.Textarea, strip=False)
    add_tags = forms.CharField(
        label=_("Add tags"), max_length=300, required=False, help_text=_("Separate them by commas.")
    )
    remove_tags = forms.CharField(label=_("Remove tags"), max_length=300, required=False)
    assign = forms.ChoiceField(label=_("Assign to"), required=False)
    team = forms.ChoiceField(label=_("Hand to team"), required=False)
    priority = forms.ChoiceField(
        label=_("Priority"), required=False, choices=[AS_IS, *((str(v), t) for v, t in Conversation.Priority.choices)]
    )
    stage = forms.ChoiceField(
        label=_("Journey"), required=False, choices=[AS_IS, *((v, t) for v, t in Conversation.Stage.choices if v)]
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[AS_IS, ("open", _("Open")), ("waiting", _("Waiting for customer")), ("closed", _("Closed"))],
    )
    snooze = forms.IntegerField(label=_("Snooze for days"), required=False, min_value=1, max_value=applying.MOST_DAYS)

    def __init__(self, data: Any = None, *, me: Account, macro: Macro | None = None) -> None:
        super().__init__(data, initial=_initial(macro) if macro else None)
        choices: Any = self.fields
        if macro is None:
            choices["audience"].choices = audiences(me)
        else:  # whose it is does not change: who uses it counts on it
            del self.fields["audience"]
        choices["team"].choices = [AS_IS, *((str(team.pk), team.name) for team in access.teams_visible_to(me))]
        people = access.accounts_visible_to(me).filter(is_active=True).order_by("name")
        holders = [(str(one.pk), one.name) for one in people if one.may(Right.REPLY)]
        choices["assign"].choices = [AS_IS, ("me", _("Whoever uses it")), ("nobody", _("Nobody")), *holders]

    def prepared(self) -> Prepared:
        """What the verbs take."""
        entered = self.cleaned_data
        body = str(entered["body"])
        words = body if entered["format"] == "html" else html_of(body)
        return Prepared(entered["name"], words, list(self._acts()))

    def _acts(self) -> list[dict[str, str]]:
        entered = self.cleaned_data
        acts = [{"act": "tag", "value": name} for name in _words(entered["add_tags"])]
        acts += [{"act": "untag", "value": name} for name in _words(entered["remove_tags"])]
        for act in ("team", "assign", "priority", "stage", "status", "snooze"):
            if entered[act] not in (None, ""):
                acts.append({"act": act, "value": str(entered[act])})
        return acts


def audiences(me: Account) -> list[tuple[str, Any]]:
    """Whom this account may write macros and views for: `me`, `team:3`, `all`."""
    found: list[tuple[str, Any]] = [("me", _("Only me"))]
    found += [(f"team:{team.pk}", team.name) for team in access.teams_managed_by(me)]
    if me.may(Right.INSTALLATION):
        found.append(("all", _("Everybody")))
    return found


def audience_of(macro: Macro | View) -> str:
    """The reverse: the audience as the form says it."""
    if macro.owner_id is not None:
        return "me"
    return f"team:{macro.team_id}" if macro.team_id is not None else "all"


def _initial(macro: Macro) -> dict[str, Any]:
    values: dict[str, Any] = {"name": macro.name, "audience": audience_of(macro), "body": html.to_text(macro.html)}
    tags: dict[str, list[str]] = {"tag": [], "untag": []}
    for one in macro.acts:
        if one["act"] in tags:
            tags[one["act"]].append(one["value"])
        else:
            values[one["act"]] = one["value"]
    return {**values, "add_tags": ", ".join(tags["tag"]), "remove_tags": ", ".join(tags["untag"])}


def _words(written: str) -> list[str]:
    return [word.strip() for word in written.split(",") if word.strip()][:_MOST_TAGS]
