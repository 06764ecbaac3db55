"""The half of the mail programs that no rule may be tuned on before it is measured."""

from __future__ import annotations

from html import escape

from tests.mailwriting.page import BETWEEN, BOTTOM, FIRST, FORWARD, TOP, Page, Program, block, bold_block
from tests.mailwriting.programs_seen import APPLE

_EVERY_WAY = (FIRST, TOP, TOP, BOTTOM, BETWEEN, FORWARD)


def _gmail_app_line(page: Page) -> str:
    """Gmail for Android puts no "at" between date and time."""
    at, author = page.source.at, page.source.author
    if page.tongue.code in ("el", "ko", "ar", "zh-tw"):
        return page.attribution(page.tongue.gmail)
    short = page.attribution("{wd}, {d} {mon} {y}, {h}:{min}")
    return page.attribution(page.tongue.gmail) if at.minute % 2 else f"On {short} {author.name}, <{author.mail}> wrote:"


GMAIL_APP = Program(
    "Gmail for Android",
    introduce=_gmail_app_line,
    wrap_quote=lambda page: (
        '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{escape(_gmail_app_line(page))}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;'
        f'border-left:1px #ccc solid;padding-left:1ex">{page.source.html}</blockquote></div>'
    ),
    ways=(FIRST, TOP, TOP),
    parts=("both", "html"),
    paragraph='<div dir="auto">{}</div><div dir="auto"><br></div>',
    wrap_at=72,
    message_id="CA{base}=q@mail.gmail.com",
)

APPLE_PHONE = Program(
    "Mail on the iPhone",
    introduce=lambda page: page.attribution(page.tongue.apple),
    wrap_quote=lambda page: (
        f'<div dir="ltr"><br><blockquote type="cite">{escape(page.attribution(page.tongue.apple))}<br><br>'
        f'</blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff{page.source.html}</div></blockquote>'
    ),
    ways=(FIRST, TOP, TOP, FORWARD),
    parts=("plain", "both", "html"),
    announce=APPLE.announce,
    wrap_forward=APPLE.wrap_forward,
    paragraph='<div dir="ltr">{}</div><div dir="ltr"><br></div>',
    frame='<html><head></head><body dir="auto">{}</body></html>',
    add=lambda tongue: tongue.iphone,
    headers=(("X-Mailer", "iPhone Mail (21C66)"), ("Mime-Version", "1.0 (1.0)")),
    message_id="{guid}@{domain}",
)


def _web_block(page: Page) -> str:
    head = bold_block(page, page.tongue.header_names)
    return (
        '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">'
        f"{head}</font><div>&nbsp;</div></div><div>{page.source.html}</div>"
    )


OUTLOOK_WEB = Program(
    "Outlook on the web and new Outlook",
    introduce=lambda page: f"{'_' * 32}\n{block(page, page.tongue.header_names)}",
    wrap_quote=_web_block,
    parts=("both", "html"),
    marked=False,
    paragraph='<div class="elementToProof" style="font-family: Aptos, sans-serif; font-size: 12pt;">{}</div>'
    '<div class="elementToProof"><br></div>',
    headers=(("X-MS-Has-Attach", ""), ("Accept-Language", "en-US")),
    message_id="{hex16}{hex16}@{hex}.eurprd04.prod.outlook.com",
    thread_index=True,
)


def _mac_names(page: Page) -> tuple[str, ...]:
    sender, _, to, subject = page.tongue.header_names
    return sender, page.tongue.date_label, to, subject


OUTLOOK_MAC = Program(
    "Outlook for Mac",
    introduce=lambda page: block(page, _mac_names(page)),
    wrap_quote=lambda page: (
        '<div id="mail-editor-reference-message-container"><div><div style="border:none;border-top:solid #B5C4DF 1.0pt;'
        f'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal" style="margin-bottom:12.0pt">'
        f"{bold_block(page, _mac_names(page))}<o:p></o:p></p></div>{page.source.html}</div></div>"
    ),
    parts=("both", "html"),
    marked=False,
    paragraph='<p class="MsoNormal"><span lang="EN-US">{}</span></p><p class="MsoNormal"><span>&nbsp;</span></p>',
    headers=(("User-Agent", "Microsoft-MacOutlook/16.80.23121017"),),
    message_id="{guid}@{domain}",
    thread_index=True,
)

