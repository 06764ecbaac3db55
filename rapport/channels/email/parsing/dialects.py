"""How mail servers say in plain words that a message came back: qmail, Exim, Postfix, sendmail, Exchange, Gmail, Yahoo,
AOL, GMX, Domino, GroupWise, Courier and those that copy them, in the languages their notices come in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapport.channels.email.parsing.addresses import clean_email

_DAEMONS = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|mdaemon|post[-_.]?master|postoffice|mail\.?delivery|mailerror|bounce|bounces|double-bounce"
    r"|mailsystem|mail-system|mmdf|smtpd|mail-?server|mta|mail-?gateway|mail-?robot|mailadmin|mail-?administrator|microsoftexchange[0-9a-f]+|noreply-dsn|dsn|mailrouter)$"
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
    r"|недоставлен|не доставлен|не удалось доставить|возвращен|送信エラー|配信不能|配信できません|配信に失敗|送信できません|配信エラー|メールエラー|未送達|退信|系统退信|无法送达|無法傳送|未传递|배달되지|반송|전송 실패"
    r"|non recapitat|zustellfehler|zustellproblem|kézbesíthetetlen|kézbesítés(?:i hiba| nem)|sikertelen kézbesítés|teslim edilemedi|iletilemedi"
    r"|(?:αδυναμία|αποτυχία) (?:παράδοσης|αποστολής)|η παράδοση|toimitus (?:epäonnistui|viivästyy)|nedoručiteľn|nelivrat|nu a (?:fost|putut fi) livrat|eșuat"
    r"|nije isporučen|neisporučen|nepavyko pristatyti|neizdevās piegādāt|kohaletoimetamine|не може да бъде доставен|не вдалося доставити|недоставлено"
    r"|tidak terkirim|gagal (?:dikirim|terkirim)|không gửi được|ไม่สามารถส่ง|לא ניתן למסור|تعذر (?:تسليم|التسليم)|لم يتم التسليم",
    re.I,
)
_TEXT = re.compile(
    r"could ?n[o']t be delivered|couldn.t be delivered|cannot be delivered|can ?not be delivered|wasn.t delivered|was not delivered|not been delivered"
    r"|(?:un)?able to deliver|undeliverable|not able to deliver|did ?n[o']t reach|could ?n[o']t be (?:sent|reached|processed)|unable to (?:send|relay)"
    r"|delivery (?:to the following|has failed|failed|attempts? |status|to this|to these|is delayed|has been delayed)"
    r"|fail(?:ed|ure) to deliver|permanent(?:ly)? (?:fatal )?(?:error|fail)|permanent fatal errors|message delivery failure|returned to sender"
    r"|(?:addresses|recipients?) (?:had |with )?(?:delivery )?(?:errors|problems|failed)|following address(?:es)?(?:\(es\))?(?: has| have)? fail"
    r"|transient non-fatal errors|no valid recipients|still undelivered|could not send message|has been rejected|was rejected by|rejected your message"
    r"|giving up on|i'm afraid i wasn't able|the following recipient|caused (?:the following|delivery) errors?|error(?:s)? (?:occurred )?while (?:sending|delivering)"
    r"|mail(?:box)? (?:account )?(?:is )?(?:full|unavailable|disabled)|user unknown|no such user|unknown user|recipient unknown|not listed in"
    r"|this (?:user|account|recipient) does ?n[o']t (?:have|exist)|returned message|being returned|returning message"
    r"|nicht zugestellt|nicht zustellbar|unzustellbar|zustellung (?:ist )?(?:an|fehl|nicht)|konnte nicht|nachrichtenzustellung|nicht erreicht"
    r"|n.a pas pu [êe]tre|n.ont pas pu [êe]tre|non remis|impossible de (?:remettre|livrer|d[ée]livrer)|[ée]chec de la remise|n.a pas [ée]t[ée] (?:remis|d[ée]livr)"
    r"|no se (?:ha )?(?:puede|pudo|podido) entregar|no (?:se )?(?:ha sido|fue|ha) entreg|error al entregar|no pudo ser entregado"
    r"|non (?:è stato|può essere|e' stato) (?:possibile )?(?:recapit|consegn)|impossibile recapitare|n[ãa]o (?:foi|p[ôo]de) (?:poss[íi]vel )?(?:ser )?entreg"
    r"|kan niet (?:worden )?(?:bezorgd|afgeleverd)|niet worden (?:bezorgd|afgeleverd)|kunde inte levereras|kunne ikke leveres|nie (?:mog[łl]a|zosta[łl]a) (?:by[ćc] )?dostarcz"
    r"|не (?:удалось|может быть|было) достав|не доставлено|не может\s+быть (?:отправлен|доставлен)|配信できません|配信に失敗|送信できません|届けることができません|无法(?:发送|送达|投递)|退回"
    r"|incorrectly\s+constructed or could not be found|delivered to no recipients|undeliver|not be reached|has been delayed|is delayed"
    r"|konnte (?:leider )?nicht zugestellt|nem (?:lehetett|sikerült) (?:kézbesíteni|a kézbesítés)|kézbesítés(?:e)? (?:nem )?sikertelen|teslim (?:edilemedi|başarısız)|η παράδοση"
    r"|toimitus .{0,60}epäonnistui|levering .{0,60}mislykkedes|gick inte att leverera|nie można dostarczyć|nepodařilo (?:se )?doručit|nepodarilo (?:sa )?doručiť"
    r"|배달하지 못했|전송하지 못했|không thể gửi|tidak dapat (?:dikirim|terkirim)|تعذر (?:تسليم|التسليم)|لم يتم تسليم|לא ניתן היה למסור",
    re.I,
)
# From here on the notice quotes the message that came back.
_COPY = re.compile(
    r"(?im)^[\s>*=+_-]*(?:(?:this is a copy of|below (?:this line )?is a copy|here is (?:a|your) copy|a copy of the (?:original )?message|the body of the message|"
    r"copy of (?:the )?(?:original |your )?(?:message|mail)|original message(?! details)|original-nachricht|urspr[üu]ngliche nachricht|(?:text of the )?original message (?:follows|headers|text)|"
    r"(?:start|beginning|header)s? of (?:the )?(?:returned|original|bounced) message|unsent message|message headers? follows?|returned (?:message|mail)|"
    r"forwarded message|message header|kopie der|the (?:original )?(?:message|headers?) (?:follows|is attached|was:)|your (?:original )?message (?:follows|reads))"
    r"[^\n]{0,120}|Return-Path: ?<[^\n]*|Received: (?:from|by)[^\n]*|Message-ID: ?<[^\n]*)$"
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u00c0-\uffff-]{1,120}@[A-Za-z0-9\u00c0-\uffff][A-Za-z0-9.\u00c0-\uffff-]{1,190}"
)
# In a text without spaces the words around an address look like part of it.
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORDS_BEFORE = re.compile(rf"^.*[{_CJK}\u3000-\u303f\uff00-\uff65](?=[A-Za-z0-9._%+-]+$)")
_WORDS_BEHIND = re.compile(rf"(?<=\.[A-Za-z])([A-Za-z]{{1,20}})[{_CJK}\u3000-\u303f\uff00-\uff65].*$")
_RCPT = re.compile(r"RCPT TO: ?<([^<>\s]{3,320})>", re.I)
_COPY_TO = re.compile(r"(?im)^[>\s]*to: ?([^\n]{3,1000})$")
_TO_LINE = re.compile(r"\s*(?:to|an|à|para|a):", re.I)
_HEADER_LINE = re.compile(r"\s*(?:from|subject|date|message-id|von|betreff|de|objet|asunto|assunto):", re.I)
_LABEL = re.compile(
    r"[\s>*\u2022\[('\"-]*(?:(?:to|an|à|para|a|recipients?|failed (?:recipient|address)|(?:final|original|intended) recipient|addressed to|recipient address"
    r"|(?:e-?mail )?address|empf[äa]nger|destinataires?|destinatarios?|user|e-?mail|mailbox)\b\s*[:=]?)?[\s\[<('\"]*(?:smtp:|mailto:|rfc822;\s*)?",
    re.I,
)
_PERSON = re.compile(r"[\s'\"]*[^\s<>@:;()\d'\"][^<>@:;()\d]{0,60}[<(\[]")
_AFTER = re.compile(r"[\]>)'\"]{0,3}\s*(?:$|[:;.,(<].*|\.{3}.*|(?:on|am|le|el|il|em) (?:[A-Z][a-z]{1,3}\.?,? )?\d.*)")
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
# Says more than a refusal: where both stand, these win over the passing reasons below.
_FINAL = re.compile(
    r"permanent(?:ly)?\b|giving up|does ?n[o']t exist|no such|unknown|invalid|not (?:found|listed|exist)|disabled|no longer|inactive|expired account"
    r"|no valid recipient|has left|removed|dauerhaft|existiert nicht|unbekannt|ungültig|n.existe pas|inconnu|no existe|desconocid|non esiste|sconosciut"
    r"|n[ãa]o existe|desconhecid|inexist|bestaat niet|onbekend|finns inte|okänd|findes ikke|ukendt|finnes ikke|ukjent|ei ole olemassa|nie istnieje|neexistuje"
    r"|nem létezik|ismeretlen|nu există|bulunamadı|не существует|неизвестн|存在しません|見つかり|不存在|존재하지 않",
    re.I,
)
_PASSING = re.compile(
    r"(?:if|when|should) (?:the |your )?(?:delivery|message|mail|it) (?:fails?|failed) permanent\w*|\(delay\)"
    r"|will (?:be )?(?:re-?tr|keep|continue|try)|temporar|transient|deferred|delayed|still undelivered|not yet been delivered|has not yet|keep trying|try again"
    r"|grey-?list|(?:mailbox|quota|inbox|storage|postfach)[^\n.]{0,40}(?:full|exceed|over|voll|[üu]berschritten)|over (?:disk |its |their |your )?quota|overquota|quota exceeded|exceeded[^\n.]{0,30}quota"
    r"|timed? ?out|not responding|not reachable|network problem|attempts will (?:continue|be made)|insufficient (?:system )?(?:storage|resources|disk)|too busy|connection (?:refused|lost|reset)|no route|unreachable|could not connect"
    r"|warning: (?:could|message)|vor[üu]bergehend|sp[äa]ter|weitere zustellversuche|verz[öo]ger|bo[îi]te (?:aux lettres )?pleine|buz[óo]n lleno|casella piena|retard[ée]"
    r"|(?:over|exceed(?:ed|s|ing)?|reached) (?:its|his|her|their|the)[^\n.]{0,40}(?:limit|size|quota)|(?:full|storage) mailbox|tried again|please retry|busy"
    r"|nouvelle tentative|plus tard|más tarde|(?:buz[óo]n|casilla)[^\n.]{0,30}llen[oa]|caixa[^\n.]{0,30}cheia|mais tarde|casella[^\n.]{0,30}piena|pi[ùu] tardi"
    r"|postvak[^\n.]{0,20}vol\b|later opnieuw|brevl[åa]dan?[^\n.]{0,20}full|postkasse[^\n.]{0,20}(?:fuld|full)|skrzynka[^\n.]{0,30}(?:pe[łl]na|przepe[łl]nion)|pln[áa] schr[áa]nka"
    r"|schr[áa]nka[^\n.]{0,20}pln[áa]|megtelt|posta kutusu[^\n.]{0,20}dolu|(?:ящик|почтов)[^\n.]{0,40}(?:переполнен|полон)|позже|容量|満杯|一杯|いっぱい|已满|空间不足|가득",
    re.I,
)
_SAYS_WHY = re.compile(
    r"(?:(?:the |for the following )?reasons?|cause|error(?: message)?|because|grund|fehler|raison|motivo|causa|powód|důvod|причина|reden|orsak|årsag"
    r"|理由|原因|退信原因)\s*[:：]",
    re.I,
)
# Gateways under names of their own; people sit behind some of these too.
_PROGRAMS = re.compile(
    r"gate-?way|anti-?_?virus|virus-?wall|scanner|mail-?(?:scan|filter|guard|marshal|sweeper|server|system|relay)|smtp|inetgw|imss|exchange|no-?_?reply|do-?not-?reply|spam",
    re.I,
)
_PERSONAL = re.compile(
    r"\b(?:I|I'm|I've|(?i:my|me|hi|hello|dear|thanks|thank you|regards|ich|mein\w*|hallo|guten|danke|grüße|je|j'ai|mon|bonjour|merci|hola|gracias|mi"
    r"|ciao|grazie|olá|hej))\b"
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
        section = self.about(email)
        return section if len(self.sections) > 1 and _tells(section) else self.notice


def is_daemon(email: str, name: str) -> bool:
    """Whether the sender calls itself a mail server."""
    return bool(_DAEMONS.match(email.rpartition("@")[0] or email)) or bool(_DAEMON_NAMES.search(name[:200]))


def is_program(email: str) -> bool:
    """Whether the sender's name is that of a program, though not of a mail server."""
    return bool(_PROGRAMS.search(email.rpartition("@")[0]))


