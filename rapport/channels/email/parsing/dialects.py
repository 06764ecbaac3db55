"""How mail servers say in plain words that a message came back: qmail, Exim, Postfix, sendmail, Exchange, Gmail, Yahoo,
AOL, GMX, Domino, GroupWise, Courier and those that copy them, in the languages their notices come in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapport.channels.email.parsing.addresses import clean_email

_DAEMONS = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|mdaemon|post-?master|postoffice|mail\.?delivery|mailerror|bounce|bounces|double-bounce"
    r"|mailsystem|mail-system|mmdf|smtpd|mailadmin|mail-?administrator|microsoftexchange[0-9a-f]+|noreply-dsn|dsn|mailrouter)$"
)
_DAEMON_NAMES = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon|system)|delivery (?:sub)?system|mail administrator|system ?administrator|postmaster"
    r"|internet mail delivery|mail router|microsoft (?:exchange|outlook)|the post office|undeliver",
    re.I,
)
_SUBJECT = re.compile(
    r"undeliver|non-?deliver|not deliver|n[o']t be (?:sent|deliver)|cannot be deliver|delivery (?:status|fail|error|problem"
    r"|report|notification|has failed|delay|incomplete|attempt|unsuccess)|deliver\w* mail|returned (?:mail|e?-?mail|message|to sender)"
    r"|mail delivery|mail system error|mail error|failure (?:notice|delivery|notification)|failed (?:mail|delivery)|message fail"
    r"|message delayed|(?:mail|message|delivery) (?:delivery )?delayed|could not send|warning: (?:could|message|mail)|user unknown|rejected|bounced?\b|nondeliverable"
    r"|unzustellbar|nicht zugestellt|nicht zustellbar|[üu]bermittlungsstatus|zustellung|r[üu]ckl[äa]ufer|fehlgeschlagen"
    r"|non (?:remis|d[ée]livr|distribu)|[ée]chec de (?:la )?(?:remise|distribution|livraison|d[ée]livr)|[ée]tat de (?:la )?(?:remise|distribution)"
    r"|no se (?:puede|pudo|ha podido) entregar|no entregado|estado de (?:la )?entrega|devuelto|error de entrega|no se entreg"
    r"|mancato recapito|non recapitabile|stato (?:della )?consegna|mancata consegna|impossibile (?:recapitare|consegnare)"
    r"|n[ãa]o (?:foi )?entregue|n[ãa]o entreg|falha na entrega|estado da entrega|devolvid|onbestelbaar|niet (?:bezorgd|afgeleverd)|kan niet worden"
    r"|olevererbar|kan inte levereras|ikke leveres|kunne ikke leveres|ej levererats|toimittamatta|niedostarcz|nie dostarcz|zwrot|nedoru[čc]"
    r"|недоставлен|не доставлен|не удалось доставить|возвращен|送信エラー|配信不能|配信に失敗|未送達|退信|系统退信|无法送达|無法傳送|반송",
    re.I,
)
_TEXT = re.compile(
    r"could ?n[o']t be delivered|couldn.t be delivered|cannot be delivered|can ?not be delivered|wasn.t delivered|was not delivered|not been delivered"
    r"|(?:un)?able to deliver|undeliverable|not able to deliver|did ?n[o']t reach|could ?n[o']t be (?:sent|reached|processed)|unable to (?:send|relay)"
    r"|delivery (?:to the following|has failed|failed|attempts? |status|to this|to these|is delayed|has been delayed)"
    r"|fail(?:ed|ure) to deliver|permanent(?:ly)? (?:fatal )?(?:error|fail)|permanent fatal errors|message delivery failure|returned to sender"
    r"|(?:addresses|recipients?) (?:had |with )?(?:delivery )?(?:errors|problems|failed)|following address(?:es)?(?:\(es\))?(?: has| have)? fail"
    r"|transient non-fatal errors|still undelivered|could not send message|has been rejected|was rejected by|rejected your message"
    r"|giving up on|i'm afraid i wasn't able|the following recipient|caused (?:the following|delivery) errors?|error(?:s)? (?:occurred )?while (?:sending|delivering)"
    r"|mail(?:box)? (?:account )?(?:is )?(?:full|unavailable|disabled)|user unknown|no such user|unknown user|recipient unknown|not listed in"
    r"|this (?:user|account|recipient) does ?n[o']t (?:have|exist)|returned message|being returned|returning message"
    r"|nicht zugestellt|nicht zustellbar|unzustellbar|zustellung (?:ist )?(?:an|fehl|nicht)|konnte nicht|nachrichtenzustellung|nicht erreicht"
    r"|n.a pas pu [êe]tre|n.ont pas pu [êe]tre|non remis|impossible de (?:remettre|livrer|d[ée]livrer)|[ée]chec de la remise|n.a pas [ée]t[ée] (?:remis|d[ée]livr)"
    r"|no se (?:ha )?(?:puede|pudo|podido) entregar|no (?:se )?(?:ha sido|fue|ha) entreg|error al entregar|no pudo ser entregado"
    r"|non (?:è stato|può essere|e' stato) (?:possibile )?(?:recapit|consegn)|impossibile recapitare|n[ãa]o (?:foi|p[ôo]de) (?:poss[íi]vel )?(?:ser )?entreg"
    r"|kan niet (?:worden )?(?:bezorgd|afgeleverd)|niet worden (?:bezorgd|afgeleverd)|kunde inte levereras|kunne ikke leveres|nie (?:mog[łl]a|zosta[łl]a) (?:by[ćc] )?dostarcz"
    r"|не (?:удалось|может быть|было) достав|не доставлено|配信できません|送信できません|届けることができません|无法(?:发送|送达|投递)|退回",
    re.I,
)
# From here on the notice quotes the message that came back.
_COPY = re.compile(
    r"(?im)^[\s>*=+_-]*(?:(?:this is a copy of|below (?:this line )?is a copy|here is (?:a|your) copy|a copy of the (?:original )?message|the body of the message|"
    r"copy of (?:the )?(?:original |your )?(?:message|mail)|original message|original-nachricht|urspr[üu]ngliche nachricht|(?:text of the )?original message (?:follows|headers|text)|"
    r"(?:start|beginning|header)s? of (?:the )?(?:returned|original|bounced) message|unsent message|message headers? follows?|returned (?:message|mail)|"
    r"forwarded message|message header|kopie der|the (?:original )?(?:message|headers?) (?:follows|is attached|was:)|your (?:original )?message (?:follows|reads))"
    r"[^\n]{0,120}|Return-Path: ?<[^\n]*|Received: (?:from|by)[^\n]*|Message-ID: ?<[^\n]*)$"
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u00c0-\uffff-]{1,120}@[A-Za-z0-9\u00c0-\uffff][A-Za-z0-9.\u00c0-\uffff-]{1,190}"
)
_LABEL = re.compile(
    r"[\s>*\u2022\[('\"-]*(?:(?:to|an|à|para|a|recipients?|failed recipient|(?:final|original|intended) recipient|recipient address"
    r"|(?:e-?mail )?address|empf[äa]nger|destinataires?|destinatarios?|user|e-?mail|mailbox)\b\s*[:=]?)?[\s\[<('\"]*(?:smtp:|mailto:|rfc822;\s*)?",
    re.I,
)
_PERSON = re.compile(r"[\s'\"]*[^\s<>@:;()\d'\"][^<>@:;()\d]{0,60}[<(\[]")
_AFTER = re.compile(r"[\]>)'\"]{0,3}\s*(?:$|[:;.,(<].*|\.{3}.*|(?:on|am|le|el|il|em) \d.*)")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
_CODE = re.compile(
    r"(?:^|(?<=[\s:;,(<>\[=#'\"-]))([45]\d\d)(?=[\s\-#:,;.)>\]]|$)(?!\.\d|\s*(?:MB|KB|bytes|hours|minutes|seconds|days)\b)"
)
_CODES = frozenset({421, 422, 431, 432, 441, 442, 446, 447, 449, 450, 451, 452, 453, 454, 455, 458, 459, 465, 471})
_CODES |= {
    500,
    501,
    502,
    503,
    504,
    510,
    511,
    512,
    513,
    515,
    517,
    521,
    522,
    523,
    530,
    531,
    533,
    534,
    535,
    538,
    540,
    541,
    542,
}
_CODES |= {
    543,
    544,
    546,
    547,
    550,
    551,
    552,
    553,
    554,
    555,
    556,
    557,
    560,
    561,
    563,
    564,
    571,
    572,
    573,
    574,
    577,
    579,
    580,
    590,
}
_FINAL = re.compile(
    r"permanent(?:ly)?\b|giving up|does ?n[o']t exist|no such|unknown|invalid|not (?:found|listed|exist)|disabled|no longer|inactive|expired account|denied"
    r"|refused|rejected|blocked|dauerhaft|existiert nicht|unbekannt|n.existe pas|inconnu|no existe|non esiste|n[ãa]o existe|bestaat niet",
    re.I,
)
_PASSING = re.compile(
    r"will (?:be )?(?:re-?tr|keep|continue|try)|temporar|transient|deferred|delayed|still undelivered|not yet been delivered|has not yet|keep trying|try again"
    r"|grey-?list|(?:mailbox|quota|inbox|storage|postfach)[^\n.]{0,40}(?:full|exceed|over|voll|[üu]berschritten)|over ?quota|quota exceeded|exceeded[^\n.]{0,30}quota"
    r"|timed? ?out|insufficient (?:system )?(?:storage|resources|disk)|too busy|connection (?:refused|lost|reset)|no route|unreachable|could not connect"
    r"|warning: (?:could|message)|vor[üu]bergehend|sp[äa]ter|weitere zustellversuche|verz[öo]ger|bo[îi]te (?:aux lettres )?pleine|buz[óo]n lleno|casella piena|retard[ée]",
    re.I,
)
NOTICE = 30_000


@dataclass(slots=True)
class Notice:
    """The server's own words, cut before the returned message, and whom they name."""

    notice: str
    recipients: list[str] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)

    def about(self, email: str) -> str:
        """What is said of one recipient; all of it if nothing is said apart."""
        return self.sections.get(email) or self.notice

    def around(self, email: str) -> str:
        """What may be said of one recipient in passing: with several, only what is said apart."""
        return self.about(email) if len(self.sections) > 1 else self.notice


