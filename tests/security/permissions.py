"""Who may do what: one cell for every route, method and role. An address that is missing here is a red test.

The letters of a row stand for: anonymous; owner, supervisor of the team, agent of the team; guest (another team's agent
who was mentioned), outsider (another team's agent), asked (a colleague who was mentioned), colleague (who was not); left
(an agent who left the team), ended (a former member of the company whose browser is still open).

  +  answered            >  sent to sign in          -  403, the role does not allow it
  ?  404, exactly as for an id that does not exist   !  let in, and refused for another reason than rights

The administrator gets what the owner gets; where not, ADMINISTRATOR says so. GET stands for HEAD too. Every method that
is not declared answers 405.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from tests.security.company import LETTERED, NOTE, POINT, Company

TABLE = """
GET    health/                                                 + +++ ++++ ++
GET    metrics                                                 ? ??? ???? ??
GET    accounts/login/                                         + +++ ++++ ++
POST   accounts/login/                                         + +++ ++++ ++
POST   language/                                               + +++ ++++ ++
GET    accounts/logout/                                        + +++ ++++ ++
POST   accounts/logout/                                        + +++ ++++ ++
GET    accounts/inactive/                                      + +++ ++++ ++
GET    accounts/signup/                                        + +++ ++++ ++
POST   accounts/signup/                                        + +++ ++++ ++
GET    accounts/reauthenticate/                                > +++ ++++ +>
POST   accounts/reauthenticate/                                > +++ ++++ +>
GET    accounts/password/change/                               > +++ ++++ +>
POST   accounts/password/change/                               > +++ ++++ +>
GET    accounts/password/set/                                  > +++ ++++ +>
POST   accounts/password/set/                                  > +++ ++++ +>
GET    accounts/password/reset/                                + +++ ++++ ++
POST   accounts/password/reset/                                + +++ ++++ ++
GET    accounts/login/code/confirm/                            > +++ ++++ +>
POST   accounts/login/code/confirm/                            > +++ ++++ +>
GET    accounts/password/reset/key/done/                       + +++ ++++ ++
GET    accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$ + +++ ++++ ++
POST   accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$ + +++ ++++ ++
GET    accounts/password/reset/done/                           + +++ ++++ ++
GET    accounts/2fa/                                           > +++ ++++ +>
GET    accounts/2fa/authenticate/                              > +++ ++++ +>
POST   accounts/2fa/authenticate/                              > +++ ++++ +>
GET    accounts/2fa/reauthenticate/                            > +++ ++++ +>
POST   accounts/2fa/reauthenticate/                            > +++ ++++ +>
GET    accounts/2fa/totp/activate/                             > +++ ++++ +>
POST   accounts/2fa/totp/activate/                             > +++ ++++ +>
GET    accounts/2fa/totp/deactivate/                           > ??? ???? ?>
POST   accounts/2fa/totp/deactivate/                           > ??? ???? ?>
GET    accounts/2fa/recovery-codes/                            > ??? ???? ?>
GET    accounts/2fa/recovery-codes/generate/                   > +++ ++++ +>
POST   accounts/2fa/recovery-codes/generate/                   > +++ ++++ +>
GET    accounts/2fa/recovery-codes/download/                   > ??? ???? ?>
POST   accounts/2fa/recovery-codes/download/                   > ??? ???? ?>
GET    accounts/2fa/webauthn/                                  > +++ ++++ +>
GET    accounts/2fa/webauthn/add/                              > +++ ++++ +>
POST   accounts/2fa/webauthn/add/                              > +++ ++++ +>
GET    accounts/2fa/webauthn/reauthenticate/                   > +++ ++++ +>
POST   accounts/2fa/webauthn/reauthenticate/                   > +++ ++++ +>
GET    accounts/2fa/webauthn/keys/<int:pk>/remove/             > +++ ++++ +>
POST   accounts/2fa/webauthn/keys/<int:pk>/remove/             > +++ ++++ +>
GET    accounts/2fa/webauthn/keys/<int:pk>/edit/               > +++ ++++ +>
POST   accounts/2fa/webauthn/keys/<int:pk>/edit/               > +++ ++++ +>
GET    accounts/2fa/webauthn/login/                            > +++ ++++ +>
POST   accounts/2fa/webauthn/login/                            > +++ ++++ +>
GET    accounts/sessions/                                      > +++ ++++ +>
POST   accounts/sessions/                                      > +++ ++++ +>
GET    ui/manifest.webmanifest                                 + +++ ++++ ++
GET    ui/worker.js                                            + +++ ++++ ++
GET    ui/offline/                                             + +++ ++++ ++
GET    ui/style.css                                            + +++ ++++ ++
# The company chose none, so nobody gets any; desk/tests/test_appearance.py asks for those that were chosen.
GET    appearance/<slug:version>.css                           ? ??? ???? ??
GET    appearance/logo/<str:sha256>.webp                       ? ??? ???? ??
GET    /                                                       > +++ ++++ +>
GET    today/                                                  > +++ ++++ +>
GET    inbox/                                                  > +++ ++++ +>
GET    inbox/rows/                                             > +++ ++++ +>
GET    inbox/rows/<int:number>/                                > +++ +?+? ?>
GET    inbox/counts/                                           > +++ ++++ +>
GET    inbox/counts/saved/                                     > +++ ++++ +>
GET    inbox/display/                                          > +++ ++++ +>
POST   inbox/display/                                          > +++ ++++ +>
POST   inbox/layout/                                           > +++ ++++ +>
GET    inbox/board/                                            > +++ ++++ +>
GET    inbox/board/lanes/                                      > +++ ++++ +>
GET    inbox/board/counts/                                     > +++ ++++ +>
GET    inbox/board/cards/<int:number>/                         > +++ +?+? ?>
GET    inbox/board/cards/<int:number>/place/                   > +++ +?-? ?>
POST   inbox/board/cards/<int:number>/place/                   > +++ +?-? ?>
POST   inbox/bulk/                                             > +++ +?-? ?>
GET    inbox/bulk/choices/                                     > +++ ++-- +>
POST   inbox/bulk/undo/<str:token>/                            > !!! !!!! !>
GET    inbox/words/                                            > +++ +?-- ?>
POST   inbox/words/                                            > !!! !!-- !>
GET    inbox/words/<str:key>/                                  > ??+ ???? ?>
POST   inbox/words/<str:key>/taking-back/                      > ??! ???? ?>
GET    conversations/new/                                      > +++ ++-- +>
POST   conversations/new/                                      > +++ !!-- !>
POST   conversations/new/draft/                                > +++ ++-- +>
GET    conversations/new/send-times/                           > +++ ++-- +>
GET    conversations/<int:number>/                             > +++ +?+? ?>
GET    conversations/<int:number>/sync/                        > +++ +?+? ?>
GET    conversations/<int:number>/composer/                    > +++ +?+? ?>
POST   conversations/<int:number>/read/                        > +++ +?+? ?>
POST   conversations/<int:number>/replies/                     > +++ +?-? ?>
POST   conversations/<int:number>/notes/                       > +++ +?+? ?>
POST   conversations/<int:number>/draft/                       > +++ +?+? ?>
GET    conversations/<int:number>/macros/                       > +++ +?+? ?>
POST   conversations/<int:number>/macros/<int:pk>/              > +++ +?-? ?>
POST   conversations/<int:number>/drafts/<int:pk>/taking/       > +++ +?-? ?>
POST   conversations/<int:number>/assignment/                  > +++ +?-? ?>
POST   conversations/<int:number>/team/                        > +++ +?-? ?>
POST   conversations/<int:number>/tags/                        > +++ +?-? ?>
POST   conversations/<int:number>/closure/                     > +++ +?-? ?>
DELETE conversations/<int:number>/closure/                     > +++ +?-? ?>
POST   conversations/<int:number>/snooze/                      > +++ +?-? ?>
DELETE conversations/<int:number>/snooze/                      > +++ +?-? ?>
POST   conversations/<int:number>/status/                      > +++ +?-? ?>
POST   conversations/<int:number>/fields/<int:pk>/             > +++ +?-? ?>
POST   conversations/<int:number>/checklists/                  > +++ +?+? ?>
POST   conversations/<int:number>/checklists/<int:pk>/removal/ > +++ +?+? ?>
POST   conversations/<int:number>/checklists/<int:pk>/items/<int:item>/ > +++ +?+? ?>
POST   conversations/<int:number>/time/                        > +++ +?+? ?>
POST   conversations/<int:number>/time/<int:pk>/               > ??+ ???? ?>
POST   conversations/<int:number>/spam/                        > +++ +?-? ?>
GET    conversations/<int:number>/merge/                       > +++ +?-? ?>
POST   conversations/<int:number>/merge/into/                  > +++ ???? ?>
POST   conversations/<int:number>/merge/undo/                  > +++ ???? ?>
GET    conversations/<int:number>/links/                       > +++ +?-? ?>
POST   conversations/<int:number>/links/                       > +++ ??-? ?>
POST   conversations/<int:number>/links/<int:pk>/removal/      > +++ +?-? ?>
GET    conversations/<int:number>/incidents/                   > +++ +?-? ?>
POST   conversations/<int:number>/incidents/                   > +++ !?-? ?>
GET    conversations/<int:number>/print/                       > +++ +?+? ?>
GET    messages/<int:pk>/                                      > +++ +??? ?>
GET    conversations/<int:number>/split/                       > +++ +?-? ?>
POST   conversations/<int:number>/split/                       > +++ +?-? ?>
POST   conversations/<int:number>/split/undo/                  > !!! !?-? ?>
POST   conversations/<int:number>/following/                   > +++ +?+? ?>
POST   conversations/<int:number>/priority/                    > +++ +?-? ?>
POST   conversations/<int:number>/stage/                       > +++ +?-? ?>
GET    conversations/<int:number>/subject/                     > +++ +?-? ?>
POST   conversations/<int:number>/subject/change/              > +++ +?-? ?>
POST   conversations/<int:number>/sides/                       > +++ +?-? ?>
GET    conversations/<int:number>/sides/new/                   > +++ +?-? ?>
POST   conversations/<int:number>/sides/draft/                 > +++ +?-? ?>
POST   conversations/<int:number>/sides/drafts/<int:draft>/taking/ > +++ +?-? ?>
POST   conversations/<int:number>/sides/<int:pk>/drafts/<int:draft>/taking/ > +++ +??? ?>
GET    conversations/<int:number>/sides/<int:pk>/              > +++ +??? ?>
POST   conversations/<int:number>/sides/<int:pk>/messages/     > +++ +?-? ?>
POST   conversations/<int:number>/sides/<int:pk>/draft/        > +++ +?-? ?>
POST   conversations/<int:number>/sides/<int:pk>/completion/   > +++ +?-? ?>
DELETE conversations/<int:number>/sides/<int:pk>/completion/   > +++ +?-? ?>
POST   conversations/<int:number>/questions/                   > +++ +?-? ?>
GET    conversations/<int:number>/questions/new/               > +++ +?-? ?>
POST   conversations/<int:number>/questions/draft/             > +++ +?-? ?>
POST   conversations/<int:number>/questions/drafts/<int:draft>/taking/ > +++ +?-? ?>
GET    conversations/<int:number>/send-times/                  > +++ +?-? ?>
GET    palette/                                                > +++ ++++ +>
GET    palette/places/                                         > +++ ++++ +>
GET    later/                                                  > +++ ++++ +>
POST   messages/<int:pk>/time/                                 > --+ ???? ?>
POST   messages/<int:pk>/hold/                                 > --+ ???? ?>
DELETE messages/<int:pk>/hold/                                 > --+ ???? ?>
POST   messages/<int:pk>/admission/                            > +++ +??? ?>
POST   messages/<int:pk>/delivery/                             > +++ +??? ?>
GET    messages/<int:pk>/original/                             > +++ +??? ?>
GET    messages/<int:pk>/frame/                                > +++ +??? ?>
GET    customers/                                              > +++ ++-- +>
POST   customers/                                              > +++ ++-- +>
GET    customers/<int:pk>/                                     > +++ ++?? +>
GET    customers/<int:pk>/profile/                             > +++ ++-- +>
POST   customers/<int:pk>/profile/                             > +++ ++-- +>
POST   customers/<int:pk>/addresses/                           > +++ ++-- +>
POST   customers/<int:pk>/addresses/<int:row>/first/           > +++ ++-- +>
POST   customers/<int:pk>/addresses/<int:row>/removal/         > +++ ++-- +>
POST   customers/<int:pk>/phones/                              > +++ ++-- +>
POST   customers/<int:pk>/phones/<int:row>/first/              > +++ ++-- +>
POST   customers/<int:pk>/phones/<int:row>/removal/            > +++ ++-- +>
POST   customers/<int:pk>/notes/                               > +++ ++-- +>
POST   customers/<int:pk>/notes/<int:row>/removal/             > +-+ ---- ->
POST   customers/<int:pk>/vip/                                 > +++ ++-- +>
POST   customers/<int:pk>/block/                               > +++ ++-- +>
GET    customers/<int:pk>/cards/<int:card>/                    > +++ ++?? +>
GET    customers/<int:pk>/merge/                               > +++ ++-- +>
POST   customers/<int:pk>/merge/                               > +++ ++-- +>
POST   customers/<int:pk>/merge/undo/                          > !!! !!-- !>
GET    organisations/<int:pk>/                                 > +++ ++?? +>
POST   organisations/<int:pk>/                                 > +++ ++-- +>
POST   organisations/<int:pk>/domains/                         > +++ ++-- +>
GET    files/<int:pk>/<str:token>/<path:name>                  > +++ +??? ?>
GET    search/                                                 > +++ ++++ +>
POST   uploads/                                                > +++ ++++ +>
PUT    uploads/                                                > !!! !!!! !>
GET    invitations/<str:token>/                                + +++ ++++ ++
POST   invitations/<str:token>/                                ! !!! !!!! !!
GET    start/go-on/                                            > ??? ???? ?>
GET    start/<slug:step>/                                      > ??? ???? ?>
POST   start/<slug:step>/                                      > ??? ???? ?>
GET    practice/                                               > ??? ???? ?>
GET    practice/<slug:key>/                                    > ??? ???? ?>
POST   practice/<slug:key>/                                    > ??? ???? ?>
GET    practice/<slug:key>/letters/                            > ??? ???? ?>
GET    start/                                                  > >>> >>>> >>
POST   start/                                                  > >>> >>>> >>
GET    account/                                                > +++ ++++ +>
POST   account/                                                > +++ ++++ +>
GET    account/notifications/                                  > +++ ++++ +>
POST   account/notifications/                                  > +++ ++++ +>
GET    account/notifications/<str:topic>/                      > +++ ++++ +>
POST   account/notifications/<str:topic>/                      > +++ ++++ +>
POST   account/devices/                                        > +++ ++++ +>
POST   account/devices/key/                                    > +++ ++++ +>
POST   account/devices/<int:pk>/removal/                       > +?? ???? ?>
POST   account/devices/<int:pk>/trial/                         > +?? ???? ?>
POST   account/writing/                                        > +++ ++++ +>
POST   account/sessions/closure/                               > +++ ++++ +>
POST   account/sessions/<int:pk>/closure/                      > +++ ++++ +>
GET    settings/                                               > +++ ++++ +>
GET    settings/people/                                        > +-- ---- ->
POST   settings/people/invitations/                            > +-- ---- ->
POST   settings/people/invitations/<int:pk>/withdrawal/        > +-- ---- ->
GET    settings/people/<int:pk>/                               > +-- ---- ->
POST   settings/people/<int:pk>/                               > +-- ---- ->
POST   settings/people/<int:pk>/ending/                        > +-- ---- ->
POST   settings/people/<int:pk>/restoration/                   > +-- ---- ->
POST   settings/people/<int:pk>/reset/                         > +-- ---- ->
GET    settings/teams/                                         > ++- ---- ->
POST   settings/teams/                                         > +-- ---- ->
GET    settings/teams/<int:pk>/                                > ++- ---- ->
POST   settings/teams/<int:pk>/                                > ++- ---- ->
POST   settings/teams/<int:pk>/ending/                         > +-- ---- ->
GET    settings/roles/                                         > +-- ---- ->
POST   settings/roles/                                         > +-- ---- ->
GET    settings/roles/<int:pk>/                                > +-- ---- ->
POST   settings/roles/<int:pk>/                                > +-- ---- ->
POST   settings/roles/<int:pk>/archive/                        > +-- ---- ->
POST   settings/roles/<int:pk>/restoration/                    > +-- ---- ->
GET    settings/macros/                                        > +++ ++++ +>
POST   settings/macros/                                        > +++ ++++ +>
GET    settings/macros/<int:pk>/                               > +?? ???? ?>
POST   settings/macros/<int:pk>/                               > +?? ???? ?>
POST   settings/macros/<int:pk>/archive/                       > +?? ???? ?>
POST   settings/macros/<int:pk>/restoration/                   > +?? ???? ?>
GET    settings/views/                                         > +++ ++++ +>
POST   settings/views/arrangement/                             > +++ ++++ +>
GET    settings/views/new/                                     > +++ ++++ +>
POST   settings/views/new/                                     > +++ ++++ +>
GET    settings/views/preview/                                 > +++ ++++ +>
GET    settings/views/<int:pk>/                                > +++ ???? ?>
POST   settings/views/<int:pk>/                                > ++- ???? ?>
POST   settings/views/<int:pk>/archive/                        > ++? ???? ?>
POST   settings/views/<int:pk>/restoration/                    > ++? ???? ?>
GET    settings/inboxes/                                       > +-- ---- ->
GET    settings/inboxes/new/                                   > +-- ---- ->
POST   settings/inboxes/new/                                   > +-- ---- ->
GET    settings/inboxes/<int:pk>/                              > +-- ---- ->
POST   settings/inboxes/<int:pk>/                              > +-- ---- ->
POST   settings/inboxes/<int:pk>/examinations/                 > +-- ---- ->
GET    settings/inboxes/<int:pk>/examinations/<str:run>/       > ?-- ---- ->
POST   settings/inboxes/<int:pk>/trusted-server/              > +-- ---- ->
GET    settings/inboxes/<int:pk>/consent/                      > +-- ---- ->
POST   settings/inboxes/<int:pk>/consent/                      > +-- ---- ->
GET    settings/inboxes/consent/answer/                        > --- ---- ->
GET    settings/attributes/                                    > +-- ---- ->
POST   settings/attributes/                                    > +-- ---- ->
POST   settings/attributes/region/                             > +-- ---- ->
GET    settings/attributes/<int:pk>/                           > +-- ---- ->
POST   settings/attributes/<int:pk>/                           > +-- ---- ->
POST   settings/attributes/<int:pk>/place/                     > +-- ---- ->
POST   settings/attributes/<int:pk>/archive/                   > +-- ---- ->
GET    settings/blocklist/                                     > ++- ---- ->
POST   settings/blocklist/                                     > ++- ---- ->
POST   settings/blocklist/<int:pk>/removal/                    > ++- ---- ->
GET    settings/imports/                                       > +-- ---- ->
POST   settings/imports/                                       > +-- ---- ->
GET    settings/imports/<int:pk>/                              > +-- ---- ->
POST   settings/imports/<int:pk>/                              > +-- ---- ->
GET    settings/imports/<int:pk>/progress/                     > +-- ---- ->
POST   settings/imports/<int:pk>/start/                        > +-- ---- ->
POST   settings/imports/<int:pk>/stop/                         > +-- ---- ->
GET    settings/imports/<int:pk>/report/                       > +-- ---- ->
GET    settings/cards/                                         > +-- ---- ->
POST   settings/cards/                                         > +-- ---- ->
GET    settings/cards/<int:pk>/                                > +-- ---- ->
POST   settings/cards/<int:pk>/                                > +-- ---- ->
POST   settings/cards/<int:pk>/removal/                        > +-- ---- ->
POST   settings/cards/<int:pk>/trial/                          > +-- ---- ->
POST   settings/inboxes/practice/                              > +-- ---- ->
POST   settings/inboxes/practice/removal/                      > +-- ---- ->
GET    settings/hours/                                         > +-- ---- ->
POST   settings/hours/                                         > +-- ---- ->
GET    settings/shown/                                         > +-- ---- ->
POST   settings/shown/                                         > +-- ---- ->
GET    settings/company/                                       > +-- ---- ->
POST   settings/company/                                       > +-- ---- ->
GET    settings/appearance/                                    > +-- ---- ->
POST   settings/appearance/                                    > +-- ---- ->
GET    settings/appearance/preview/                            > +-- ---- ->
GET    settings/appearance/shades/                             > +-- ---- ->
GET    settings/fields/                                        > +-- ---- ->
POST   settings/fields/                                        > +-- ---- ->
GET    settings/fields/<int:pk>/                               > +-- ---- ->
POST   settings/fields/<int:pk>/                               > +-- ---- ->
POST   settings/fields/<int:pk>/archive/                       > +-- ---- ->
POST   settings/fields/<int:pk>/restoration/                   > +-- ---- ->
POST   settings/fields/<int:pk>/position/                      > +-- ---- ->
GET    settings/statuses/                                      > +-- ---- ->
POST   settings/statuses/                                      > +-- ---- ->
POST   settings/statuses/moves/                                > +-- ---- ->
GET    settings/statuses/<int:pk>/                             > +-- ---- ->
POST   settings/statuses/<int:pk>/                             > +-- ---- ->
POST   settings/statuses/<int:pk>/archive/                     > +-- ---- ->
POST   settings/statuses/<int:pk>/restoration/                 > +-- ---- ->
POST   settings/statuses/<int:pk>/position/                    > +-- ---- ->
GET    settings/tags/                                          > ++- ---- ->
GET    settings/tags/<int:pk>/                                 > ++- ---- ->
POST   settings/tags/<int:pk>/                                 > ++- ---- ->
POST   settings/tags/<int:pk>/archive/                         > ++- ---- ->
POST   settings/tags/<int:pk>/restoration/                     > ++- ---- ->
POST   settings/tags/<int:pk>/merge/                           > ++- ---- ->
POST   settings/tags/<int:pk>/merge/undo/                      > ++- ---- ->
GET    settings/checklists/                                    > +-- ---- ->
POST   settings/checklists/                                    > +-- ---- ->
GET    settings/checklists/<int:pk>/                           > +-- ---- ->
POST   settings/checklists/<int:pk>/                           > +-- ---- ->
POST   settings/checklists/<int:pk>/archive/                   > +-- ---- ->
POST   settings/checklists/<int:pk>/restoration/               > +-- ---- ->
GET    settings/time/                                          > +-- ---- ->
POST   settings/time/                                          > +-- ---- ->
GET    settings/audit/                                         > +-- ---- ->
GET    settings/audit/export/                                  > +-- ---- ->
GET    notifications/                                          > +++ ++++ +>
GET    notifications/panel/                                    > +++ ++++ +>
GET    notifications/count/                                    > +++ ++++ +>
POST   notifications/seen/                                     > +++ ++++ +>
GET    status/                                                 > ++- ---- ->
GET    status/bar/                                             > ++- ---- ->
POST   status/release/                                         > +-- ---- ->
POST   status/deliveries/retries/                              > +-- ---- ->
POST   status/deliveries/<int:pk>/retries/                     > ++- ---- ->
POST   status/reactions/retries/                               > +-- ---- ->
POST   status/reactions/<int:pk>/retries/                      > +-- ---- ->
POST   status/mail/retries/                                    > +-- ---- ->
POST   status/mail/<int:pk>/retries/                           > +-- ---- ->
GET    live/                                                   > +++ ++++ +>
POST   conversations/<int:number>/presence/                    > +++ +?+? ?>
"""


ADMINISTRATOR: dict[str, str] = {  # the device in the company is the owner's
    "POST account/devices/<int:pk>/removal/": "?",
    "POST account/devices/<int:pk>/trial/": "?",
}


@dataclass(frozen=True)
class Row:
    """One line of the table: what each of ROLES gets."""

    method: str
    pattern: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


def rows() -> Iterator[Row]:
    """The table, line by line."""
    for line in TABLE.strip().splitlines():
        if line.strip() and not line.startswith("#"):
            method, pattern, *cells = line.split()
            given = dict(zip(LETTERED, "".join(cells), strict=True))
            given["administrator"] = ADMINISTRATOR.get(f"{method} {pattern}", given["owner"])
            yield Row(method, "" if pattern == "/" else pattern, given)


class Table(BytesIO):
    """A file that each of the roles can send."""

    def read(self, size: int | None = -1) -> bytes:
        self.seek(0)
        return super().read(size)


# What an honest form would send, so that nothing but the role decides.
FORMS: dict[str, Callable[[Company], dict[str, Any]]] = {
    "inbox/bulk/": lambda c: {"number": [c.conversation.pk], "act": "close"},
    "conversations/new/": lambda c: {"inbox": c.cast.inbox.pk, "to": "x@example.org", "subject": "x", "body": "x"},
    "conversations/new/draft/": lambda c: {"subject": "x"},
    "conversations/<int:number>/read/": lambda c: {"up_to": c.mail.pk},
    "conversations/<int:number>/replies/": lambda c: {"body": "Hello", "seen": 10**9},
    "conversations/<int:number>/notes/": lambda c: {"body": "Hello"},
    "conversations/<int:number>/draft/": lambda c: {"body": "Hello"},
    "conversations/<int:number>/links/": lambda c: {"to": c.other.pk, "role": "related"},
    "conversations/<int:number>/incidents/": lambda c: {"number": c.incident.pk, "body": "x", "seen": 10**9},
    "conversations/<int:number>/split/": lambda c: {"message": c.stranger.pk},
    "conversations/<int:number>/sides/": lambda c: {"to": "x@supplier.example", "subject": "x", "body": "x"},
    "conversations/<int:number>/questions/": lambda c: {"to": "bo@fleur.example", "body": "x"},
    "conversations/<int:number>/sides/draft/": lambda c: {"subject": "x", "body": "x"},
    "conversations/<int:number>/questions/draft/": lambda c: {"body": "x"},
    "conversations/<int:number>/sides/<int:pk>/messages/": lambda c: {"body": "x", "seen": 10**9},
    "conversations/<int:number>/sides/<int:pk>/draft/": lambda c: {"body": "x"},
    "conversations/<int:number>/assignment/": lambda c: {"to": c.cast.ana.pk},
    "conversations/<int:number>/team/": lambda c: {"team": c.cast.drivers.pk},
    "conversations/<int:number>/tags/": lambda c: {"add": "late"},
    "conversations/<int:number>/snooze/": lambda c: {"until": "2999-01-01T10:00"},
    "conversations/<int:number>/merge/into/": lambda c: {"into": c.other.pk},
    "conversations/<int:number>/priority/": lambda c: {"priority": "2"},
    "conversations/<int:number>/stage/": lambda c: {"stage": "before"},
    "conversations/<int:number>/subject/change/": lambda c: {"subject": "Other"},
    "conversations/<int:number>/presence/": lambda c: {"state": "viewing"},
    "customers/": lambda c: {"name": "Nina New"},
    "customers/<int:pk>/profile/": lambda c: {"name": "Carla Conti"},
    "customers/<int:pk>/addresses/": lambda c: {"email": "carla@home.example"},
    "customers/<int:pk>/phones/": lambda c: {"number": "+49301234567"},
    "customers/<int:pk>/notes/": lambda c: {"words": "Likes tulips"},
    "organisations/<int:pk>/": lambda c: {"name": "Gardens"},
    "organisations/<int:pk>/domains/": lambda c: {"domain": "gardens.example"},
    "customers/<int:pk>/merge/": lambda c: {"into": c.cast.dan.pk},
    "settings/people/invitations/": lambda c: {"email": "x@fleur.example", "role": c.cast.ana.role_id},
    "settings/people/<int:pk>/": lambda c: {"role": c.cast.ana.role_id, "teams": [c.cast.shop.pk]},
    "settings/teams/": lambda c: {"name": "Growers"},
    "settings/teams/<int:pk>/": lambda c: {"name": "Shops", "signature": NOTE, "members": [c.cast.sam.pk]},
    "settings/roles/": lambda c: {"name": "Shop assistant"},
    "settings/roles/<int:pk>/": lambda c: {"name": "Driver", "rights": ["conversations.note"]},
    "settings/attributes/": lambda c: {"label": "Loyalty", "kind": "text"},
    "settings/attributes/region/": lambda c: {"phone_region": "DE"},
    "settings/attributes/<int:pk>/": lambda c: {"label": "Contract until"},
    "settings/blocklist/": lambda c: {"value": "eve@spam.example"},
    "settings/imports/": lambda c: {"kind": "customers", "file": Table(b"email\nnina@new.example\n")},
    "settings/imports/<int:pk>/": lambda c: {"column": ["email", "name"]},
    "settings/cards/": lambda c: {"name": "Shop", "url": "https://shop.example/card", "timeout_ms": "2000"},
    "settings/cards/<int:pk>/": lambda c: {"name": "Store", "url": "https://shop.example/card", "timeout_ms": "2000"},
    "settings/macros/": lambda c: {"name": "Thanks", "audience": "me", "body": "Thank you"},
    "settings/macros/<int:pk>/": lambda c: {"name": "Thanks", "body": "Thank you"},
    "settings/views/new/": lambda c: {"name": "Late", "audience": "me", "ordering": "age"},
    "settings/views/<int:pk>/": lambda c: {"name": "Late", "ordering": "age"},
    "settings/views/arrangement/": lambda c: {"place": ["open", "mine"], "shown": ["open"]},
    "inbox/display/": lambda c: {"view": "mine", "order": "age"},
    "inbox/layout/": lambda c: {"view": "mine", "by": "status"},
    "inbox/board/cards/<int:number>/place/": lambda c: {"to": "waiting"},
    "conversations/<int:number>/status/": lambda c: {"status": f"own:{c.shape.status.pk}"},
    "conversations/<int:number>/fields/<int:pk>/": lambda c: {"written": "4711"},
    "conversations/<int:number>/checklists/": lambda c: {"template": c.shape.checklist.pk},
    "conversations/<int:number>/checklists/<int:pk>/items/<int:item>/": lambda c: {"ticked": "yes"},
    "conversations/<int:number>/time/": lambda c: {"minutes": "5"},
    "conversations/<int:number>/time/<int:pk>/": lambda c: {"minutes": "7"},
    "settings/fields/": lambda c: {"name": "Occasion", "kind": "choice", "options": "Wedding"},
    "settings/fields/<int:pk>/": lambda c: {"name": "Order"},
    "settings/fields/<int:pk>/position/": lambda c: {"up": "no"},
    "settings/statuses/": lambda c: {"name": "Refunded", "kind": "closed"},
    "settings/statuses/moves/": lambda c: {"move": ["open>waiting"]},
    "settings/statuses/<int:pk>/": lambda c: {"name": "With the supplier"},
    "settings/statuses/<int:pk>/position/": lambda c: {"up": "no"},
    "settings/tags/<int:pk>/": lambda c: {"name": "vases", "colour": "rose"},
    "settings/tags/<int:pk>/merge/": lambda c: {"into_name": "glasses"},
    "settings/checklists/": lambda c: {"name": "Return", "items": "Ask for a photo"},
    "settings/checklists/<int:pk>/": lambda c: {"name": "Wedding", "items": "Ask for the date"},
    "settings/time/": lambda c: {},
    "settings/hours/": lambda c: {"time_zone": "Europe/Berlin", "day_0": "9-17"},
    "settings/shown/": lambda c: {"shown": ["audit"]},
    "language/": lambda c: {"language": "en"},
    "settings/company/": lambda c: {"company_name": "Fleur"},
    "settings/appearance/": lambda c: {"accent": "#8a1f5c"},
    "notifications/seen/": lambda c: {"number": [c.conversation.pk]},
    "account/devices/": lambda c: {"endpoint": "https://push.example/a", "p256dh": POINT, "auth": "A" * 22},
    "account/": lambda c: {"name": "Me", "language": "en", "time_zone": "UTC"},
}


def form(row: Row, company: Company) -> dict[str, Any] | None:
    """What an honest browser sends along with this row's request."""
    return FORMS.get(row.pattern, lambda company: {})(company) if row.method == "POST" else None