def subject_says_bounce(subject: str) -> bool:
    """Whether the subject speaks of failed or delayed delivery (answers and forwards of such a mail do not)."""
    return bool(_SUBJECT.search(subject[:300])) and not re.match(r"\s*(?:re|aw|fwd?|wg|tr|rv|sv)\s*:", subject, re.I)


def text_says_bounce(text: str) -> bool:
    """Whether the first words speak of failed delivery."""
    return bool(_TEXT.search(text[:4000]))


def is_plain_notice(text: str) -> bool:
    """Whether the failure is told at once and nobody speaks in person: no greeting, no I."""
    beginning = text[:600]
    return bool(_TEXT.search(text[:300])) and not _PERSONAL.search(beginning)


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
    others, passing = _PASSING.subn(" ", words)  # "connection refused" is no refusal of a person's address
    return bool(_FINAL.search(others)) or not passing


def read_notice(text: str, own: set[str], subject: str) -> Notice:
    """Whom a notice names, without the addresses in `own` (the reader's and the server's)."""
    text = text[:NOTICE]
    copy = next((match for match in _COPY.finditer(text) if match.start() > 60), None)
    notice = Notice(text[: copy.start()] if copy else text)
    lines = notice.notice.split("\n")
    starts = [(number, email) for number, line in enumerate(lines) if (email := _named_alone(line, own))]
    # Whom the message was for stands among its headers, which some repeat before they say for whom of these it failed.
    starts = [start for start in starts if not _among_headers(lines, start[0])] or starts
    for (number, email), (after, _) in zip(starts, [*starts[1:], (len(lines), "")], strict=False):
        section = "\n".join(lines[number:after]).strip()
        notice.sections[email] = f"{notice.sections.get(email, '')}\n{section}".strip()
    notice.recipients = (
        list(notice.sections) or _named_in_session(text, own) or _named_anywhere(notice.notice, subject, own)
    )
    if copy and not notice.recipients:
        # Some begin with the headers of what came back and say only then for whom it did.
        notice.recipients = read_notice(text[copy.end() :], own, subject).recipients
        notice.notice = text
    return notice