OUTLOOK_ANDROID = Program(
    "Outlook for Android",
    introduce=lambda page: f"{'_' * 32}\n{block(page, page.tongue.header_names)}",
    wrap_quote=lambda page: (
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif">{bold_block(page, page.tongue.header_names, tag="strong")}</font><br></div><br>'
        f"<div>{page.source.html}</div>"
    ),
    parts=("both", "html"),
    marked=False,
    add=lambda tongue: tongue.outlook_app.replace("iOS", "Android"),
    message_id="{hex16}{hex16}@{hex}.namprd12.prod.outlook.com",
    thread_index=True,
)

K9 = Program(
    "K-9 Mail",
    introduce=lambda page: page.attribution(
        {
            "pt": "Em {d} de {mon} de {y} {h}:{min}:00 CET, {name} <{mail}> escreveu:",
            "da": "Den {d}. {mon} {y} {h}.{min}.00 CET, skrev {name} <{mail}>:",
            "nb": "Den {d}. {mon} {y} {h}:{min}:00 CET, skrev {name} <{mail}>:",
            "fi": "{d}. {mon} {y} {h}.{min}.00 EET {name} <{mail}> kirjoitti:",
            "cs": "Dne {d}. {mon} {y} {h}:{min}:00 SEČ, {name} <{mail}> napsal:",
        }.get(page.tongue.code, "On {d} {mon} {y} {h}:{min}:00 CET, {name} <{mail}> wrote:")
    ),
    wrap_quote=lambda page: (
        f'<div class="gmail_quote"><div dir="auto">On {page.source.at:%-d %B %Y %H:%M:%S} CET, '
        f"{escape(page.source.author.name)} &lt;{page.source.author.mail}&gt; wrote:</div>"
        '<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204);'
        f' padding-left: 1ex;">{page.source.html}</blockquote></div>'
    ),
    ways=(FIRST, TOP, BOTTOM, BETWEEN),
    parts=("plain", "both", "html"),
    headers=(("User-Agent", "K-9 Mail for Android"),),
    message_id="{guid}@{domain}",
    delimiter="-- \n{}",
)


def _zimbra_block(page: Page) -> str:
    older, tongue = page.source, page.tongue
    sender, sent, to, subject = tongue.header_names
    return (
        f'----- {tongue.original} -----\n{sender}: "{older.author.name}" <{older.author.mail}>\n'
        f'{to}: "{older.to.name}" <{older.to.mail}>\n{sent}: {tongue.written(older.at)}\n{subject}: {older.subject}'
    )


ZIMBRA = Program(
    "Zimbra",
    introduce=_zimbra_block,
    wrap_quote=lambda page: (
        '<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">'
        + "<br>".join(
            f"<b>{escape(a)}: </b>{escape(b.strip())}"
            for a, _, b in (line.partition(":") for line in _zimbra_block(page).split("\n")[1:])
        )
        + f'</div><div data-marker="__QUOTED_TEXT__">{page.source.html}</div>'
    ),
    ways=(FIRST, TOP, TOP),
    marked=False,
    parts=("plain", "both", "html"),
    headers=(("X-Mailer", "Zimbra 9.0.0_GA_4583 (ZimbraWebClient - GC120 (Win)/9.0.0_GA_4583)"),),
    message_id="{number}.{number}.1705311000000.JavaMail.zimbra@{domain}",
)

