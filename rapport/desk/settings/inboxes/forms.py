"""The form of an e-mail inbox: between a page's fields and the adapter's settings."""

from __future__ import annotations

import ssl
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from rapport.channels.configuring import Setup
from rapport.channels.models import Inbox
from rapport.desk.choosing import RowChoice
from rapport.people.models import Account, Team

SECURITY = (("tls", _("TLS (recommended)")), ("starttls", "STARTTLS"), ("none", _("None")))
AUTH = (("password", _("Password")), ("xoauth2", _("Consent in the browser (XOAUTH2)")))
START = (("now", _("Only new mail from now on")), ("days", _("The last days")), ("all", _("Everything")))
AFTER = (("leave", _("Leave it there")), ("move", _("Move it to a folder")), ("delete", _("Delete it after some days")))
TRANSPORT = (("smtp", _("Send by SMTP")), ("folder", _("Practice: write files, send nothing")))
SERVER_FIELDS = ("host", "security", "port", "user", "auth", "fingerprint", "ca_pem")
PORTS = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "smtp": {"tls": 465, "starttls": 587, "none": 25},
}


def _port() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Port"), min_value=1, max_value=65535, required=False, help_text=_("Empty: the usual one.")
    )


def _password() -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=_("Password"),
        max_length=1000,
        required=False,
        strip=False,
        widget=widget,
        help_text=_("Left empty, the stored one stays."),
    )


def _fingerprint() -> forms.RegexField:
    return forms.RegexField(
        r"^[0-9A-Fa-f: ]*$",
        label=_("Fingerprint of its certificate"),
        max_length=100,
        required=False,
        help_text=_("SHA-256; only for a server whose certificate no authority signed."),
    )


def _certificate() -> forms.CharField:
    return forms.CharField(
        label=_("Certificate of its own authority"),
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("PEM; trusted for this server only."),
    )


def mail_addresses(lines: list[str]) -> list[str]:
    """The same lines. Raises ValidationError, which names the first that is no mail address."""
    for line in lines:
        try:
            validate_email(line)
        except ValidationError:
            raise ValidationError(_("This is no mail address: %(line)s"), params={"line": line}) from None
    return lines