def _among_headers(lines: list[str], number: int) -> bool:
    around = lines[max(number - 1, 0) : number + 2]
    return bool(_TO_LINE.match(lines[number])) and any(_HEADER_LINE.match(line) for line in around)


def _named_in_session(text: str, own: set[str]) -> list[str]:
    """Whom the servers spoke of: RCPT TO in a transcript."""
    found = [clean_email(match.group(1)) for match in _RCPT.finditer(text[:NOTICE])]
    return [email for email in dict.fromkeys(found) if email and email not in own]


def read_copy(text: str, own: set[str]) -> list[str]:
    """Whom the copy of a returned message inside a notice was for."""
    match = _COPY_TO.search(text[:NOTICE])
    found = [_email(word.rstrip(".-")) for word in _ADDRESS.findall(match.group(1))] if match else []
    return [email for email in dict.fromkeys(found) if email and email not in own]


def _named_alone(line: str, own: set[str]) -> str:
    """The address a line is about: alone on it, behind a label or a name, before a colon or a date."""
    match = _ADDRESS.search(line) if "@" in line and len(line) <= 400 else None
    if match is None or not _AFTER.fullmatch(line, match.end()):
        return ""
    before = line[: match.start()]
    if not (_LABEL.fullmatch(before) or _PERSON.fullmatch(before)):
        return ""
    email = _email(match.group().rstrip(".-'"))
    return "" if email in own or is_daemon(email, "") else email