SPARK = Program(
    "Spark",
    introduce=lambda page: page.attribution("On {d} {mon} {y} at {h}:{min} +0100, {name} <{mail}>, wrote:"),
    wrap_quote=lambda page: (
        '<div name="messageReplySection">'
        + escape(page.attribution("On {d} {mon} {y} at {h}:{min} +0100, {name} <{mail}>, wrote:"))
        + '<br><blockquote type="cite" style="border-left-color: grey; border-left-width: thin; border-left-style: solid;'
        f' margin: 5px 5px;padding-left: 10px;">{page.source.html}</blockquote></div>'
    ),
    ways=(FIRST, TOP, TOP),
    parts=("both", "html"),
    paragraph='<div name="messageBodySection"><div dir="auto">{}</div></div><br>',
    headers=(("X-Readdle-Message-ID", "{guid}@Spark"),),
    message_id="{guid}@Spark",
)

MAILBIRD = Program(
    "Mailbird",
    introduce=lambda page: page.attribution("On {dd}/{mm}/{y} {h}:{min}:00, {name} <{mail}> wrote:"),
    wrap_quote=lambda page: (
        '<div class="mb_sig"></div><blockquote class="history_container" type="cite" style="border-left-style:solid;'
        'border-width:1px; margin-top:20px; margin-left:0px;padding-left:10px;"><p style="color: #AAAAAA; margin-top: '
        '10px;">'
        + escape(page.attribution("On {dd}/{mm}/{y} {h}:{min}:00, {name} <{mail}> wrote:"))
        + f"</p>{page.source.html}</blockquote>"
    ),
    ways=(FIRST, TOP, TOP),
    marked=False,
    parts=("both", "html"),
    message_id="Mailbird-{guid}@{domain}",
)

FASTMAIL = Program(
    "Fastmail",
    introduce=lambda page: page.attribution("On {wd}, {d} {mon} {y}, at {h12}:{min} {ampm}, {name} wrote:"),
    wrap_quote=lambda page: (
        "<div>"
        + escape(page.attribution("On {wd}, {d} {mon} {y}, at {h12}:{min} {ampm}, {name} wrote:"))
        + f'<br></div><blockquote type="cite" id="qt" style="">{page.source.html}</blockquote>'
    ),
    ways=_EVERY_WAY,
    parts=("plain", "both", "html"),
    announce=lambda page: (
        f"----- Original message -----\nFrom: {page.source.author.name} <{page.source.author.mail}>\n"
        f"To: {page.source.to.mail}\nSubject: {page.source.subject}\n"
        f"Date: {page.source.at:%A, %B %d, %Y %I:%M %p}\n\n{page.source.plain}"
    ),
    wrap_forward=lambda page: (
        "<div>----- Original message -----<br></div>"
        f"<div>From: {escape(page.source.author.name)} &lt;{page.source.author.mail}&gt;<br></div>"
        f"<div>To: {page.source.to.mail}<br></div><div>Subject: {escape(page.source.subject)}<br></div>"
        f"<div>Date: {page.source.at:%A, %B %d, %Y %I:%M %p}<br></div><div><br></div>{page.source.html}"
    ),
    headers=(("User-Agent", "Cyrus-JMAP/3.11.0-alpha0-1364-ga51d5481c-fm-20231219.001-ga51d5481"),),
    message_id="{guid}@app.fastmail.com",
    delimiter="-- \n  {}",
)

HEY = Program(
    "HEY",
    introduce=lambda page: (
        f"On {page.source.at:%B %-d, %Y}, {page.source.author.name} <{page.source.author.mail}> wrote:"
    ),
    wrap_quote=lambda page: (
        f'<br><div class="trix-content"><div>On {page.source.at:%B %-d, %Y}, {escape(page.source.author.name)} '
        f"&lt;{page.source.author.mail}&gt; wrote:<br></div><blockquote>{page.source.html}</blockquote></div>"
    ),
    ways=(FIRST, TOP, TOP),
    parts=("both", "html"),
    headers=(("X-Mailer", "HEY"),),
    message_id="{hex16}@hey.com",
)

