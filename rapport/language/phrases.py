"""Phrases by which mail clients introduce quotes, forwards and signatures, as plain tables.

All entries are case-folded; matching code folds the text first. A new language is added here and nowhere else.
"""

from __future__ import annotations

# --- Attributions: "On <date>, <name> wrote:" -------------------------------------------------------------------

# First words of an attribution, per language. They count only together with a date.
OPENERS: frozenset[str] = frozenset(
    "on am at le el il op em den de på på in à i w dnia dne v ve en la kl klo vào в у на la dana pada pe στις la"
    " den: date datum ngày tarihinde dňa data".split()
)

# Verbs of writing, matched as whole words.
WROTE: tuple[str, ...] = (
    "wrote",
    "writes",
    "sent",
    "schrieb",
    "schrieben",
    "hat geschrieben",
    "a écrit",
    "écrit",
    "a ecrit",
    "escribió",
    "escribio",
    "ha scritto",
    "scritto",
    "escreveu",
    "schreef",
    "geschreven",
    "skrev",
    "skreiv",
    "skrifaði",
    "kirjoitti",
    "kirjutas",
    "napisał",
    "napisał(a)",
    "napisała",
    "napisal",
    "pisze",
    "написал",
    "написал(а)",
    "написала",
    "пишет",
    "писал",
    "писал(а)",
    "пише",
    "написав",
    "написа",
    "napsal",
    "napsal(a)",
    "napsala",
    "napísal",
    "napísal(a)",
    "napísala",
    "yazdı",
    "írta",
    "irta",
    "đã viết",
    "a scris",
    "έγραψε",
    "va escriure",
    "je napisao",
    "je napisala",
    "napisao je",
    "je pisal",
    "rašė",
    "rakstīja",
    "menulis",
    "כתב",
    "כתבה",
    "كتب",
)

# Verbs of scripts that are written without spaces, matched anywhere.
WROTE_UNSPACED: tuple[str, ...] = (
    "写道",
    "寫道",
    "书写",
    "のメール",
    "書きました",
    "書き込みました",
    "님이 작성",
    "작성:",
)

WEEKDAYS: frozenset[str] = frozenset(
    "mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday"
    " mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag so sonntag"
    " lun lundi mar mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche"
    " lunes martes mié mie miércoles jue jueves vie viernes sáb sab sábado dom domingo"
    " lunedì martedì mercoledì gio giovedì venerdì sabato domenica seg ter qua qui sex"
    " segunda-feira terça-feira quarta-feira quinta-feira sexta-feira"
    " ma maandag dinsdag wo woensdag vr vrijdag za zaterdag zo zondag"
    " mån måndag tis tisdag ons onsdag tors torsdag tor fre fredag lör lördag sön söndag"
    " man mandag tir tirsdag lør lørdag søn søndag"
    " ti ke to pe la su maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai"
    " pon poniedziałek wt wtorek śr środa czw czwartek pt piątek sob sobota niedz niedziela"
    " пн вт ср чт пт сб вс понедельник вторник среда четверг пятница суббота воскресенье нд"
    " po út st čt pá ne út pondělí úterý středa čtvrtek pátek neděle"
    " pzt sal çar per cum cmt paz pazartesi salı çarşamba perşembe cuma cumartesi pazar"
    " h k sze cs p szo v hétfő kedd szerda csütörtök péntek szombat vasárnap".split()
)

