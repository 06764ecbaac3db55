"""Phrases by which mail clients introduce quotes and forwards, as plain tables of many languages.

Matching code folds the text first. A new language is added here and nowhere else.
"""

from __future__ import annotations

from rapport.language.text_lines import fold


def phrases(*rows: str) -> tuple[str, ...]:
    """The phrases of a table written in rows, parted by bars, in their order and case-folded (ß becomes ss)."""
    return tuple(fold(phrase.strip()) for row in rows for phrase in row.split("|"))


def phrase_set(*rows: str) -> frozenset[str]:
    """The same as a set, for whole matches."""
    return frozenset(phrases(*rows))


# --- Attributions: "On <date>, <name> wrote:" -------------------------------------------------------------------

# First words of an attribution, per language. They count only together with a date.
OPENERS: frozenset[str] = phrase_set(
    "às | on | am | at | le | el | il | op | em | den | de | på | in | à | w | dnia | dne | v | ve | en | la",
    "kl | klo | vào | в | у | на | dana | pada | pe | στις | den: | date | datum | ngày | tarihinde | dňa",
    "data | 在 | 於 | בתאריך | ב | ในวันที่ | เมื่อ | în | tanggal | gada | في | بتاريخ | kuupäev | dana | par",
)

# Beginnings of attributions that are no adverb of time. They count together with an address.
INTRODUCTIONS: tuple[str, ...] = phrases(
    "quoting | zitat von | zitiere | citando | citando a | citerar | en réponse à | missatge de | message from",
    "message de | wiadomość napisana przez | mensaje de | messaggio da | nachricht von | bericht van",
)

# Verbs of writing, matched as whole words.
WROTE: tuple[str, ...] = phrases(
    "wrote | writes | sent | schrieb | schrieben | geschrieben | a écrit | a ecrit | escribió",
    "escribio | ha scritto | escreveu | schreef | geschreven | skrev | skreiv | skrifaði",
    "kirjoitti | kirjutas | napisał | napisał(a) | napisała | napisal | pisze | написал | написал(а)",
    "написала | пишет | писал | писал(а) | пише | написав | написа | napsal | napsal(a) | napsala | napísal",
    "napísal(a) | napísala | yazdı | írta | irta | đã viết | a scris | έγραψε | va escriure | je napisao",
    "je napisala | napisao je | je pisal | rašė | rakstīja | menulis | כתב | כתבה | כתב/ה | كتب | كتبت",
    "تمت كتابة ما يلي بواسطة | napisala je | je napisao/la | je napisao(la) | napisao(la) je | kirjutas | a scris",
    "napisala | je napisal | je napisala | је написао/ла | написао/ла | је написао | је написала | نوشت | ने लिखा | লিখেছেন | எழுதினார்",
    "написав(ла) | kirjutanud | напиша | napisał/a | skrifaði: | ha escrito | heeft geschreven | scrisse",
)

# Verbs of scripts that are written without spaces, matched anywhere.
WROTE_UNSPACED: tuple[str, ...] = phrases(
    "写道 | 寫道 | เขียนว่า | เขียน: | 书写 | のメール | 書きました | 書き込みました | 님이 작성 | 작성: | 쓴 글",
)

WEEKDAYS: frozenset[str] = phrase_set(
    "mon | monday | tue | tues | tuesday | wed | wednesday | thu | thur | thurs | thursday | fri | friday",
    "sat | saturday | sun | sunday | mo | montag | di | dienstag | mi | mittwoch | do | donnerstag | fr",
    "freitag | sa | samstag | so | sonntag | lun | lundi | mar | mardi | mer | mercredi | jeu | jeudi | ven",
    "vendredi | sam | samedi | dim | dimanche | lunes | martes | mié | mie | miércoles | jue | jueves | vie",
    "viernes | sáb | sab | sábado | dom | domingo | lunedì | martedì | mercoledì | gio | giovedì | venerdì",
    "sabato | domenica | seg | ter | qua | qui | sex | segunda-feira | terça-feira | quarta-feira",
    "quinta-feira | sexta-feira | ma | maandag | dinsdag | wo | woensdag | vr | vrijdag | za | zaterdag | zo",
    "zondag | mån | måndag | tis | tisdag | ons | onsdag | tors | torsdag | tor | fre | fredag | lör | lördag",
    "sön | söndag | man | mandag | tir | tirsdag | lør | lørdag | søn | søndag | ti | ke | to | pe | la | su",
    "maanantai | tiistai | keskiviikko | torstai | perjantai | lauantai | sunnuntai | pon | poniedziałek | wt",
    "wtorek | śr | środa | czw | czwartek | pt | piątek | sob | sobota | niedz | niedziela | пн | вт | ср",
    "чт | пт | сб | вс | понедельник | вторник | среда | четверг | пятница | суббота | воскресенье | нд | po",
    "út | st | čt | pá | ne | pondělí | úterý | středa | čtvrtek | pátek | neděle | pzt | sal | çar | per",
    "cum | cmt | paz | pazartesi | salı | çarşamba | perşembe | cuma | cumartesi | pazar | sze | cs",
    "szo | hétfő | kedd | szerda | csütörtök | péntek | szombat | vasárnap",
)