QUERIES = {
    "search/": "?q=tulips",
    "inbox/rows/": "?q=tulips",
    "inbox/board/lanes/": "?view=open&by=status&lane=open",
    "inbox/board/counts/": "?view=open&by=status&lane=open",
    "inbox/board/cards/<int:number>/": "?view=open&by=status",
    "inbox/board/cards/<int:number>/place/": "?view=open&by=status",
}
_NAME = re.compile(r"<(\w+):(\w+)>")


def address(pattern: str, company: Company, role: str) -> str:
    """The pattern filled with this company's objects; a signed address is made for the role."""
    if pattern.startswith("files/"):
        return company.file_path(role)
    if "^" in pattern:
        return "/accounts/password/reset/key/1-set-password/"
    query = QUERIES.get(pattern, "")
    if pattern == "inbox/words/":
        query = f"?macro={company.batch.macro_id}&number={company.conversation.pk}"
    return "/" + _filled(pattern, _ids(pattern, company)) + query


def unknown_address(pattern: str, company: Company, role: str, unknown: int) -> str:
    """The pattern filled with an id that nobody has; "" for a pattern without ids."""
    if "<" not in pattern:
        return ""
    if pattern.startswith("files/"):
        return company.file_path(role, unknown)
    words = {name: unknown if kind == "int" else f"no-such-{unknown}" for kind, name in _names(pattern)}
    return "/" + _filled(pattern, words)


