"""Messages that came back: delivery reports (RFC 3464), and the plain texts of servers that write none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapport.channels.contract import BounceReport
from rapport.channels.email.parsing import dialects
from rapport.channels.email.parsing.addresses import clean_email, read_addresses
from rapport.channels.email.parsing.bodies import MESSAGES, body_text
from rapport.channels.email.parsing.headers import Headers, one_line, read_headers
from rapport.channels.email.parsing.limits import Limits, Reading
from rapport.channels.email.parsing.tracing import empty_return_path, first_id, message_ids, thread_ids
from rapport.channels.email.parsing.tree import Part

STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
HEADER_PARTS = frozenset({"text/rfc822-headers", "message/global-headers", "message/rfc822-headers"})
MOST_RECIPIENTS = 1000
LONGEST_HEADERS = 256 * 1024

_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)$")
_MESSAGE_ID = re.compile(r"(?im)^[>\s]*(?:original[ -])?message-id\s*:?\s*(<[^<>\s]{3,500}>)")
_JSON_BOUNCE = re.compile(r'\s*\{"(?:notificationType|eventType)": ?"Bounce"')
_JSON_RECIPIENT = re.compile(r"\{[^{}]{1,2000}\}")
_JSON_FIELD = re.compile(r'"(\w{1,40})": ?"((?:[^"\\]|\\.)*)"')
_LONGEST_JSON = 100_000
_NOT_FAILED = frozenset({"delivered", "relayed", "expanded"})


@dataclass(slots=True)
class Bounce:
    """What came back: one report per recipient, one without any if nobody is named, and the id of the returned message, or ''."""

    reports: list[BounceReport] = field(default_factory=list)
    returned_message_id: str = ""


def read_bounce(root: Part, reading: Reading, *, text: str, subject: str, sender: str) -> Bounce | None:
    """The bounce in a message; None if it is none. A report of success or a read receipt is none either."""
    status_parts = [part for part in _near(root) if part.mime in STATUS_PARTS]
    groups = [group for part in status_parts for group in read_status(body_text(part, "text/plain", reading))]
    groups += _told_as_json(root.headers, text)
    failed = [group for group in groups if _has_failed(group)]
    bounce = Bounce()
    if groups and not failed:
        return None
    if failed:
        bounce.reports = [_report(group, text) for group in failed[:MOST_RECIPIENTS]]
    elif _looks_bounced(root, text, subject, sender, has_status=bool(status_parts)):
        bounce.reports = (
            _from_text(root, text, subject, sender)
            or _from_copy(root, reading, text, subject, sender)
            or [BounceReport("", *dialects.judge(text[: dialects.NOTICE], subject, ""))]
        )
    else:
        return None
    bounce.returned_message_id = _returned_id(root, text)
    return bounce


def _near(root: Part) -> list[Part]:
    """The parts of this message itself: what lies inside an attached message was reported to somebody else."""
    found: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        found.append(part)
        if part.mime not in MESSAGES:
            waiting += part.children
    return found


def read_status(text: str) -> list[dict[str, str]]:
    """The per-recipient groups of a delivery-status body, lower-case names; servers forget the empty lines between."""
    groups: list[dict[str, str]] = []
    group: dict[str, str] = {}
    name = ""
    for line in text.split("\n"):
        match = _FIELD.match(line)
        if match:
            name = match.group(1).lower()
            if name in group and name in ("final-recipient", "action", "original-recipient"):
                groups.append(group)
                group = {}
            group.setdefault(name, match.group(2).strip())
        elif line[:1] in " \t" and line.strip() and name:
            group[name] = f"{group.get(name, '')} {line.strip()}"[:4000]
        elif not line.strip():
            if _is_recipient(group):
                groups.append(group)
                group = {}
            elif group:
                group = {}
            name = ""
    return _each_with_recipient([group for group in [*groups, group] if _is_recipient(group)])


def _told_as_json(headers: Headers, text: str) -> list[dict[str, str]]:
    """The same groups out of what Amazon's sending service has its notifications say.

    Line breaks that servers set into the long line may stand anywhere in it, so that no reader of JSON would take it.
    """
    if not headers.has("x-amz-sns-message-id") or not _JSON_BOUNCE.match(text):
        return []
    line = text[:_LONGEST_JSON].replace("!\n ", "").replace("\n", "")
    passing = '"bounceType":"Transient"' in line
    groups = []
    for match in _JSON_RECIPIENT.finditer(line.partition('"bouncedRecipients"')[2].partition("]")[0]):
        told = dict(_JSON_FIELD.findall(match.group()))
        status = told.get("status", "4.0.0" if passing else "5.0.0")
        group = {"final-recipient": told.get("emailAddress", ""), "action": told.get("action", "failed")}
        groups.append({**group, "status": status, "diagnostic-code": told.get("diagnosticCode", "")})
    return groups


def _each_with_recipient(groups: list[dict[str, str]]) -> list[dict[str, str]]:
    """Some say once for all recipients, above them, what was done: it counts where a recipient's own group says less."""
    named = [group for group in groups if "final-recipient" in group or "original-recipient" in group]
    if not named or len(named) == len(groups):
        return groups
    above = groups[0] if groups[0] is not named[0] else {}
    return [{**above, **group} for group in named]


