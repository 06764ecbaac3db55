"""The pages of the settings: one entry each gives a page its place, its rights and its words in the search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from rapport.desk.entering import signed_in
from rapport.people import installing
from rapport.people.errors import NotAllowed
from rapport.people.models import Account
from rapport.people.rights import Right

# What a company may keep out of its way: pages by their keys, and parts of the desk that ask `appearance.house.hidden`.
HIDABLE = {
    "roles": _("Roles, the page"),
    "audit": _("Audit log, the page"),
    "stage": _("Journey: whether a conversation is before, during or after a purchase"),
}
YOURS, PEOPLE, WORK, CHANNELS, COMPANY = "yours", "people", "work", "channels", "company"
GROUPS = (
    (YOURS, _("Yours")),
    (PEOPLE, _("People")),
    (WORK, _("Daily work")),
    (CHANNELS, _("Channels")),
    (COMPANY, _("Company")),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `what` says what it changes; `words` are others that people search it by.

    `rights`: holding one of them opens it; without any it is everybody's. `forms` names classes below `rapport.desk`
    whose fields the search finds: those of `forms` stand on the page itself, those of `inner` on pages behind it.
    """

    key: str
    name: Any
    url: str
    rights: tuple[Right, ...]
    group: str
    what: Any
    sign: str = "settings"
    words: Any = ""
    forms: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()

    def opens_to(self, account: Account) -> bool:
        """Whether this account may open it."""
        return not self.rights or any(account.may(right) for right in self.rights)