MONTHS: frozenset[str] = phrase_set(
    "jan | january | feb | february | mar | march | apr | april | may | jun | june | jul | july | aug",
    "august | sep | sept | september | oct | october | nov | november | dec | december | januar | februar",
    "märz | mrz | mai | juni | juli | okt | oktober | dez | dezember | jänner | janv | janvier | févr",
    "février | mars | avr | avril | juin | juil | juillet | août | septembre | octobre | novembre | déc",
    "décembre | ene | enero | febrero | marzo | abr | abril | mayo | junio | julio | ago | agosto",
    "septiembre | octubre | noviembre | dic | diciembre | gen | gennaio | febbraio | aprile | mag | maggio",
    "giu | giugno | lug | luglio | settembre | ott | ottobre | dicembre | fev | fevereiro | março | maio",
    "junho | julho | set | setembro | out | outubro | novembro | dezembro | januari | februari | maart | mrt",
    "mei | augustus | maj | augusti | desember | des | tammikuuta | helmikuuta | maaliskuuta | huhtikuuta",
    "toukokuuta | kesäkuuta | heinäkuuta | elokuuta | syyskuuta | lokakuuta | marraskuuta | joulukuuta",
    "stycznia | lutego | marca | kwietnia | maja | czerwca | lipca | sierpnia | września | października",
    "listopada | grudnia | янв | января | фев | февраля | мар | марта | апр | апреля | мая | июн | июня | июл",
    "июля | авг | августа | сен | сентября | окт | октября | ноя | ноября | дек | декабря | ledna | února",
    "března | dubna | května | června | července | srpna | září | října | listopadu | prosince | oca | ocak",
    "şub | şubat | nisan | mayıs | haz | haziran | tem | temmuz | ağu | ağustos | eyl | eylül | eki | ekim",
    "kas | kasım | ara | aralık | január | február | március | április | május | június | július | augusztus",
    "szeptember | október",
)

# --- Separators ---------------------------------------------------------------------------------------------------

# The words between dashes: "-----Original Message-----".
ORIGINAL_MESSAGE: frozenset[str] = phrase_set(
    "original message | original e-mail | original email | original mail | original-nachricht | reply message",
    "message original | ursprüngliche nachricht | urspruengliche nachricht | originalnachricht",
    "original nachricht | originale nachricht | ursprüngliche e-mail | ursprüngliche mail | antwort nachricht",
    "message d'origine | message d’origine | message initial | e-mail d'origine | mensaje original",
    "mensaje de origen | messaggio originale | messaggio originario | mensagem original",
    "oorspronkelijk bericht | origineel bericht | oorspronkelijke bericht | ursprungligt meddelande",
    "originalmeddelande | oprindelig meddelelse | oprindelig besked | original besked | opprinnelig melding",
    "original melding | original message as follows | alkuperäinen viesti | oryginalna wiadomość",
    "wiadomość oryginalna | wiadomość pierwotna | treść oryginalnej wiadomości | исходное сообщение",
    "оригинальное сообщение | первоначальное сообщение | вихідне повідомлення | оригінальне повідомлення",
    "původní zpráva | původní e-mail | pôvodná správa | eredeti üzenet | eredeti levél | orijinal mesaj",
    "özgün ileti | orijinal ileti | mesaj original | mesajul original | αρχικό μήνυμα | izvorna poruka",
    "originalna poruka | izvirno sporočilo | missatge original | tin nhắn gốc | thư gốc | pesan asli",
    "元のメッセージ | オリジナルメッセージ | 元のメール | original message / 元のメッセージ | 原始邮件 | 原始郵件 | 邮件原件 | 原邮件 | 원본 메시지 | 원본 메일",
    "הודעה מקורית | الرسالة الأصلية | رسالة أصلية | оригинално съобщение | първоначално съобщение | mesajul original",
    "回复的原邮件 | replied message | 回覆的原郵件 | antwort auf nachricht | originalus pranešimas | sākotnējais ziņojums | algne sõnum | tin gốc | pesan asli | ข้อความต้นฉบับ",
)