MONTHS: frozenset[str] = frozenset(
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov"
    " november dec december januar februar märz mrz mai juni juli okt oktober dez dezember jänner"
    " janv janvier févr février mars avr avril juin juil juillet août septembre octobre novembre déc décembre"
    " ene enero febrero marzo abr abril mayo junio julio ago agosto septiembre octubre noviembre dic diciembre"
    " gen gennaio febbraio aprile mag maggio giu giugno lug luglio settembre ott ottobre dicembre"
    " fev fevereiro março maio junho julho set setembro out outubro novembro dez dezembro"
    " januari februari maart mrt mei augustus december maj augusti desember des tammikuuta helmikuuta maaliskuuta"
    " huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"
    " stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
    " янв января фев февраля мар марта апр апреля мая июн июня июл июля авг августа сен сентября окт октября ноя"
    " ноября дек декабря ledna února března dubna května června července srpna září října listopadu prosince"
    " oca ocak şub şubat nisan mayıs haz haziran tem temmuz ağu ağustos eyl eylül eki ekim kas kasım ara aralık"
    " január február március április május június július augusztus szeptember október".split()
)

# --- Separators ---------------------------------------------------------------------------------------------------

# The words between dashes: "-----Original Message-----".
ORIGINAL_MESSAGE: frozenset[str] = frozenset(
    {
        "original message",
        "original e-mail",
        "original email",
        "original mail",
        "original-nachricht",
        "reply message",
        "message original",
        "ursprüngliche nachricht",
        "urspruengliche nachricht",
        "originalnachricht",
        "original nachricht",
        "originale nachricht",
        "ursprüngliche e-mail",
        "ursprüngliche mail",
        "antwort nachricht",
        "message d'origine",
        "message original",
        "message d’origine",
        "message initial",
        "e-mail d'origine",
        "mensaje original",
        "mensaje de origen",
        "messaggio originale",
        "messaggio originario",
        "mensagem original",
        "oorspronkelijk bericht",
        "origineel bericht",
        "oorspronkelijke bericht",
        "ursprungligt meddelande",
        "originalmeddelande",
        "oprindelig meddelelse",
        "oprindelig besked",
        "original besked",
        "opprinnelig melding",
        "original melding",
        "original message as follows",
        "alkuperäinen viesti",
        "oryginalna wiadomość",
        "wiadomość oryginalna",
        "wiadomość pierwotna",
        "treść oryginalnej wiadomości",
        "исходное сообщение",
        "оригинальное сообщение",
        "первоначальное сообщение",
        "вихідне повідомлення",
        "оригінальне повідомлення",
        "původní zpráva",
        "původní e-mail",
        "pôvodná správa",
        "eredeti üzenet",
        "eredeti levél",
        "orijinal mesaj",
        "özgün ileti",
        "orijinal ileti",
        "mesaj original",
        "mesajul original",
        "αρχικό μήνυμα",
        "izvorna poruka",
        "originalna poruka",
        "izvirno sporočilo",
        "missatge original",
        "tin nhắn gốc",
        "thư gốc",
        "pesan asli",
        "元のメッセージ",
        "オリジナルメッセージ",
        "元のメール",
        "original message / 元のメッセージ",
        "原始邮件",
        "原始郵件",
        "邮件原件",
        "原邮件",
        "원본 메시지",
        "원본 메일",
        "הודעה מקורית",
        "الرسالة الأصلية",
    }
)