def _ids(pattern: str, company: Company) -> dict[str, Any]:
    first = pattern.split("/", maxsplit=1)[0]
    own: dict[str, dict[str, Any]] = {
        "conversations/<int:number>/merge/undo/": {"number": company.merged.pk},
        "conversations/<int:number>/drafts/<int:pk>/taking/": {
            "number": company.conversation.pk,
            "pk": company.draft.pk,
        },
        "conversations/<int:number>/sides/drafts/<int:draft>/taking/": {
            "number": company.conversation.pk,
            "draft": company.letters["side"],
        },
        "conversations/<int:number>/sides/<int:pk>/drafts/<int:draft>/taking/": {
            "number": company.conversation.pk,
            "pk": company.side.pk,
            "draft": company.letters["reply"],
        },
        "conversations/<int:number>/questions/drafts/<int:draft>/taking/": {
            "number": company.conversation.pk,
            "draft": company.letters["ask"],
        },
        "inbox/words/<str:key>/": {"key": company.batch.key},
        "inbox/words/<str:key>/taking-back/": {"key": company.batch.key},
        "customers/<int:pk>/phones/<int:row>/first/": {"pk": company.cast.carla.pk, "row": company.phone.pk},
        "customers/<int:pk>/phones/<int:row>/removal/": {"pk": company.cast.carla.pk, "row": company.phone.pk},
        "customers/<int:pk>/notes/<int:row>/removal/": {"pk": company.cast.carla.pk, "row": company.remark.pk},
        "settings/imports/<int:pk>/stop/": {"pk": company.going.pk},
        "messages/<int:pk>/hold/": {"pk": company.held.pk},
        "messages/<int:pk>/time/": {"pk": company.held.pk},
        "messages/<int:pk>/admission/": {"pk": company.stranger.pk},
        "settings/people/invitations/<int:pk>/withdrawal/": {"pk": company.invitation.pk},
        "conversations/<int:number>/fields/<int:pk>/": {
            "number": company.conversation.pk,
            "pk": company.shape.field.pk,
        },
        "conversations/<int:number>/time/<int:pk>/": {
            "number": company.conversation.pk,
            "pk": company.shape.spent.pk,
        },
        "settings/tags/<int:pk>/merge/undo/": {"pk": company.shape.merged_tag.pk},
        "settings/people/<int:pk>/restoration/": {"pk": company.accounts["ended"].pk},
        "settings/roles/<int:pk>/restoration/": {"pk": company.archived_role.pk},
        "status/reactions/<int:pk>/retries/": {"pk": company.reaction.pk},
        "status/mail/<int:pk>/retries/": {"pk": company.raw.pk},
    }
    beginnings: dict[str, dict[str, Any]] = {
        "conversations/<int:number>/links/": {"number": company.conversation.pk, "pk": company.link.pk},
        "conversations/<int:number>/incidents/": {"number": company.conversation.pk},
        "conversations/<int:number>/sides/": {"number": company.conversation.pk, "pk": company.side.pk},
        "conversations/<int:number>/questions/": {"number": company.conversation.pk},
        "conversations/<int:number>/checklists/": {"number": company.conversation.pk, "pk": 1, "item": 0},
        "account/devices/": {"pk": company.device.pk},
        "settings/fields/": {"pk": company.shape.field.pk},
        "settings/statuses/": {"pk": company.shape.status.pk},
        "settings/tags/": {"pk": company.shape.tag.pk},
        "settings/checklists/": {"pk": company.shape.checklist.pk},
        "settings/people/": {"pk": company.cast.ben.pk},
        "settings/teams/": {"pk": company.cast.shop.pk},
        "settings/roles/": {"pk": company.role.pk},
        "settings/macros/": {"pk": company.macro.pk},
        "settings/attributes/": {"pk": company.attribute.pk},
        "settings/blocklist/": {"pk": company.blocked.pk},
        "settings/views/": {"pk": company.view.pk},
        "settings/imports/": {"pk": company.imported.pk},
        "settings/cards/": {"pk": company.card.pk},
        "settings/inboxes/": {"pk": company.cast.inbox.pk, "run": "no-such-run"},
        "status/deliveries/": {"pk": company.delivery.pk},
    }
    if pattern in own:
        return own[pattern]
    for beginning, ids in beginnings.items():
        if pattern.startswith(beginning):
            return ids
    usual: dict[str, dict[str, Any]] = {
        "conversations": {"number": company.conversation.pk, "pk": company.macro.pk},
        "inbox": {"number": company.conversation.pk, "token": "made-up"},
        "messages": {"pk": company.mail.pk},
        "customers": {"pk": company.cast.carla.pk, "row": company.address.pk, "card": company.card.pk},
        "organisations": {"pk": company.cast.carla.organisation_id},
        "invitations": {"token": company.token},
        "account": {"pk": 1, "topic": "mentioned"},
    }
    return usual.get(first, {name: 1 if kind == "int" else "1-set-password" for kind, name in _names(pattern)})


def _names(pattern: str) -> list[tuple[str, str]]:
    return _NAME.findall(pattern)


def _filled(pattern: str, ids: dict[str, Any]) -> str:
    for kind, name in _names(pattern):
        pattern = pattern.replace(f"<{kind}:{name}>", str(ids[name]))
    return pattern