# Forwarding on purpose. Between dashes, or alone on a line with a colon.
FORWARDED: frozenset[str] = phrase_set(
    "forwarded message | forwarded email | forwarded mail | forwarded by | begin forwarded message",
    "start of forwarded message | weitergeleitete nachricht | weitergeleitete mail | weitergeleitete e-mail",
    "anfang der weitergeleiteten nachricht | anfang der weitergeleiteten e-mail | message transféré",
    "message réexpédié | début du message transféré | début du message réexpédié | mensaje reenviado",
    "inicio del mensaje reenviado | comienzo del mensaje reenviado | messaggio inoltrato",
    "inizio messaggio inoltrato | mensagem encaminhada | mensagem reencaminhada",
    "início da mensagem encaminhada | início da mensagem reencaminhada | doorgestuurd bericht",
    "begin doorgestuurd bericht | vidarebefordrat meddelande | vidarebefordrat brev | vidarebefordrat mejl",
    "börja vidarebefordrat meddelande | videresendt meddelelse | videresendt besked",
    "start på videresendt besked | videresendt melding | videresendt e-post | start på videresendt melding",
    "välitetty viesti | edelleenlähetetty viesti | välitetty viesti alkaa | wiadomość przekazana dalej",
    "przekazana wiadomość | wiadomość przekazana | początek przekazanej wiadomości | пересылаемое сообщение",
    "пересланное сообщение | начало переадресованного сообщения | начало пересылаемого сообщения",
    "переслане повідомлення | přeposlaná zpráva | začátek přeposlané zprávy | preposlaná správa",
    "továbbított üzenet | továbbított levél | iletilen mesaj | yönlendirilen ileti | iletilmiş mesaj",
    "mesaj redirecționat | προωθημένο μήνυμα | 転送メッセージ | 転送されたメッセージ | 转发的邮件 | 转发邮件信息 | 轉寄郵件 | 开始转发的邮件",
    "započni proslijeđenu poruku | továbbított levél kezdete | începe mesajul redirecționat | İleti başlangıcı",
    "початок листа, що пересилається | välitetty viesti / fwd.msg | treść przekazanej wiadomości | İletilen İleti | İletilmiş Mesaj",
    "preposlaná správa --- forwarded message | message transmis | перенаправлене повідомлення | перенаправленное сообщение",
    "перенаправлений лист | proslijeđena poruka | prosljeđena poruka | vidaresend melding | áframsent skeyti",
    "전달된 메시지 | 전달된 메시지 시작 | początek przekazywanej wiadomości | początek przekazywanej dalej wiadomości",
    "перенаправленное сообщение | i̇letilen ileti başlangıcı | iletilen ileti başlangıcı | i̇letilmiş i̇leti | továbbított üzenet kezdete",
    "转发的消息 | 轉寄的訊息 | 以下是被轉寄的郵件 | 開始轉寄郵件 | 转发邮件 | 転送メール | 转发的邮件开始 | הודעה מועברת",
    "תחילת ההודעה שהועברה | رسالة معاد توجيهها | بداية الرسالة المُعاد توجيهها | الرسالة المحولة | رسالة محولة",
    "început mesaj redirecționat | început mesaj redirecţionat | mesaj redirecţionat | mesaj înaintat | препратено съобщение",
    "начало на препратеното съобщение | proslijeđena poruka | početak proslijeđene poruke | posredovano sporočilo",
    "thư chuyển tiếp | bắt đầu thư được chuyển tiếp | tin nhắn chuyển tiếp | pesan terusan | pesan diteruskan",
    "αρχή προωθημένου μηνύματος | έναρξη προωθημένου μηνύματος | початок листа, який пересилається | začiatok preposlanej správy",
    "začátek přeposílané zprávy | missatge reenviat | inici del missatge reenviat | persiųstas laiškas | pārsūtītā ziņa",
    "edastatud kiri | ข้อความที่ส่งต่อ | weitergeleitete nachricht - anfang | videresendt melding: | välitetty viesti alkaa",
)

# Lines that help desks place above their own mail.
REPLY_ABOVE: tuple[str, ...] = phrases(
    "reply above this line | type your reply above this line | write above this line | reply above the line",
    "antworten sie oberhalb dieser zeile | ihre antwort oberhalb dieser zeile",
    "répondre au-dessus de cette ligne | réponse au-dessus de cette ligne | responda por encima de esta línea",
    "respuesta por encima de esta línea | rispondi sopra questa riga | responda acima desta linha",
    "antwoord boven deze regel | svara ovanför denna linje | svar over denne linje",
)