class InboxForm(forms.Form):
    """All that is asked; `groups` says in which order and under which heading."""

    address = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name inside"), max_length=120, help_text=_("How colleagues call this inbox."))
    display_name = forms.CharField(label=_("Name customers see"), max_length=120, required=False)
    team = RowChoice(
        label=_("Team"), queryset=Team.objects.none(), required=False, help_text=_("Its mail goes to this team.")
    )
    aliases = forms.CharField(
        label=_("Other addresses"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: addresses whose mail arrives here too."),
    )
    acknowledge = forms.BooleanField(label=_("Tell customers by mail that their message has arrived"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)

    fetch = forms.BooleanField(label=_("Fetch mail by IMAP"), required=False)
    imap_host = forms.CharField(label=_("Server"), max_length=253, required=False)
    imap_security = forms.ChoiceField(label=_("Encryption"), choices=SECURITY)
    imap_port = _port()
    imap_user = forms.CharField(label=_("User name"), max_length=254, required=False)
    imap_auth = forms.ChoiceField(label=_("Sign in by"), choices=AUTH)
    imap_password = _password()
    imap_fingerprint = _fingerprint()
    imap_ca_pem = _certificate()
    folders = forms.CharField(label=_("Folders"), max_length=1000, help_text=_("Separated by commas."))
    start = forms.ChoiceField(
        label=_("Where to begin"), choices=START, help_text=_("Counts when a folder is read for the first time.")
    )
    start_days = forms.IntegerField(label=_("Days back"), min_value=1, max_value=36500, required=False)
    after = forms.ChoiceField(label=_("Fetched mail on the server"), choices=AFTER)
    after_folder = forms.CharField(label=_("Folder to move it to"), max_length=255, required=False)
    after_days = forms.IntegerField(label=_("Days until it is deleted"), min_value=1, max_value=36500, required=False)

    transport = forms.ChoiceField(label=_("Way out"), choices=TRANSPORT)
    smtp_host = forms.CharField(label=_("Server"), max_length=253, required=False)
    smtp_security = forms.ChoiceField(label=_("Encryption"), choices=SECURITY)
    smtp_port = _port()
    smtp_user = forms.CharField(label=_("User name"), max_length=254, required=False)
    smtp_auth = forms.ChoiceField(label=_("Sign in by"), choices=AUTH)
    smtp_password = _password()
    smtp_fingerprint = _fingerprint()
    smtp_ca_pem = _certificate()
    sent_folder = forms.CharField(
        label=_("Copy replies to the folder"),
        max_length=255,
        required=False,
        help_text=_("Usually Sent; empty for none."),
    )

    authserv_id = forms.CharField(
        label=_("Name of your mail server"),
        max_length=253,
        required=False,
        help_text=_("The authserv-id of its Authentication-Results header. Empty: no sender counts as authenticated."),
    )
    check_dkim = forms.BooleanField(
        label=_("Check DKIM signatures here too"),
        required=False,
        help_text=_("Needs DNS; slows arrival down a little."),
    )
    plus_addressing = forms.BooleanField(label=_("The server delivers name+anything@ to name@"), required=False)

    def __init__(self, *args: Any, by: Account, teams: Any, inbox: Inbox | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(inbox))
        super().__init__(*args, **kwargs)
        self.inbox = inbox
        field: Any = self.fields["team"]
        field.queryset, field.empty_label = teams, _("No team")
        if inbox is None:  # nothing is stored yet
            for name in ("imap_password", "smtp_password"):
                self.fields[name].help_text = ""

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).lower()

    def clean_aliases(self) -> list[str]:
        lines = [line.strip().lower() for line in self.cleaned_data["aliases"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        return mail_addresses(found)

    def clean_folders(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["folders"].split(",") if name.strip()] or ["INBOX"]

    def clean_imap_ca_pem(self) -> str:
        return _checked_pem(self.cleaned_data["imap_ca_pem"])

    def clean_smtp_ca_pem(self) -> str:
        return _checked_pem(self.cleaned_data["smtp_ca_pem"])

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        if entered.get("fetch"):
            self._require("imap_host", "imap_user")
        if entered.get("transport") == "smtp":
            self._require("smtp_host")
        for choice, value, needed in (
            ("start", "days", "start_days"),
            ("after", "move", "after_folder"),
            ("after", "delete", "after_days"),
        ):
            if entered.get("fetch") and entered.get(choice) == value:
                self._require(needed)
        return entered

    def setup(self) -> Setup:
        """What was entered, as the verbs take it."""
        entered = self.cleaned_data
        names = ("name", "address", "display_name", "team", "aliases", "authserv_id", "acknowledge", "is_active")
        secrets = {name: entered[name] for name in ("imap_password", "smtp_password") if entered[name]}
        return Setup(**{name: entered[name] for name in names}, settings=self._settings(), secrets=secrets)

    def _settings(self) -> dict[str, Any]:
        entered = self.cleaned_data
        kept = dict(self.inbox.settings) if self.inbox else {}
        kept.pop("imap", None)
        kept |= {
            "smtp": self._server("smtp"),
            "transport": entered["transport"],
            "sent_folder": entered["sent_folder"],
            "plus_addressing": entered["plus_addressing"],
            "check_dkim": entered["check_dkim"],
        }
        if entered["fetch"]:
            kept["imap"] = self._server("imap") | {
                "folders": entered["folders"],
                "start": f"days:{entered['start_days']}" if entered["start"] == "days" else entered["start"],
                "after": self._after(),
            }
        return kept

    def _server(self, name: str) -> dict[str, Any]:
        entered = self.cleaned_data
        security = entered[f"{name}_security"]
        server = dict(self.inbox.settings.get(name) or {}) if self.inbox else {}
        server |= {
            "host": entered[f"{name}_host"].strip(),
            "port": entered[f"{name}_port"] or PORTS[name][security],
            "security": security,
            "user": entered[f"{name}_user"],
            "auth": entered[f"{name}_auth"],
        }
        for trust in ("fingerprint", "ca_pem"):
            server.pop(trust, None)
            if entered[f"{name}_{trust}"]:
                server[trust] = entered[f"{name}_{trust}"]
        return server

    def _after(self) -> str:
        entered = self.cleaned_data
        detail = {"move": entered["after_folder"], "delete": entered["after_days"], "leave": ""}[entered["after"]]
        return f"{entered['after']}:{detail}" if detail else "leave"

    def _require(self, *names: str) -> None:
        for name in names:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed."))


GROUPS = (
    (_("Address"), ("address", "name", "display_name", "team", "aliases", "acknowledge", "is_active")),
    (
        _("Mail in"),
        (
            "fetch",
            "imap_host",
            "imap_security",
            "imap_port",
            "imap_user",
            "imap_auth",
            "imap_password",
            "imap_fingerprint",
            "imap_ca_pem",
            "folders",
            "start",
            "start_days",
            "after",
            "after_folder",
            "after_days",
        ),
    ),
    (
        _("Mail out"),
        (
            "transport",
            "smtp_host",
            "smtp_security",
            "smtp_port",
            "smtp_user",
            "smtp_auth",
            "smtp_password",
            "smtp_fingerprint",
            "smtp_ca_pem",
            "sent_folder",
        ),
    ),
    (_("Trust"), ("authserv_id", "check_dkim", "plus_addressing")),
)


def _checked_pem(pem: str) -> str:
    """A certificate nobody can read would stop every connection later, so it is refused now."""
    if pem:
        try:
            ssl.create_default_context(cadata=pem)
        except (ssl.SSLError, ValueError):
            raise ValidationError(_("This is no certificate in PEM form.")) from None
    return pem


def initial_of(inbox: Inbox | None) -> dict[str, Any]:
    """The form's values for an inbox; for a new one what most companies choose."""
    if inbox is None:
        return {
            "acknowledge": True,
            "is_active": True,
            "fetch": True,
            "imap_security": "tls",
            "smtp_security": "starttls",
            "folders": "INBOX",
            "start": "now",
            "after": "leave",
            "transport": "smtp",
            "sent_folder": "Sent",
        }
    settings = inbox.settings
    imap, smtp = settings.get("imap") or {}, settings.get("smtp") or {}
    start, _colon, days = str(imap.get("start", "now")).partition(":")
    after, _colon, detail = str(imap.get("after", "leave")).partition(":")
    columns = ("address", "name", "display_name", "team", "authserv_id", "acknowledge", "is_active")
    return {
        **{name: getattr(inbox, name) for name in columns},
        "aliases": "\n".join(inbox.aliases),
        "fetch": bool(imap),
        **{f"imap_{name}": imap.get(name) for name in SERVER_FIELDS},
        **{f"smtp_{name}": smtp.get(name) for name in SERVER_FIELDS},
        "folders": ", ".join(imap.get("folders") or ["INBOX"]),
        "start": start,
        "start_days": days or None,
        "after": after,
        "after_folder": detail if after == "move" else "",
        "after_days": detail if after == "delete" else None,
        "transport": settings.get("transport", "smtp"),
        "sent_folder": settings.get("sent_folder", ""),
        "plus_addressing": bool(settings.get("plus_addressing")),
        "check_dkim": bool(settings.get("check_dkim")),
    }