NETEASE = Program(
    "163 Mail",
    introduce=lambda page: page.attribution(
        '在 {y}-{mm}-{dd} {h}:{min}:00，"{name}" <{mail}> 写道：'
        if page.tongue.code.startswith("zh")
        else 'At {y}-{mm}-{dd} {h}:{min}:00, "{name}" <{mail}> wrote:'
    ),
    wrap_quote=lambda page: (
        '<div id="divNeteaseMailCard"></div><br><pre>'
        + escape(page.attribution('At {y}-{mm}-{dd} {h}:{min}:00, "{name}" <{mail}> wrote:'))
        + '</pre><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; '
        f'BORDER-LEFT: #ccc 1px solid">{page.source.html}</blockquote>'
    ),
    ways=(FIRST, TOP, TOP),
    parts=("both", "html"),
    headers=(("X-Mailer", "Coremail Webmail Server Version XT5.0.14"),),
    message_id="{hex}.{hex}.18d0a1b2c3d.Coremail.ada@163.com",
)


def _yandex_line(page: Page) -> str:
    return page.attribution('{dd}.{mm}.{y}, {h}:{min}, "{name}" <{mail}>:')


YANDEX = Program(
    "Yandex Mail",
    introduce=_yandex_line,
    wrap_quote=lambda page: (
        f"<div> </div><div>{escape(_yandex_line(page))}</div><blockquote>{page.source.html}</blockquote>"
    ),
    ways=(FIRST, TOP, TOP),
    parts=("both", "html"),
    headers=(("X-Mailer", "Yamail [ http://yandex.ru ] 5.0"),),
    message_id="{number}{number}@mail.yandex.ru",
)


def _zoho_line(page: Page) -> str:
    return f"---- On {page.source.at:%a, %d %b %Y %H:%M:%S} +0100 {page.source.author.name} <{page.source.author.mail}> wrote ---"


ZOHO = Program(
    "Zoho Mail",
    introduce=_zoho_line,
    wrap_quote=lambda page: (
        f'<div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204); height: 0px;"></div>'
        f'<div class="zmail_extra" data-zbluepencil-ignore="true"><div id="Zm-_Id_-Sgn1">{escape(_zoho_line(page))}</div>'
        f'<br><blockquote id="blockquote_zmail">{page.source.html}</blockquote></div>'
    ),
    ways=(FIRST, TOP, TOP),
    parts=("both", "html"),
    headers=(("X-Mailer", "Zoho Mail"), ("User-Agent", "Zoho Mail")),
    message_id="18d0{hex}.{hex}.{number}@{domain}",
)


def _em_block(page: Page) -> str:
    older = page.source
    return (
        f'------ Original Message ------\nFrom "{older.author.name}" <{older.author.mail}>\nTo "{older.to.name}" '
        f"<{older.to.mail}>\nDate {older.at:%d/%m/%Y %H:%M:%S}\nSubject {older.subject}"
    )


EM_CLIENT = Program(
    "eM Client",
    introduce=_em_block,
    wrap_quote=lambda page: (
        "<div><br></div>"
        + "".join(f"<div>{escape(line)}</div>" for line in _em_block(page).split("\n"))
        + f'<div><br></div><div id="x1"><blockquote cite="x@y.example" type="cite" class="cite2">{page.source.html}'
        "</blockquote></div>"
    ),
    ways=(FIRST, TOP, TOP),
    marked=False,
    parts=("both", "html"),
    headers=(("User-Agent", "eM_Client/9.2.2157.0"),),
    message_id="em{guid}@{hex}.com",
)

EVOLUTION = Program(
    "Evolution",
    introduce=lambda page: f"On {page.source.at:%a, %Y-%m-%d at %H:%M} +0100, {page.source.author.name} wrote:",
    wrap_quote=lambda page: (
        f"<div>On {page.source.at:%a, %Y-%m-%d at %H:%M} +0100, {escape(page.source.author.name)} wrote:</div>"
        '<blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid;padding-left:1ex">'
        f"{page.source.html}</blockquote>"
    ),
    ways=_EVERY_WAY,
    parts=("plain", "both", "html"),
    announce=lambda page: (
        f"-------- Forwarded Message --------\nFrom: {page.source.author.name} <{page.source.author.mail}>\n"
        f"To: {page.source.to.mail}\nSubject: {page.source.subject}\n"
        f"Date: {page.source.at:%a, %d %b %Y %H:%M:%S} +0100\n\n{page.source.plain}"
    ),
    wrap_forward=lambda page: (
        "<div>-------- Forwarded Message --------</div>"
        f"<div><b>From</b>: {escape(page.source.author.name)} &lt;{page.source.author.mail}&gt;</div>"
        f"<div><b>To</b>: {page.source.to.mail}</div><div><b>Subject</b>: {escape(page.source.subject)}</div>"
        f"<div><b>Date</b>: {page.source.at:%a, %d %b %Y %H:%M:%S} +0100</div><div><br></div>"
        f'<blockquote type="cite">{page.source.html}</blockquote>'
    ),
    headers=(("User-Agent", "Evolution 3.50.2-1"),),
    message_id="{hex16}{hex16}.camel@{domain}",
    delimiter="-- \n{}",
    wrap_at=72,
)