def is_daemon(email: str, name: str) -> bool:
    """Whether the sender calls itself a mail server."""
    return bool(_DAEMONS.match(email.rpartition("@")[0] or email)) or bool(_DAEMON_NAMES.search(name[:200]))


def subject_says_bounce(subject: str) -> bool:
    """Whether the subject speaks of failed or delayed delivery (answers and forwards of such a mail do not)."""
    return bool(_SUBJECT.search(subject[:300])) and not re.match(r"\s*(?:re|aw|fwd?|wg|tr|rv|sv)\s*:", subject, re.I)


def text_says_bounce(text: str) -> bool:
    """Whether the first words speak of failed delivery."""
    return bool(_TEXT.search(text[:4000]))


def find_status(text: str) -> str:
    """The first RFC 3463 status in a text, or ''."""
    match = _STATUS.search(text[:4000])
    return match.group() if match else ""


def find_code(text: str) -> int | None:
    """The first SMTP reply code in a text."""
    for match in _CODE.finditer(text[:4000]):
        if int(match.group(1)) in _CODES:
            return int(match.group(1))
    return None


def is_permanent(status: str, code: int | None, words: str) -> bool:
    """Whether trying again is useless: by status, else by code, else by words."""
    if status[:1] in ("4", "5"):
        return status[0] == "5"
    if code is not None:
        return code >= 500
    return bool(_FINAL.search(words)) or not _PASSING.search(words)