# Forwarding on purpose. Between dashes, or alone on a line with a colon.
FORWARDED: frozenset[str] = frozenset(
    {
        "forwarded message",
        "forwarded email",
        "forwarded mail",
        "forwarded by",
        "begin forwarded message",
        "start of forwarded message",
        "weitergeleitete nachricht",
        "weitergeleitete mail",
        "weitergeleitete e-mail",
        "anfang der weitergeleiteten nachricht",
        "anfang der weitergeleiteten e-mail",
        "message transféré",
        "message réexpédié",
        "début du message transféré",
        "début du message réexpédié",
        "mensaje reenviado",
        "inicio del mensaje reenviado",
        "comienzo del mensaje reenviado",
        "messaggio inoltrato",
        "inizio messaggio inoltrato",
        "mensagem encaminhada",
        "mensagem reencaminhada",
        "início da mensagem encaminhada",
        "início da mensagem reencaminhada",
        "doorgestuurd bericht",
        "begin doorgestuurd bericht",
        "vidarebefordrat meddelande",
        "vidarebefordrat brev",
        "vidarebefordrat mejl",
        "börja vidarebefordrat meddelande",
        "videresendt meddelelse",
        "videresendt besked",
        "start på videresendt besked",
        "videresendt melding",
        "videresendt e-post",
        "start på videresendt melding",
        "välitetty viesti",
        "edelleenlähetetty viesti",
        "välitetty viesti alkaa",
        "wiadomość przekazana dalej",
        "przekazana wiadomość",
        "wiadomość przekazana",
        "początek przekazanej wiadomości",
        "пересылаемое сообщение",
        "пересланное сообщение",
        "начало переадресованного сообщения",
        "начало пересылаемого сообщения",
        "переслане повідомлення",
        "přeposlaná zpráva",
        "začátek přeposlané zprávy",
        "preposlaná správa",
        "továbbított üzenet",
        "továbbított levél",
        "iletilen mesaj",
        "yönlendirilen ileti",
        "iletilmiş mesaj",
        "mesaj redirecționat",
        "προωθημένο μήνυμα",
        "転送メッセージ",
        "転送されたメッセージ",
        "转发的邮件",
        "转发邮件信息",
        "轉寄郵件",
        "开始转发的邮件",
        "전달된 메시지",
    }
)

# Lines that help desks place above their own mail.
REPLY_ABOVE: tuple[str, ...] = (
    "reply above this line",
    "type your reply above this line",
    "write above this line",
    "reply above the line",
    "antworten sie oberhalb dieser zeile",
    "ihre antwort oberhalb dieser zeile",
    "répondre au-dessus de cette ligne",
    "réponse au-dessus de cette ligne",
    "responda por encima de esta línea",
    "respuesta por encima de esta línea",
    "rispondi sopra questa riga",
    "responda acima desta linha",
    "antwoord boven deze regel",
    "svara ovanför denna linje",
    "svar over denne linje",
)

# --- Header blocks: "From: … Sent: … To: … Subject: …" -----------------------------------------------------------

HEADER_ROLES: dict[str, frozenset[str]] = {
    "from": frozenset(
        {"from", "von", "de", "da", "van", "från", "fra", "od", "от", "від", "lähettäjä", "feladó", "kimden"}
        | {"gönderen", "expéditeur", "mittente", "remitente", "remetente", "afzender", "avsändare", "afsender"}
        | {"avsender", "nadawca", "отправитель", "odesílatel", "absender", "de la", "από", "từ", "dari", "sent by"}
        | {"差出人", "送信者", "发件人", "寄件者", "寄件人", "보낸 사람", "보낸사람", "מאת", "من", "reply-to"}
    ),
    "sent": frozenset(
        {"sent", "gesendet", "envoyé", "envoyé le", "enviado", "enviado el", "enviado em", "enviada em", "enviada"}
        | {"inviato", "verzonden", "skickat", "sendt", "lähetetty", "wysłano", "wysłane", "wyslano", "отправлено"}
        | {"odesláno", "odoslané", "elküldve", "küldve", "gönderildi", "gönderilme tarihi", "gönderme tarihi"}
        | {"trimis", "envoyée", "posláno", "надіслано", "отправлен", "送信日時", "发送时间", "傳送日期", "寄件日期"}
        | {"보낸 날짜", "נשלח", "message du", "enviat", "đã gửi", "εστάλη", "poslano"}
    ),
    "date": frozenset(
        {"date", "datum", "fecha", "data", "dato", "dátum", "tarih", "дата", "päivämäärä", "päiväys", "pvm", "日期"}
        | {"日付", "日時", "날짜", "date d'envoi", "data e ora", "datum/tid", "ngày", "ημερομηνία", "时间", "envoi"}
    ),
    "to": frozenset(
        {"to", "an", "à", "a", "para", "aan", "till", "til", "do", "кому", "komu", "pre", "címzett", "kime", "alıcı"}
        | {"vastaanottaja", "destinataire", "destinatario", "destinatário", "către", "pro", "προς", "za", "đến"}
        | {"宛先", "收件人", "收件者", "받는 사람", "받는사람", "אל", "إلى", "ontvanger", "mottagare", "empfänger"}
    ),
    "subject": frozenset(
        {"subject", "betreff", "betr", "objet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne", "aihe"}
        | {"temat", "тема", "předmět", "predmet", "tárgy", "konu", "subiect", "θέμα", "assumpte", "tiêu đề", "subyek"}
        | {"件名", "主题", "主旨", "主題", "제목", "נושא", "الموضوع", "zadeva", "re", "sujet"}
    ),
    "copy": frozenset(
        {"cc", "bcc", "kopie", "kopie an", "copie à", "copie", "copia", "kopio", "dw", "копия", "másolat", "bilgi"}
        | {"kopia", "kopi", "抄送", "副本", "참조", "reply to", "antwort an", "importance", "wichtigkeit", "priority"}
        | {"attachments", "anlagen", "pièces jointes", "adjuntos", "allegati", "bijlagen", "priorität", "importancia"}
        | {"bilagor", "vedhæftede filer", "organization", "mailed-by", "signed-by", "newsgroups", "cci"}
    ),
}