def _is_recipient(group: dict[str, str]) -> bool:
    return any(name in group for name in ("final-recipient", "original-recipient", "action", "status"))


def _has_failed(group: dict[str, str]) -> bool:
    action = group.get("action", "").lower().split(" ")[0].split("(")[0]
    return action not in _NOT_FAILED and not (not action and group.get("status", "").startswith("2"))


def _report(group: dict[str, str], text: str) -> BounceReport:
    recipient = _named(group)
    diagnosis = one_line(group.get("diagnostic-code", "").split(";", 1)[-1])
    status = dialects.find_status(group.get("status", ""))
    exact = dialects.find_status(diagnosis)
    if exact and (not status or status.endswith(".0.0")) and exact[0] == (status or exact)[0]:
        status = exact
    reason = diagnosis or dialects.reason_for(recipient, text)
    code = dialects.find_code(diagnosis)
    if not status and code is None and not diagnosis:
        status, code = dialects.find_status(reason), dialects.find_code(reason)
    if not status and code is not None:
        status = f"{code // 100}.0.0"
    delayed = group.get("action", "").lower().startswith("delay")
    permanent = not delayed and dialects.is_permanent(status, code, reason)
    return BounceReport(
        recipient or _address(group.get("x-actual-recipient", "")), status, code, reason[:1000], permanent
    )


def _named(group: dict[str, str]) -> str:
    """The recipient of a group. What a server calls it only within its own house gives way to what the sender wrote."""
    final, original = (_address(group.get(name, "")) for name in ("final-recipient", "original-recipient"))
    return original if original and "." not in final.rpartition("@")[2] else final or original


def _address(value: str) -> str:
    bare = value.split(";", 1)[-1].strip().strip("<>").strip()
    return clean_email(bare) or clean_email(bare.split(" ")[0].strip("<>"))


def _looks_bounced(root: Part, text: str, subject: str, sender: str, *, has_status: bool) -> bool:
    """A machine sent it, and its subject or first words say that something came back."""
    headers = root.headers
    if headers.get("x-failed-recipients"):
        return True
    from_machine = dialects.is_daemon(sender, headers.text("from")) or (not sender and headers.has("from"))
    reported = root.mime == "multipart/report" and root.parameters.get("report-type", "").lower() == "delivery-status"
    unanswerable = empty_return_path(headers)
    automatic = headers.get("auto-submitted").lower().startswith("auto-")
    if not (
        from_machine or reported or unanswerable or automatic or _may_be_from_program(headers, text, subject, sender)
    ):
        return False
    says_so = dialects.subject_says_bounce(subject) + dialects.text_says_bounce(text)
    if reported or from_machine:
        return has_status or says_so > 0 or _quotes_a_refusal(headers, text, subject, sender)
    if unanswerable and has_status:
        return True
    # A shop whose parcel "could not be delivered" speaks the same words, but names no mail address and returns no mail.
    returned = any(part.mime in MESSAGES for part in _near(root))
    if says_so == 1 and returned and (unanswerable or dialects.is_program(sender)):
        # Some have the subject of nothing, and a person's name.
        return dialects.text_says_bounce(text[:400]) and bool(_from_text(root, text, subject, sender))
    return says_so == 2 and (returned or bool(_from_text(root, text, subject, sender)))


