"""What an arriving message is: a person's mail, a bounce, an automatic answer or an abuse report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapport.channels.contract import BounceReport, InboundKind
from rapport.channels.email.parsing.bounces import read_bounce
from rapport.channels.email.parsing.headers import Headers
from rapport.channels.email.parsing.limits import Reading
from rapport.channels.email.parsing.tracing import empty_return_path
from rapport.channels.email.parsing.tree import Part

_AUTO_SUBJECT = re.compile(
    r"^\W{0,3}(?:(?:re|aw|fwd|wg|sv|antw)\s*:\s*)?(?:"
    r"out[ -]of[ -](?:the )?office|ooo\b|automatic(?:al)? (?:reply|response|answer)|auto[- ]?(?:reply|response|responder|answer)"
    r"|away from (?:the|my) (?:office|mail|desk)|(?:on|i am on|i'm on) (?:vacation|holiday|annual leave|leave|maternity leave)\b"
    r"|vacation (?:reply|response|message|notice|auto)|automatische (?:antwort|abwesenheit)|abwesenheit|autom\. antwort"
    r"|(?:ich bin )?(?:nicht im b[üu]ro|im urlaub|au(?:ß|ss)er haus)|r[ée]ponse automatique|absence du bureau|absent du bureau"
    r"|message d'absence|respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente de la oficina|risposta automatica"
    r"|fuori (?:sede|ufficio)|assente dall'ufficio|resposta autom[áa]tica|aus[êe]ncia tempor[áa]ria|fora do escrit[óo]rio"
    r"|automatisch antwoord|automatisch bericht|afwezig|afwezigheid|autosvar|automatiskt svar|automatisk svar|fraværende"
    r"|frånvaro|ikke til stede|ikke på kontoret|automaattinen vastaus|poissa|odpowied[źz] automatyczna|automatyczna odpowied[źz]"
    r"|nieobecno[śs][ćc]|poza biurem|automatick[áa] odpov[ěe][ďd]|mimo kancel[áa]ř|automatikus v[áa]lasz|r[ăa]spuns automat"
    r"|otomatik yan[ıi]t|автоматический ответ|автоответ|автоматична відповідь|нет на месте|вне офиса|αυτόματη απάντηση|εκτός γραφείου|automatick[áa] odpoveď|automatski odgovor|samodejni odgovor"
    r"|автоматичен отговор|automaatvastus|automātiskā atbilde|automatinis atsakymas|balasan otomatis|thư trả lời tự động|ตอบกลับอัตโนมัติ|رد تلقائي|תשובה אוטומטית"
    r"|自動返信|自動応答|不在(?:の|通知|につき)|自动(?:回复|答复)|自動(?:回覆|回復)|休假|자동 (?:회신|응답)|부재중)",
    re.I,
)
_NAMED_AWAY = re.compile(
    r"^[^:]{2,60}\b(?:is (?:currently )?(?:out of (?:the )?office|away|on (?:vacation|leave|holiday))|ist (?:nicht im b[üu]ro|außer haus|im urlaub|abwesend)"
    r"|est absente?|est en congés?|está (?:fuera|ausente)|è (?:assente|fuori)|is afwezig|är (?:inte på|frånvarande))\b",
    re.I,
)
# Words of those who are away. Beside a subject that says so they leave no doubt.
_AWAY = re.compile(
    r"out of (?:the )?office|(?:on|am|be) (?:annual |parental |maternity |paternity |sick )?(?:leave|vacation|holiday)|away (?:from|until|on)|will (?:be back|return)"
    r"|limited access to (?:my )?e?-?mail|nicht (?:im b[üu]ro|erreichbar|im hause)|im urlaub|abwesend|außer haus|wieder (?:erreichbar|im b[üu]ro)"
    r"|absente? (?:du|jusqu|d)|de retour le|en congés?|fuera de (?:la )?oficina|de vacaciones|ausente|fuori (?:ufficio|sede)|in ferie|assente|de f[ée]rias"
    r"|afwezig|met (?:vakantie|verlof)|p[åa] semester|ferie|ikke p[åa] kontoret|bortreist|lomalla|poissa|urlop|poza biurem|dovolen|mimo kancel|szabads[áa]g"
    r"|concediu|izinde|ofis d[ıi]ş[ıi]nda|в отпуске|отсутств|вне офиса|不在|休暇|不在办公室|休假|부재|휴가|εκτός γραφείου|σε άδεια",
    re.I,
)
_LIST_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "x-mailing-list",
    "x-campaign",
    "x-campaignid",
    "feedback-id",
)


@dataclass(slots=True)
class Verdict:
    """The kind of a message and the facts it rests on."""

    kind: InboundKind = InboundKind.NORMAL
    auto_submitted: bool = False
    bulk: bool = False
    bounce: list[BounceReport] = field(default_factory=list)
    returned_message_id: str = ""


def judge_kind(root: Part, reading: Reading, *, text: str, subject: str, sender: str) -> Verdict:
    """Tell the kind: abuse report, bounce, automatic answer, else normal."""
    headers = root.headers
    verdict = Verdict(auto_submitted=_auto_submitted(headers), bulk=_is_bulk(headers))
    if _is_feedback(root):
        verdict.kind, verdict.auto_submitted = InboundKind.FEEDBACK, True
        return verdict
    bounce = read_bounce(root, reading, text=text, subject=subject, sender=sender)
    if bounce is not None:
        verdict.kind, verdict.auto_submitted = InboundKind.BOUNCE, True
        verdict.bounce, verdict.returned_message_id = bounce.reports, bounce.returned_message_id
    elif _is_auto_reply(headers, verdict, subject=subject, sender=sender, text=text) or _is_receipt(root):
        verdict.kind, verdict.auto_submitted = InboundKind.AUTO_REPLY, True
    return verdict


def _is_feedback(root: Part) -> bool:
    # Microsoft's complaints (JMRP) are in no report; this header names who complained, there or in the mail passed on.
    passed_on = [child for part in root.children if part.mime == "message/rfc822" for child in part.children]
    if any(part.headers.has("x-hmxmroriginalrecipient") for part in (root, *passed_on)):
        return True
    if root.mime == "multipart/report" and root.parameters.get("report-type", "").lower() == "feedback-report":
        return True
    return any(part.mime == "message/feedback-report" for part in root.children)


def _is_receipt(root: Part) -> bool:
    """Read receipts (RFC 8098) and reports of successful delivery: machines wrote them, nobody failed."""
    if root.mime == "multipart/report":
        return root.parameters.get("report-type", "").lower() in ("", "disposition-notification", "delivery-status")
    return any(part.mime == "message/disposition-notification" for part in root.children)


def _auto_submitted(headers: Headers) -> bool:
    value = headers.get("auto-submitted").split(";")[0].split("(")[0].strip().lower()
    return bool(value and value != "no") or bool(_strong_signs(headers))


def _strong_signs(headers: Headers) -> list[str]:
    """Headers only machines that answer write."""
    signs = [
        name for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply") if _says_yes(headers, name)
    ]
    signs += [
        name for name in ("x-autoreply-from", "x-mail-autoreply", "x-vacation", "x-autogenerated") if headers.get(name)
    ]
    if headers.get("precedence").strip().lower() in ("auto_reply", "auto-reply", "autoreply"):
        signs.append("precedence")
    if headers.get("x-precedence").strip().lower() in ("auto_reply", "auto-reply", "autoreply"):
        signs.append("x-precedence")
    if headers.get("x-failed-recipients"):
        signs.append("x-failed-recipients")
    if headers.get("x-ms-exchange-generated-message-source").strip():
        signs.append("x-ms-exchange-generated-message-source")
    if headers.get("x-ms-exchange-inbox-rules-loop").strip():
        signs.append("x-ms-exchange-inbox-rules-loop")
    return signs


def _says_yes(headers: Headers, name: str) -> bool:
    return headers.has(name) and headers.get(name).strip().lower() not in ("no", "false", "0")


def _is_bulk(headers: Headers) -> bool:
    if headers.get("precedence").strip().lower() in ("bulk", "list", "junk"):
        return True
    return any(headers.get(name).strip() for name in _LIST_HEADERS)


def _is_auto_reply(headers: Headers, verdict: Verdict, *, subject: str, sender: str, text: str) -> bool:
    """RFC 3834 and its forerunners; a subject alone is a weak sign and needs another beside it."""
    submitted = headers.get("auto-submitted").split(";")[0].split("(")[0].strip().lower()
    if submitted.startswith("auto-replied") or _strong_signs(headers):
        return True
    answers = bool(headers.get("in-reply-to") or headers.get("references"))
    says_away = bool(_AUTO_SUBJECT.search(subject) or _NAMED_AWAY.search(subject))
    if submitted.startswith("auto-") and not verdict.bulk and (answers or says_away):
        # Alone it says only that a program wrote: a shop's contact form, an alarm, an order. Those are nobody's answer.
        return True
    weak = says_away + bool(says_away and _AWAY.search(text[:1500]))
    weak += empty_return_path(headers)
    weak += _suppresses_from_machine(headers)
    # Lists and newsletters say bulk too, but they may be answered, and answer nothing.
    if headers.get("precedence").strip().lower() in ("bulk", "junk"):
        weak += bool(headers.get("in-reply-to") or says_away or empty_return_path(headers))
    weak += sender.split("@", maxsplit=1)[0] in (
        "mailer-daemon",
        "postmaster",
        "autoreply",
        "auto-reply",
        "vacation",
        "autoresponder",
    )
    return weak >= 2


def _suppresses_from_machine(headers: Headers) -> bool:
    """Outlook's answering machine asks others not to answer it; so do many people's servers, hence only a weak sign."""
    value = headers.get("x-auto-response-suppress").lower()
    return "oof" in value or "all" in value or "autoreply" in value