# --- Signatures ---------------------------------------------------------------------------------------------------

# Closings that open a signature even when no name follows.
CLOSINGS: frozenset[str] = frozenset(
    {
        "regards",
        "best regards",
        "kind regards",
        "kindest regards",
        "warm regards",
        "warmest regards",
        "with regards",
        "with best regards",
        "with kind regards",
        "best",
        "all the best",
        "best wishes",
        "with best wishes",
        "sincerely",
        "yours sincerely",
        "sincerely yours",
        "yours truly",
        "yours faithfully",
        "respectfully",
        "cordially",
        "cheers",
        "thanks and regards",
        "thanks & regards",
        "thanks and best regards",
        "many thanks and best regards",
        "br",
        "rgds",
        "brgds",
        "mit freundlichen grüßen",
        "mit freundlichen grüssen",
        "mit freundlichem gruß",
        "mit freundlichem gruss",
        "freundliche grüße",
        "freundliche grüsse",
        "viele grüße",
        "viele grüsse",
        "vielen dank und viele grüße",
        "vielen dank und freundliche grüße",
        "beste grüße",
        "beste grüsse",
        "liebe grüße",
        "liebe grüsse",
        "herzliche grüße",
        "schöne grüße",
        "gruß",
        "gruss",
        "grüße",
        "lg",
        "vg",
        "mfg",
        "hochachtungsvoll",
        "cordialement",
        "bien cordialement",
        "très cordialement",
        "bien à vous",
        "salutations",
        "sincères salutations",
        "meilleures salutations",
        "salutations distinguées",
        "cdlt",
        "amicalement",
        "bonne journée",
        "saludos",
        "un saludo",
        "saludos cordiales",
        "cordiales saludos",
        "un cordial saludo",
        "atentamente",
        "atte",
        "cordiali saluti",
        "distinti saluti",
        "cari saluti",
        "saluti",
        "un saluto",
        "un cordiale saluto",
        "atenciosamente",
        "att",
        "abraços",
        "cumprimentos",
        "com os melhores cumprimentos",
        "melhores cumprimentos",
        "met vriendelijke groet",
        "met vriendelijke groeten",
        "vriendelijke groet",
        "vriendelijke groeten",
        "hartelijke groet",
        "groet",
        "groeten",
        "groetjes",
        "mvg",
        "med vänlig hälsning",
        "med vänliga hälsningar",
        "vänliga hälsningar",
        "vänligen",
        "hälsningar",
        "bästa hälsningar",
        "mvh",
        "med venlig hilsen",
        "venlig hilsen",
        "de bedste hilsner",
        "bedste hilsner",
        "mange hilsner",
        "med vennlig hilsen",
        "vennlig hilsen",
        "beste hilsen",
        "hilsen",
        "hilsner",
        "kh",
        "vh",
        "ystävällisin terveisin",
        "ystävällisesti",
        "parhain terveisin",
        "terveisin",
        "terv",
        "pozdrawiam",
        "pozdrawiam serdecznie",
        "serdecznie pozdrawiam",
        "z poważaniem",
        "z powazaniem",
        "pozdrowienia",
        "с уважением",
        "с наилучшими пожеланиями",
        "всего доброго",
        "з повагою",
        "s pozdravem",
        "s přátelským pozdravem",
        "hezký den",
        "s pozdravom",
        "üdvözlettel",
        "tisztelettel",
        "üdv",
        "saygılarımla",
        "saygılarımızla",
        "iyi günler",
        "iyi çalışmalar",
        "cu stimă",
        "με εκτίμηση",
        "lep pozdrav",
        "srdačan pozdrav",
        "trân trọng",
        "此致",
        "此致敬礼",
        "祝好",
        "顺颂商祺",
        "敬具",
    }
)