# A new page: one entry here, its address in urls.py, and `show(…, tab=key)` in its view.
PAGES = (
    Page(
        "account",
        _("My account"),
        "account",
        (),
        YOURS,
        _("Your name, language, time zone and signature, your password and where you are signed in."),
        "user",
        _("profile password passkey two-factor second factor session dark light theme device"),
        forms=("account.forms.ProfileForm", "account.forms.WritingForm"),
    ),
    Page(
        "told",
        _("What I am told"),
        "account_notifications",
        (),
        YOURS,
        _("What I am told, by bell or mail, and when"),
        "bell",
        _("Quiet hours and digest"),
        forms=("account.told.HoursForm",),
    ),
    Page(
        "people",
        _("People"),
        "settings_people",
        (Right.INSTALLATION,),
        PEOPLE,
        _("Who can sign in, in which role and which teams."),
        "user-plus",
        _("invite invitation account user colleague agent end restore reset password"),
        forms=("settings.people.forms.InviteForm",),
    ),
    Page(
        "teams",
        _("Teams"),
        "settings_teams",
        (Right.INSTALLATION, Right.TEAM_SETTINGS),
        PEOPLE,
        _("Who shares conversations with whom, and how a team signs its replies."),
        "users",
        _("group department member"),
        forms=("settings.teams.forms.NewTeamForm",),
        inner=("settings.teams.forms.TeamForm",),
    ),
    Page(
        "roles",
        _("Roles"),
        "settings_roles",
        (Right.INSTALLATION,),
        PEOPLE,
        _("What each role may see and do, and roles of your own."),
        "shield-check",
        _("right permission custom role access matrix owner administrator supervisor light agent read-only"),
        forms=("settings.roles.forms.NewRoleForm",),
        inner=("settings.roles.forms.RoleForm",),
    ),
    Page(
        "macros",
        _("Macros"),
        "settings_macros",
        (Right.REPLY, Right.NOTE),
        WORK,
        _("Words and acts you need again and again."),
        "zap",
        _("template snippet canned response text block saved reply shortcut"),
        forms=("settings.macros.forms.MacroForm",),
    ),
    Page(
        "attributes",
        _("Customer details"),
        "settings_attributes",
        (Right.INSTALLATION,),
        WORK,
        _("Facts of your own about customers: what they are called, what may stand there, and where."),
        "list",
        _("custom attribute field property phone country region customer"),
        forms=("settings.attributes.forms.AttributeForm", "settings.attributes.forms.RegionForm"),
    ),
    Page(
        "cards",
        _("Customer cards"),
        "settings_cards",
        (Right.INSTALLATION,),
        WORK,
        _("What your own systems know of a customer, asked while somebody looks."),
        "layers",
        _("card endpoint integration shop CRM ERP webhook secret panel"),
        forms=("settings.cards.forms.CardForm",),
    ),
    Page(
        "imports",
        _("Imports"),
        "settings_imports",
        (Right.INSTALLATION,),
        COMPANY,
        _("Customers and orders from a file of your shop or address book."),
        "download",
        _("import CSV Excel spreadsheet upload migrate orders customers"),
        forms=("settings.imports.forms.FileForm",),
    ),
    Page(
        "blocklist",
        _("Blocklist"),
        "settings_blocklist",
        (Right.INSTALLATION, Right.TEAM_SETTINGS),
        CHANNELS,
        _("Addresses and domains whose mail goes to the spam."),
        "ban",
        _("spam block sender quarantine domain unblock"),
        forms=("settings.blocklist.views.BlockForm",),
    ),
    Page(
        "views",
        _("Views"),
        "settings_views",
        (Right.REPLY, Right.NOTE),
        WORK,
        _("Lists under a name, and the sequence of your own rail."),
        "layers",
        _("saved search filter queue folder rail sidebar arrange hide order"),
        inner=("settings.saved_views.forms.ViewForm",),
    ),
    Page(
        "tags",
        _("Tags"),
        "settings_tags",
        (Right.INSTALLATION, Right.TEAM_SETTINGS),
        WORK,
        _("Which words conversations are sorted by: renamed, coloured, merged, put away."),
        "tag",
        _("label category colour rename merge"),
        inner=("settings.tags.views.TagForm",),
    ),
    Page(
        "fields",
        _("Custom fields"),
        "settings_fields",
        (Right.INSTALLATION,),
        WORK,
        _("What is filled in on conversations: an order number, a delivery date."),
        "list",
        _("attribute property form required dropdown choice"),
        forms=("settings.fields.forms.FieldForm",),
    ),
    Page(
        "statuses",
        _("Statuses"),
        "settings_statuses",
        (Right.INSTALLATION,),
        WORK,
        _("Your own words for where a conversation stands, and which steps are allowed."),
        "circle-dot",
        _("state workflow transition pending resolved steps"),
        forms=("settings.statuses.forms.StatusForm",),
    ),
    Page(
        "checklists",
        _("Checklists"),
        "settings_checklists",
        (Right.INSTALLATION,),
        WORK,
        _("Steps that are the same each time, to be ticked in the side panel."),
        "check-check",
        _("tasks to-do steps template procedure"),
        forms=("settings.checklists.views.ChecklistForm",),
    ),
    Page(
        "time",
        _("Time spent"),
        "settings_time",
        (Right.INSTALLATION,),
        WORK,
        _("Whether people note how long they worked on a conversation."),
        "clock",
        _("timer time tracking minutes effort"),
        forms=("settings.time.views.TimeForm",),
    ),
    Page(
        "inboxes",
        _("Inboxes"),
        "settings_inboxes",
        (Right.INSTALLATION,),
        CHANNELS,
        _("Which mailboxes Rapport reads and answers from."),
        "inbox",
        _("e-mail mail address IMAP SMTP connect mailbox Gmail Microsoft 365 doctor"),
        inner=("settings.inboxes.forms.InboxForm",),
    ),
    Page(
        "company",
        _("Company"),
        "settings_company",
        (Right.INSTALLATION,),
        COMPANY,
        _("The name customers see, and whether every agent sees every conversation."),
        "building-2",
        _("organisation business name visibility openness"),
        forms=("settings.company.views.CompanyForm",),
    ),
    Page(
        "appearance",
        _("Appearance"),
        "settings_appearance",
        (Right.INSTALLATION,),
        COMPANY,
        _("The colour of buttons and links, and the logo that everybody sees who works here or signs in."),
        "palette",
        _("brand branding logo accent color theme corporate design picture"),
        forms=("settings.appearance.views.AppearanceForm",),
    ),
    Page(
        "hours",
        _("Business hours"),
        "settings_hours",
        (Right.INSTALLATION,),
        COMPANY,
        _("When you answer. Who writes outside them is told when you are back."),
        "clock",
        _("opening hours office time zone weekend holiday closed working schedule"),
        forms=("settings.hours.forms.HoursForm",),
    ),
    Page(
        "shown",
        _("What is shown"),
        "settings_shown",
        (Right.INSTALLATION,),
        COMPANY,
        _("Parts of Rapport that your company does not need can be kept out of the way."),
        "eye",
        _("hide hidden features simple preset trade journey stage"),
        forms=("settings.shown.views.ShownForm",),
    ),
    Page(
        "audit",
        _("Audit log"),
        "settings_audit",
        (Right.AUDIT,),
        COMPANY,
        _("Who changed which setting, when, and what stood there before."),
        "clock",
        _("history log trail changes compliance export CSV who did"),
    ),
)


def allowed(request: HttpRequest, *rights: Right) -> Account:
    """The signed-in account, if it holds one of the rights. Raises NotAllowed."""
    account = signed_in(request)
    if not any(account.may(right) for right in rights):
        raise NotAllowed
    return account


def pages_of(account: Account) -> list[Page]:
    """The pages this account may open, in order."""
    return [page for page in PAGES if page.opens_to(account)]


def shown_pages_of(account: Account) -> list[Page]:
    """The same without those that the company keeps out of its way; the search finds them still."""
    hidden = installing.current().hidden
    return [page for page in pages_of(account) if page.key not in hidden]


def grouped(pages: list[Page]) -> list[tuple[Any, list[Page]]]:
    """The same pages under the names of their groups; empty groups are left out."""
    found = [(name, [page for page in pages if page.group == group]) for group, name in GROUPS]
    return [(name, some) for name, some in found if some]


def show(request: HttpRequest, template: str, *, tab: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render one settings page; `tab` is the key of its entry above."""
    shared = {
        "section": "settings",
        "tab": tab,
        "settings_groups": grouped(shown_pages_of(signed_in(request))),
        "settings_page": next((page for page in PAGES if page.key == tab), None),
        "rail_part": "desk/settings/_rail.html",
    }
    return render(request, f"desk/settings/{template}", {**shared, **context}, status=status)
