"""The half of the mail programs that rules may be tuned on."""

from __future__ import annotations

from html import escape

from tests.mailwriting.page import BETWEEN, BOTTOM, FIRST, FORWARD, TOP, Page, Program, block, bold_block

_EVERY_WAY = (FIRST, TOP, TOP, BOTTOM, BETWEEN, FORWARD)


def _gmail_quote(page: Page) -> str:
    line = escape(page.attribution(page.tongue.gmail))
    return (
        f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{line}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);'
        f'padding-left:1ex">{page.source.html}</blockquote></div>'
    )


def _gmail_names(page: Page) -> tuple[str, ...]:
    sender, _, to, subject = page.tongue.header_names
    return sender, page.tongue.date_label, to, subject


def _gmail_forward(page: Page) -> str:
    return f"---------- Forwarded message ---------\n{block(page, _gmail_names(page))}\n\n\n{page.source.plain}"


def _gmail_forward_html(page: Page) -> str:
    head = bold_block(page, _gmail_names(page), tag="span")
    return (
        '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>'
        f"{head}<br></div><br><br>{page.source.html}</div>"
    )


GMAIL = Program(
    "Gmail on the web",
    introduce=lambda page: page.attribution(page.tongue.gmail),
    wrap_quote=_gmail_quote,
    ways=(FIRST, TOP, TOP, TOP, BETWEEN, FORWARD),
    parts=("both", "both", "html"),
    announce=_gmail_forward,
    wrap_forward=_gmail_forward_html,
    paragraph="{}<br><br>",
    frame='<div dir="ltr">{}</div>',
    wrap_at=72,
    message_id="CA{base}=w@mail.gmail.com",
    html_delimiter='<div class="gmail_signature" data-smartmail="gmail_signature">{}</div>',
    delimiter="{}",
)


def _apple_quote(page: Page) -> str:
    line = escape(page.attribution(page.tongue.apple))
    return (
        f'<div><br><blockquote type="cite"><div>{line}</div><br class="Apple-interchange-newline">'
        f"<div>{page.source.html}</div></blockquote></div><br>"
    )


def _apple_forward(page: Page) -> str:
    sender, _, to, subject = page.tongue.header_names
    head = block(page, (sender, page.tongue.date_label, to, subject))
    return f"{page.tongue.apple_forward}\n\n{head}\n\n{page.source.plain}"


def _apple_forward_html(page: Page) -> str:
    sender, _, to, subject = page.tongue.header_names
    lines = block(page, (sender, page.tongue.date_label, to, subject)).split("\n")
    head = "".join(
        f'<div style="margin: 0px;"><span style="font-family: -webkit-system-font"><b>{escape(a)}: </b></span>'
        f"<span>{escape(b.strip())}<br></span></div>"
        for a, _, b in (line.partition(":") for line in lines)
    )
    return (
        f'<div><br><blockquote type="cite"><div>{escape(page.tongue.apple_forward)}</div>'
        f'<br class="Apple-interchange-newline">{head}<br><div>{page.source.html}</div></blockquote></div>'
    )


APPLE = Program(
    "Apple Mail on the Mac",
    introduce=lambda page: page.attribution(page.tongue.apple),
    wrap_quote=_apple_quote,
    ways=_EVERY_WAY,
    parts=("plain", "both", "html"),
    announce=_apple_forward,
    wrap_forward=_apple_forward_html,
    headers=(("X-Mailer", "Apple Mail (2.3774.400.31)"), ("Mime-Version", "1.0 (Mac OS X Mail 16.0 (3774.400.31))")),
    message_id="{guid}@{domain}",
    gap="\n\n",
    encoding="quoted-printable",
)


def _word_block(page: Page) -> str:
    head = bold_block(page, page.tongue.header_names).replace("</b>", "</span></b><span>").replace("<b>", "<b><span>")
    return (
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
        f'{head}</span></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>{page.source.html}'
    )


OUTLOOK_CLASSIC = Program(
    "Outlook for Windows, classic",
    introduce=lambda page: block(page, page.tongue.header_names, ends=" "),
    wrap_quote=_word_block,
    parts=("both", "both", "html"),
    marked=False,
    paragraph='<p class="MsoNormal">{}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>',
    frame='<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{{margin:0cm}}</style></head>'
    '<body lang="EN-GB"><div class="WordSection1">{}</div></body></html>',
    headers=(("X-Mailer", "Microsoft Outlook 16.0"), ("Content-Language", "en-gb")),
    message_id="{hex16}${hex}$@{domain}",
    thread_index=True,
    encoding="base64",
)

OUTLOOK_PLAIN = Program(
    "Outlook for Windows, plain text",
    introduce=lambda page: f"-----{page.tongue.original}-----\n{block(page, page.tongue.header_names, ends=' ')}",
    wrap_quote=_word_block,
    parts=("plain",),
    marked=False,
    headers=(("X-Mailer", "Microsoft Outlook 15.0"),),
    message_id="{hex16}${hex}$@{domain}",
    thread_index=True,
)