# Thanks open a signature only when a name follows: "Thanks!" alone is an answer.
THANKS: frozenset[str] = frozenset(
    {
        "thanks",
        "thank you",
        "many thanks",
        "thanks a lot",
        "thanks so much",
        "thank you so much",
        "thank you very much",
        "thanks in advance",
        "thank you in advance",
        "thanks again",
        "thx",
        "danke",
        "vielen dank",
        "danke schön",
        "besten dank",
        "danke im voraus",
        "vielen dank im voraus",
        "merci",
        "merci d'avance",
        "merci beaucoup",
        "gracias",
        "muchas gracias",
        "grazie",
        "grazie mille",
        "obrigado",
        "obrigada",
        "bedankt",
        "alvast bedankt",
        "tack",
        "tack på förhand",
        "tak",
        "på forhånd tak",
        "takk",
        "kiitos",
        "dziękuję",
        "dzięki",
        "спасибо",
        "заранее спасибо",
        "děkuji",
        "köszönöm",
        "köszönettel",
        "teşekkürler",
        "谢谢",
        "ありがとうございます",
        "ciao",
        "bye",
        "love",
        "yours",
        "take care",
        "have a nice day",
        "have a great day",
        "bis bald",
        "à bientôt",
        "tschüss",
    }
)

# Beginnings of lines that a phone or mail program adds below the text.
DEVICE_STARTS: tuple[str, ...] = (
    "sent from",
    "sent via",
    "sent with",
    "sent using",
    "sent by",
    "sent wirelessly",
    "sent on the go",
    "get outlook for",
    "von meinem",
    "von unterwegs gesendet",
    "gesendet von",
    "gesendet mit",
    "gesendet über",
    "gesendet via",
    "gesendet aus",
    "diese nachricht wurde von",
    "envoyé de",
    "envoyé depuis",
    "envoyé par",
    "envoyé via",
    "envoyé avec",
    "envoyé à partir",
    "envoyé sans fil",
    "télécharger outlook",
    "obtenir outlook",
    "obtenez outlook",
    "provenant de",
    "enviado desde",
    "enviado de",
    "enviado do",
    "enviado a partir",
    "enviado com",
    "enviado con",
    "enviado por",
    "enviado via",
    "obtener outlook",
    "obter o outlook",
    "inviato da",
    "inviato dal",
    "inviato con",
    "inviato tramite",
    "ottieni outlook",
    "scarica outlook",
    "verzonden vanaf",
    "verzonden vanuit",
    "verzonden met",
    "verstuurd vanaf",
    "verstuurd via",
    "verstuurd met",
    "verzonden via",
    "download outlook",
    "sendt fra",
    "sendt med",
    "sendt via",
    "hent outlook",
    "skickat från",
    "skickat med",
    "skickat via",
    "skickades från",
    "hämta outlook",
    "skaffa outlook",
    "lähetetty",
    "hanki outlook",
    "wysłane z",
    "wysłano z",
    "wysłane przy",
    "pobierz outlook",
    "отправлено с",
    "отправлено из",
    "отправлено через",
    "скачать outlook",
    "надіслано з",
    "odesláno z",
    "odoslané z",
    "získejte outlook",
    "stáhnout outlook",
    "elküldve",
    "küldve",
    "az én iphone",
    "gönderen:",
    "trimis de pe",
    "trimis din",
    "στάλθηκε από",
    "poslano z",
    "poslano s",
    "enviat des",
    "发自我的",
    "发自",
    "從我的",
    "从我的",
    "傳送自",
    "傳自我的",
)