def _named_anywhere(notice: str, subject: str, own: set[str]) -> list[str]:
    found = [_email(word.strip("'\"").rstrip(".-")) for word in _ADDRESS.findall(f"{notice}\n{subject}")]
    others = [email for email in found if email and email not in own and not is_daemon(email, "")]
    return list(dict.fromkeys(others))[:1]


def _email(found: str) -> str:
    """An address without the words of a language that has no spaces; '' for what is none."""
    local, _, domain = found.rpartition("@")
    domain = _WORDS_BEHIND.sub(r"\1", domain)
    if "." not in domain and not domain.isascii():
        return ""
    return clean_email(f"{_WORDS_BEFORE.sub('', local)}@{domain}")


def reason_for(recipient: str, text: str) -> str:
    """The words of the human-readable part about one recipient."""
    notice = read_notice(text, set(), "")
    return _reason(notice.sections.get(recipient, "") or notice.notice)


def _tells(section: str) -> bool:
    """Whether a section says why at all: with several recipients the reason may stand once for all of them."""
    return bool(find_status(section) or find_code(section) or _FINAL.search(section) or _PASSING.search(section))


def judge(section: str, subject: str, notice: str) -> tuple[str, int | None, str, bool]:
    """Status, code, reason and permanence out of what is said of a recipient."""
    reason = _reason(section if _tells(section) else notice or section)
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
        telling = next((number for number, line in enumerate(lines) if _SAYS_WHY.match(line)), None)
    if telling is None:
        first = 1 if len(lines) > 1 and _ADDRESS.search(lines[0]) else 0
        return " ".join(lines[first : first + 4])[:1000]
    return " ".join(lines[telling : telling + 4])[:1000]