def _moz_quote(page: Page) -> str:
    line = escape(page.attribution(page.tongue.thunderbird))
    return (
        f'<div class="moz-cite-prefix">{line}<br></div><blockquote type="cite" cite="mid:x@y.example">'
        f"{page.source.html}</blockquote>"
    )


def _moz_forward(page: Page) -> str:
    sender, _, to, subject = page.tongue.header_names
    head = block(page, (sender, page.tongue.date_label, to, subject))
    ordered = "\n".join(sorted(head.split("\n"), key=lambda line: not line.startswith(f"{subject}:")))
    return f"-------- {page.tongue.thunderbird_forward} --------\n{ordered}\n\n\n{page.source.plain}"


def _moz_forward_html(page: Page) -> str:
    sender, _, to, subject = page.tongue.header_names
    lines = block(page, (subject, page.tongue.date_label, sender, to)).split("\n")
    older = page.source
    values = [older.subject, page.tongue.written(older.at), older.author.mail, older.to.mail]
    rows = "".join(
        f'<tr><th nowrap="nowrap" valign="BASELINE" align="RIGHT">{escape(line.partition(":")[0])}: </th>'
        f"<td>{escape(value)}</td></tr>"
        for line, value in zip(lines, values, strict=True)
    )
    return (
        f'<div class="moz-forward-container"><br><br>-------- {escape(page.tongue.thunderbird_forward)} --------'
        f'<table class="moz-email-headers-table"><tbody>{rows}</tbody></table><br><br>{older.html}</div>'
    )


THUNDERBIRD = Program(
    "Thunderbird",
    introduce=lambda page: page.attribution(page.tongue.thunderbird),
    wrap_quote=_moz_quote,
    ways=_EVERY_WAY,
    parts=("plain", "both", "html"),
    announce=_moz_forward,
    wrap_forward=_moz_forward_html,
    paragraph="<p>{}</p>",
    headers=(("User-Agent", "Mozilla Thunderbird"), ("Content-Language", "en-GB")),
    message_id="{guid}@{domain}",
    wrap_at=72,
    flowed=True,
    delimiter="-- \n{}",
    html_delimiter='<div class="moz-signature">-- <br>{}</div>',
)


def _yahoo_line(page: Page) -> str:
    at = page.source.at
    author = page.source.author
    return f"On {at:%A, %B %-d, %Y} at {at:%I:%M:%S %p} GMT+1, {author.name} <{author.mail}> wrote:"


def _yahoo_quote(page: Page) -> str:
    return (
        '<div id="ydpb1" class="yahoo_quoted"><div style="font-family:Helvetica;font-size:13px;color:#26282a;">'
        f"<div>{escape(_yahoo_line(page))}</div><div><br></div><div><br></div><div>{page.source.html}</div></div></div>"
    )


YAHOO = Program(
    "Yahoo Mail",
    introduce=lambda page: f"    {_yahoo_line(page)}  \n ",
    wrap_quote=_yahoo_quote,
    ways=(FIRST, TOP, TOP),
    marked=False,
    parts=("both", "html"),
    paragraph='<div dir="ltr" data-setdir="false">{}</div><div><br></div>',
    frame='<html><head></head><body><div class="ydp1yahoo-style-wrap">{}</div></body></html>',
    headers=(("X-Mailer", "WebService/1.1.21952 YMailNovation"),),
    message_id="{number}.{number}.1705311000000@mail.yahoo.com",
)


def _gmx_names(page: Page) -> str:
    sender, sent, to, subject = page.tongue.header_names
    older = page.source
    return "\n".join(
        (
            f"{sent}: {page.tongue.written(older.at)}",
            f'{sender}: "{older.author.name}" <{older.author.mail}>',
            f"{to}: {older.to.mail}",
            f"{subject}: {older.subject}",
        )
    )


def _gmx_quote(page: Page) -> str:
    lines = (line.partition(":") for line in _gmx_names(page).split("\n"))
    head = "<br/>\n".join(f"<b>{escape(a)}:</b>&nbsp;{escape(b.strip())}" for a, _, b in lines)
    return (
        '<div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; '
        'border-left:2px solid #C3D9E5; word-wrap: break-word;"><div style="margin:0 0 10px 0;">'
        f'{head}</div><div name="quoted-content">{page.source.html}</div></div></div>'
    )


GMX = Program(
    "GMX",
    introduce=_gmx_names,
    wrap_quote=_gmx_quote,
    ways=(FIRST, TOP, TOP),
    marked=False,
    parts=("html",),
    frame='<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">{}</div></body></html>',
    headers=(("X-UI-Message-Type", "mail"), ("X-Priority", "3")),
    message_id="trinity-{guid}-1705311000000@3c-app-gmx-bap01",
)