# The same where the word for "sent" stands at the end.
DEVICE_ENDS: tuple[str, ...] = (
    "gesendet",
    "から送信",
    "から送信されました",
    "发送",
    "傳送",
    "gönderildi",
    "에서 보냄",
    "나의 iphone에서 보냄",
    "küldve",
    "elküldve",
    "beziehen",
    "herunterladen",
    "abrufen",
    "downloaden",
    "edinin",
    "を入手",
    "を取得",
)

# Words that tell a device line from a sentence.
DEVICE_WORDS: frozenset[str] = frozenset(
    "iphone ipad ipod android blackberry samsung galaxy huawei xiaomi redmi honor oneplus oppo pixel nokia lumia htc"
    " motorola moto sony xperia lg wiko smartphone smartfon phone mobile mobil mobiel mobiele mobilen handy téléphone"
    " teléfono telefono telefon telefoon puhelin tablet tablette outlook yahoo gmail aol thunderbird mailbird spark"
    " protonmail proton tutanota tuta mailbox mail k-9 airmail typeapp bluemail edison newton polymail superhuman"
    " zoho gmx web.de t-online freenet orange sfr vodafone o2 verizon at&t t-mobile telekom telcel bell rogers telus"
    " sprint windows mac macbook ios watch device appareil gerät dispositivo enhet enhed laite urządzenia cihaz"
    " wireless mailspring evolution zimbra fastmail hey boomerang mobiltelefon mobilgerät acer asus lenovo".split()
)

# Words for "my" in device lines.
DEVICE_OWNERS: frozenset[str] = frozenset(
    "my mein meinem meiner mon ma mi meu minha mio mia mijn min mitt mojego mojej моего моей mého můj iphonumdan".split()
)

# Headings and openings of legal footers.
DISCLAIMERS: tuple[str, ...] = (
    "disclaimer",
    "confidentiality notice",
    "legal notice",
    "this email and any attachments",
    "this e-mail and any attachments",
    "this message and any attachments",
    "this email and any files transmitted",
    "this e-mail and any files transmitted",
    "this message contains confidential",
    "this message is confidential",
    "this email is confidential",
    "this e-mail is confidential",
    "this communication is confidential",
    "the information contained in this",
    "the information in this email",
    "the information in this e-mail",
    "notice of confidentiality",
    "diese e-mail enthält vertrauliche",
    "diese nachricht enthält vertrauliche",
    "ce message et toutes les pièces jointes",
    "ce message est confidentiel",
    "este mensaje y sus archivos",
    "este mensaje es confidencial",
    "esta mensagem é confidencial",
    "questo messaggio è confidenziale",
    "le informazioni contenute in questo messaggio",
    "dit bericht is vertrouwelijk",
    "de informatie verzonden met dit e-mailbericht",
    "you received this message because you are subscribed",
    "you are receiving this because",
    "to unsubscribe from this group",
    "diese nachricht wurde auf viren",
    "virus-free",
)