THE_BAT = Program(
    "The Bat!",
    introduce=lambda page: f"{page.source.at:%A, %B %-d, %Y, %-I:%M:%S %p}, you wrote:\n",
    wrap_quote=lambda page: page.source.html,
    ways=(FIRST, TOP, BOTTOM, BETWEEN),
    parts=("plain",),
    headers=(("X-Mailer", "The Bat! (v11.0.1) Professional"),),
    message_id="{number}.20240115103000@{domain}",
    delimiter="-- \n{}",
    wrap_at=70,
    encoding="8bit",
)

MAIL_RU = Program(
    "Mail.ru",
    introduce=lambda page: page.attribution("{wd}, {d} {mon} {y}, {h}:{min} +03:00 от {name} <{mail}>:"),
    wrap_quote=lambda page: (
        '<blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">'
        + escape(page.attribution("{wd}, {d} {mon} {y}, {h}:{min} +03:00 от {name} <{mail}>:"))
        + f'<br>&nbsp;<div id=""><div class="js-helper js-readmsg-msg">{page.source.html}</div></div></blockquote>'
    ),
    ways=(FIRST, TOP, TOP),
    parts=("both", "html"),
    headers=(("X-Mailer", "Mail.Ru Mailer 1.0"),),
    message_id="{number}.{number}@f{hex}.i.mail.ru",
)

WINDOWS_MAIL = Program(
    "Windows Mail",
    introduce=lambda page: block(page, page.tongue.header_names),
    wrap_quote=lambda page: (
        '<div style="mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
        f'<p class="MsoNormal" style="border:none;padding:0in">{bold_block(page, page.tongue.header_names)}</p></div>'
        f'<p class="MsoNormal">&nbsp;</p>{page.source.html}'
    ),
    marked=False,
    parts=("both", "html"),
    add=lambda tongue: "Sent from Mail for Windows",
    paragraph='<p class="MsoNormal">{}</p><p class="MsoNormal">&nbsp;</p>',
    message_id="{hex16}.{hex}.{number}@mx.example.net",
)

HELP_DESK = Program(
    "another help desk",
    introduce=lambda page: (
        f"##- Please type your reply above this line -##\n\n{page.source.author.name}, {page.source.at:%b %d, %Y, %H:%M} UTC\n"
    ),
    wrap_quote=lambda page: (
        '<p>##- Please type your reply above this line -##</p><div class="message">'
        f"<p>{escape(page.source.author.name)}, {page.source.at:%b %d, %Y, %H:%M} UTC</p>{page.source.html}</div>"
    ),
    ways=(FIRST, TOP),
    marked=False,
    parts=("both", "html"),
    headers=(("X-Mailer", "Zendesk Mailer"), ("Auto-Submitted", "no")),
    message_id="{base}@zendesk.example",
)

UNSEEN = (
    GMAIL_APP, APPLE_PHONE, OUTLOOK_WEB, OUTLOOK_MAC, OUTLOOK_ANDROID, K9, ZIMBRA, SPARK, MAILBIRD, FASTMAIL, HEY, NETEASE,
    YANDEX, ZOHO, EM_CLIENT, EVOLUTION, THE_BAT, MAIL_RU, WINDOWS_MAIL, HELP_DESK,
)  # fmt: skip