MUTT = Program(
    "mutt",
    introduce=lambda page: f"On {page.source.at:%a, %b %d, %Y at %I:%M:%S%p} +0100, {page.source.author.name} wrote:",
    wrap_quote=_moz_quote,
    ways=(FIRST, TOP, BOTTOM, BETWEEN, BETWEEN, FORWARD),
    parts=("plain",),
    announce=lambda page: (
        f"----- Forwarded message from {page.source.author.name} <{page.source.author.mail}> -----\n\n"
        f"Date: {page.source.at:%a, %d %b %Y %H:%M:%S} +0100\nFrom: {page.source.author.name} "
        f"<{page.source.author.mail}>\nTo: {page.source.to.mail}\nSubject: {page.source.subject}\n\n"
        f"{page.source.plain}\n\n----- End forwarded message -----"
    ),
    headers=(("User-Agent", "Mutt/2.2.12 (2023-09-09)"),),
    message_id="{base}@{domain}",
    wrap_at=72,
    delimiter="-- \n{}",
    encoding="8bit",
)


def _notes_block(page: Page) -> str:
    older = page.source
    sender, _, to, subject = page.tongue.header_names
    rows = (
        (sender, f"{older.author.name} <{older.author.mail}>"),
        (to, f"{older.to.name} <{older.to.mail}>"),
        (page.tongue.date_label, f"{older.at:%d/%m/%Y %H:%M}"),
        (subject, older.subject),
    )
    return "\n\n\n" + "\n".join(f"{name}:\t{value}" for name, value in rows)


def _notes_quote(page: Page) -> str:
    lines = (line.partition(":") for line in _notes_block(page).strip().split("\n"))
    head = "<br>\n".join(
        f'<font size=1 color=#5f5f5f face="sans-serif">{escape(a)}: &nbsp; &nbsp; &nbsp; &nbsp;</font>'
        f'<font size=1 face="sans-serif">{escape(b.strip())}</font>'
        for a, _, b in lines
    )
    return f"<br><br><br>{head}<br><hr noshade><br><br>{page.source.html}"


NOTES = Program(
    "Lotus Notes",
    introduce=_notes_block,
    wrap_quote=_notes_quote,
    ways=(FIRST, TOP, TOP),
    marked=False,
    paragraph='<font size=2 face="sans-serif">{}</font><br><br>',
    parts=("both", "html"),
    headers=(("X-Mailer", "Lotus Notes Release 9.0.1FP8"), ("X-MIMETrack", "Serialize by Router on mail01/ACME")),
    message_id="OF{hex}.{hex}-ONC1258{hex}@{domain}",
)


def _mobile_block(page: Page) -> str:
    head = bold_block(page, page.tongue.header_names)
    return (
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">{head}</font><div>&nbsp;</div></div>'
        f'<div class="BodyFragment">{page.source.html}</div>'
    )


OUTLOOK_IOS = Program(
    "Outlook for iOS",
    introduce=lambda page: f"{'_' * 32}\n{block(page, page.tongue.header_names)}",
    wrap_quote=_mobile_block,
    parts=("both", "html"),
    marked=False,
    add=lambda tongue: tongue.outlook_app,
    headers=(("X-MS-Has-Attach", ""), ("X-MS-TNEF-Correlator", "")),
    message_id="{hex16}{hex16}@{hex}.eurprd01.prod.outlook.com",
    thread_index=True,
    encoding="base64",
)

ROUNDCUBE = Program(
    "Roundcube",
    introduce=lambda page: f"On {page.source.at:%Y-%m-%d %H:%M}, {page.source.author.name} wrote:",
    wrap_quote=lambda page: (
        f"<p>On {page.source.at:%Y-%m-%d %H:%M}, {escape(page.source.author.name)} wrote:</p>"
        '<blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">'
        f'<div class="pre">{page.source.html}</div></blockquote>'
    ),
    ways=_EVERY_WAY,
    parts=("plain", "both"),
    announce=lambda page: (
        f"-------- {page.tongue.original} --------\n"
        + block(
            page,
            (
                page.tongue.header_names[0],
                page.tongue.date_label,
                page.tongue.header_names[2],
                page.tongue.header_names[3],
            ),
        )
        + f"\n\n{page.source.plain}"
    ),
    headers=(("User-Agent", "Roundcube Webmail/1.6.5"),),
    message_id="{hex16}{hex16}@{domain}",
    wrap_at=72,
    delimiter="-- \n{}",
)