def read_notice(text: str, own: set[str], subject: str) -> Notice:
    """Whom a notice names, without the addresses in `own` (the reader's and the server's)."""
    text = text[:NOTICE]
    copy = next((match for match in _COPY.finditer(text) if match.start() > 60), None)
    notice = Notice(text[: copy.start()] if copy else text)
    lines = notice.notice.split("\n")
    starts = [(number, email) for number, line in enumerate(lines) if (email := _named_alone(line, own))]
    for (number, email), (after, _) in zip(starts, [*starts[1:], (len(lines), "")], strict=False):
        section = "\n".join(lines[number:after]).strip()
        notice.sections[email] = f"{notice.sections.get(email, '')}\n{section}".strip()
    notice.recipients = list(notice.sections) or _named_anywhere(notice.notice, subject, own)
    return notice


def _named_alone(line: str, own: set[str]) -> str:
    """The address a line is about: alone on it, behind a label or a name, before a colon or a date."""
    match = _ADDRESS.search(line) if "@" in line and len(line) <= 400 else None
    if match is None or not _AFTER.fullmatch(line, match.end()):
        return ""
    before = line[: match.start()]
    if not (_LABEL.fullmatch(before) or _PERSON.fullmatch(before)):
        return ""
    email = clean_email(match.group().rstrip(".-'"))
    return "" if email in own or is_daemon(email, "") else email


def _named_anywhere(notice: str, subject: str, own: set[str]) -> list[str]:
    found = [clean_email(word.strip("'\"").rstrip(".-")) for word in _ADDRESS.findall(f"{notice}\n{subject}")]
    others = [email for email in found if email and email not in own and not is_daemon(email, "")]
    return list(dict.fromkeys(others))[:1]


def reason_for(recipient: str, text: str) -> str:
    """The words of the human-readable part about one recipient."""
    notice = read_notice(text, set(), "")
    return _reason(notice.sections.get(recipient, "") or notice.notice)


def judge(section: str, subject: str, notice: str) -> tuple[str, int | None, str, bool]:
    """Status, code, reason and permanence out of what is said of a recipient."""
    reason = _reason(section)
    status = find_status(reason) or find_status(section) or find_status(notice)
    code = find_code(reason) or find_code(section) or find_code(notice)
    if not status and code is not None:
        status = f"{code // 100}.0.0"
    permanent = is_permanent(status, code, f"{subject}\n{section}\n{notice}")
    return status or ("5.0.0" if permanent else "4.0.0"), code, reason, permanent


def _reason(section: str) -> str:
    """The telling lines of a section: from the one with a reply code, else from the first behind the address."""
    paragraphs = [line.strip() for line in section.split("\n")]
    lines = [line for line in paragraphs if line]
    telling = next((number for number, line in enumerate(lines) if find_code(line) or _STATUS.search(line)), None)
    if telling is None:
        first = 1 if len(lines) > 1 and _ADDRESS.search(lines[0]) else 0
        return " ".join(lines[first : first + 4])[:1000]
    return " ".join(lines[telling : telling + 4])[:1000]