def _may_be_from_program(headers: Headers, text: str, subject: str, sender: str) -> bool:
    """Without a header of a machine: by the sender's name, or by words nobody says in person. Cheapest question first."""
    if dialects.is_program(sender):
        return True
    answers = headers.has("in-reply-to") or "@" not in text[: dialects.NOTICE]
    return not answers and dialects.subject_says_bounce(subject) and dialects.is_plain_notice(text)


def _quotes_a_refusal(headers: Headers, text: str, subject: str, sender: str) -> bool:
    """Whatever the language: somebody's address stands alone in a line, and a server's code beside it."""
    notice = dialects.read_notice(text, _own(headers, sender), subject)
    return any(dialects.find_status(said) or dialects.find_code(said) for said in notice.sections.values())


def _from_text(root: Part, text: str, subject: str, sender: str) -> list[BounceReport]:
    """A report for each address the notice names."""
    named = [clean_email(word) for word in root.headers.get("x-failed-recipients").replace(",", " ").split()]
    said = dialects.read_notice(text, _own(root.headers, sender), subject)
    recipients = [email for email in named if email] or said.recipients
    if not recipients:  # somebody who writes to himself is named to himself
        said = dialects.read_notice(text, {sender}, "")
        recipients = list(said.sections)
    return [
        BounceReport(email, *dialects.judge(said.about(email), subject, said.around(email)))
        for email in dict.fromkeys(recipients[:MOST_RECIPIENTS])
    ]


def _from_copy(root: Part, reading: Reading, text: str, subject: str, sender: str) -> list[BounceReport]:
    """Where the notice names nobody: by the report it passes on, or else by whom the returned message was for."""
    own = _own(root.headers, sender)
    inside = [part.children[0] for part in _near(root) if part.mime in MESSAGES and part.children]
    passed_on = [part for message in inside for part in _near(message) if part.mime in STATUS_PARTS]
    groups = [group for part in passed_on for group in read_status(body_text(part, "text/plain", reading))]
    reports = [_report(group, text) for group in groups[:MOST_RECIPIENTS] if _has_failed(group)]
    if reports:
        return reports
    addressed = [address.email for message in inside for address in read_addresses(message.headers.all("to")).addresses]
    recipients = [email for email in addressed if email not in own] or dialects.read_copy(text, own)
    said = dialects.judge(text[: dialects.NOTICE], subject, "")
    return [BounceReport(email, *said) for email in dict.fromkeys(recipients[:MOST_RECIPIENTS])]


def _own(headers: Headers, sender: str) -> set[str]:
    """Who reads this and who wrote it; neither of them is whom it is about."""
    own = {email for email in (clean_email(word.strip("<>,;")) for word in headers.get("to").split()) if email}
    return {*own, sender}


def _returned_id(root: Part, text: str) -> str:
    """The Message-ID of what came back: from the attached message or its headers, from the text, from the thread."""
    for part in _near(root):
        if part is root:
            continue
        if part.mime in MESSAGES and part.children:
            found = first_id(part.children[0].headers, "message-id")
        elif part.mime in HEADER_PARTS or part.mime in MESSAGES:
            content = part.beginning(LONGEST_HEADERS)
            found = first_id(read_headers(content, 0, len(content), Reading(Limits()))[0], "message-id")
        else:
            continue
        if found:
            return found
    match = _MESSAGE_ID.search(text)
    if match:
        return message_ids(match.group(1))[0]
    answered, references = thread_ids(root.headers)
    return answered or (references[-1] if references else "")