# The end of such a line, which counts only beside drawn signs: "--- Please write above this line to answer ---".
ABOVE_THIS_LINE: tuple[str, ...] = phrases(
    "above this line | above the line | oberhalb dieser zeile | oberhalb dieser linie | über dieser zeile | über dieser linie",
    "au-dessus de cette ligne | encima de esta línea | sopra questa riga | sopra questa linea | acima desta linha",
    "boven deze regel | boven deze lijn | ovanför denna linje | ovanför den här linjen | over denne linje | over denne linjen",
    "tämän rivin yläpuolelle | powyżej tej linii | nad tento řádek | nad tímto řádkem | nad tento riadok | a sor fölé | e sor fölé",
    "deasupra acestei linii | iznad ove crte | iznad ove linije | nad to vrstico | выше этой строки | выше этой линии",
    "над цією лінією | вище цієї лінії | над този ред | πάνω από αυτή τη γραμμή | bu satırın üzerine | bu çizginin üzerine",
    "この行より上 | この線より上 | この行の上 | 此行上方 | 此线上方 | 此行之上 | 이 줄 위에 | 이 선 위에 | מעל שורה זו | فوق هذا السطر",
)

# --- Header blocks: "From: … Sent: … To: … Subject: …" -----------------------------------------------------------

HEADER_ROLES: dict[str, frozenset[str]] = {
    "from": phrase_set(
        "from | von | de | da | van | från | fra | od | от | від | lähettäjä | feladó | kimden | gönderen",
        "expéditeur | mittente | remitente | remetente | afzender | avsändare | afsender | avsender | nadawca",
        "отправитель | odesílatel | absender | de la | από | từ | dari | sent by | 差出人 | 送信者 | 发件人 | 寄件者",
        "寄件人 | 보낸 사람 | 보낸사람 | מאת | من | reply-to | šalje | pošiljatelj | saatja | nuo | người gửi | จาก | pengirim",
        "від кого | expeditorul | от кого | sendandi | frá | siuntėjas | sūtītājs | пошиљалац | шаље",
    ),
    "sent": phrase_set(
        "sent | gesendet | envoyé | envoyé le | enviado | enviado el | enviado em | enviada em | enviada",
        "inviato | verzonden | skickat | sendt | lähetetty | wysłano | wysłane | wyslano | отправлено",
        "odesláno | odoslané | elküldve | küldve | gönderildi | gönderilme tarihi | gönderme tarihi | trimis",
        "envoyée | posláno | надіслано | отправлен | 送信日時 | 发送时间 | 傳送日期 | 寄件日期 | 보낸 날짜 | נשלח | message du",
        "enviat | đã gửi | εστάλη | στάλθηκε | αποστολή | poslano | изпратено | تم الإرسال | تاريخ الإرسال | الإرسال | saadetud",
        "išsiųsta | nosūtīts | ngày gửi | ส่ง | dikirim | 보냄 | 寄件時間 | 傳送時間 | 發送時間 | 发送日期",
    ),
    "date": phrase_set(
        "date | datum | fecha | data | dato | dátum | tarih | дата | päivämäärä | päiväys | pvm | 日期 | 日付",
        "日時 | 날짜 | date d'envoi | data e ora | datum/tid | ngày | ημερομηνία | 时间 | envoi | תאריך | التاريخ | kuupäev",
        "วันที่ | tanggal | datums | päiväys",
        "dată | dags",
    ),
    "to": phrase_set(
        "to | an | à | a | para | aan | till | til | do | кому | komu | pre | címzett | kime | alıcı",
        "vastaanottaja | destinataire | destinatario | destinatário | către | pro | προς | za | đến | 宛先",
        "收件人 | 收件者 | 받는 사람 | 받는사람 | אל | إلى | ontvanger | mottagare | empfänger | до | prima | primatelj | saaja",
        "kam | tới | ถึง | kepada | per a | til",
        "adresat | destinatarul | pour | получатель | получатели | odbiorca | odbiorcy | gavėjas | saņēmējs",
    ),
    "subject": phrase_set(
        "subject | betreff | betr | objet | asunto | oggetto | assunto | onderwerp | ämne | emne | aihe",
        "temat | тема | předmět | predmet | tárgy | konu | subiect | θέμα | assumpte | tiêu đề | subyek | 件名",
        "主题 | 主旨 | 主題 | 제목 | נושא | الموضوع | zadeva | re | sujet | относно | chủ đề | teema | tēma | เรื่อง | ชื่อเรื่อง",
        "naslov | subiectul | ogg | efni",
    ),
    "copy": phrase_set(
        "cc | bcc | kopie | kopie an | copie à | copie | copia | kopio | dw | копия | másolat | bilgi | kopia",
        "kopi | 抄送 | 副本 | 참조 | reply to | antwort an | importance | wichtigkeit | priority | attachments",
        "anlagen | pièces jointes | adjuntos | allegati | bijlagen | priorität | importancia | bilagor",
        "vedhæftede filer | organization | mailed-by | signed-by | newsgroups | cci",
        "kopie (cc) | másolatot kap | copie à | копія | kópia | vastaus | svar til | antwoord aan | répondre à | válaszcím | rispondi a | odpowiedź-do | responder a | răspuns către | ответ-кому | odpověď na | odpovedať-pre | svara till | yanıt adresi | кому відповісти | odgovori na",
    ),
}