def _samsung_block(page: Page) -> str:
    older, tongue = page.source, page.tongue
    sender, _, to, subject = tongue.header_names
    return (
        f"-------- {tongue.original} --------\n{sender}: {older.author.name} <{older.author.mail}> \n"
        f"{tongue.date_label}: {older.at:%d/%m/%Y  %H:%M}  (GMT+01:00) \n{to}: {older.to.mail} \n"
        f"{subject}: {older.subject} "
    )


def _samsung_quote(page: Page) -> str:
    lines = _samsung_block(page).split("\n")
    return (
        '<div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>'
        + "</div><div>".join(escape(line) for line in lines)
        + f"</div><div><br></div></div>{page.source.html}"
    )


_SENT_BY_PHONE = {"en": "Sent from my Galaxy", "de": "Von meinem Galaxy gesendet", "fr": "Envoyé depuis mon Galaxy"}
SAMSUNG = Program(
    "Samsung Email",
    introduce=_samsung_block,
    wrap_quote=_samsung_quote,
    ways=(FIRST, TOP, TOP),
    marked=False,
    parts=("both", "html"),
    paragraph='<div dir="auto">{}</div><div dir="auto"><br></div>',
    add=lambda tongue: _SENT_BY_PHONE.get(tongue.code, tongue.iphone.replace("iPhone", "Galaxy")),
    message_id="{guid}@email.android.com",
)


def _proton_line(page: Page) -> str:
    at, author = page.source.at, page.source.author
    ordinal = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(at.day, "th")
    return f"On {at:%A, %B} {at.day}{ordinal}, {at:%Y at %H:%M}, {author.name} <{author.mail}> wrote:"


PROTON = Program(
    "Proton Mail",
    introduce=lambda page: _proton_line(page) + "\n",
    wrap_quote=lambda page: (
        f'<div class="protonmail_quote">{escape(_proton_line(page))}<br><br>'
        f'<blockquote class="protonmail_quote" type="cite">{page.source.html}</blockquote></div>'
    ),
    ways=(FIRST, TOP, TOP, FORWARD),
    parts=("both", "html"),
    announce=lambda page: (
        f"------- Forwarded Message -------\nFrom: {page.source.author.name} <{page.source.author.mail}>\n"
        f"Date: On {page.source.at:%A, %B %d, %Y at %I:%M %p}\nSubject: {page.source.subject}\n"
        f"To: {page.source.to.mail} <{page.source.to.mail}>\n\n{page.source.plain}"
    ),
    wrap_forward=lambda page: (
        '<div class="protonmail_quote">------- Forwarded Message -------<br>'
        f"From: {escape(page.source.author.name)} &lt;{page.source.author.mail}&gt;<br>"
        f"Date: On {page.source.at:%A, %B %d, %Y at %I:%M %p}<br>Subject: {escape(page.source.subject)}<br>"
        f'To: {page.source.to.mail}<br><br><blockquote class="protonmail_quote" type="cite">'
        f"{page.source.html}</blockquote></div>"
    ),
    paragraph='<div style="font-family: Arial, sans-serif; font-size: 14px;">{}</div><div><br></div>',
    add=lambda tongue: "Sent with Proton Mail secure email.",
    message_id="{base}{base}==@proton.example",
)


def _qq_block(page: Page) -> str:
    older = page.source
    day = "一二三四五六日"[older.at.weekday()]
    return (
        "------------------ 原始邮件 ------------------\n"
        f'发件人: "{older.author.name}" <{older.author.mail}>;\n'
        f"发送时间: {older.at.year}年{older.at.month}月{older.at.day}日(星期{day}) 上午{older.at:%H:%M}\n"
        f'收件人: "{older.to.name}"<{older.to.mail}>;\n\n主题: {older.subject}\n\n'
    )


QQ = Program(
    "QQ Mail",
    introduce=_qq_block,
    wrap_quote=lambda page: (
        '<div><br></div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">'
        "------------------&nbsp;原始邮件&nbsp;------------------</div>"
        '<div style="font-size: 12px;background:#efefef;padding:8px;"><div>'
        + "</div><div>".join(
            f"<b>{escape(head)}:</b>&nbsp;{escape(tail.strip())}"
            for head, _, tail in (line.partition(":") for line in _qq_block(page).strip().split("\n")[1:] if line)
        )
        + f"</div></div><div><br></div>{page.source.html}"
    ),
    ways=(FIRST, TOP, TOP),
    marked=False,
    parts=("both", "html"),
    headers=(("X-QQ-MIME", "TCMime 1.0 by Tencent"), ("X-Mailer", "QQMail 2.x")),
    message_id="tencent_{hex16}{hex16}@qq.com",
    encoding="base64",
)

SEEN = (
    GMAIL, APPLE, OUTLOOK_CLASSIC, OUTLOOK_PLAIN, THUNDERBIRD, YAHOO, GMX, MUTT, NOTES, OUTLOOK_IOS, ROUNDCUBE, SAMSUNG,
    PROTON, QQ,
)  # fmt: skip
