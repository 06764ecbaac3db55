"""Phrases of signatures: closings, what phones and mail programs add, legal footers. Case-folded tables."""

from __future__ import annotations

from rapport.language.phrases import phrase_set, phrases

# Closings that open a signature even when no name follows.
CLOSINGS: frozenset[str] = phrase_set(
    "regards | best regards | kind regards | kindest regards | warm regards | warmest regards | with regards",
    "with best regards | with kind regards | best | all the best | best wishes | with best wishes | sincerely",
    "yours sincerely | sincerely yours | yours truly | yours faithfully | respectfully | cordially | cheers",
    "thanks and regards | thanks & regards | thanks and best regards | many thanks and best regards | br",
    "rgds | brgds | mit freundlichen grüßen | mit freundlichen grüssen | mit freundlichem gruß",
    "mit freundlichem gruss | freundliche grüße | freundliche grüsse | viele grüße | viele grüsse",
    "vielen dank und viele grüße | vielen dank und freundliche grüße | beste grüße | beste grüsse",
    "liebe grüße | liebe grüsse | herzliche grüße | schöne grüße | gruß | gruss | grüße | lg | vg | mfg",
    "hochachtungsvoll | cordialement | bien cordialement | très cordialement | bien à vous | salutations",
    "sincères salutations | meilleures salutations | salutations distinguées | cdlt | amicalement",
    "bonne journée | saludos | un saludo | saludos cordiales | cordiales saludos | un cordial saludo",
    "atentamente | atte | cordiali saluti | distinti saluti | cari saluti | saluti | un saluto",
    "un cordiale saluto | atenciosamente | att | abraços | cumprimentos | com os melhores cumprimentos",
    "melhores cumprimentos | met vriendelijke groet | met vriendelijke groeten | vriendelijke groet",
    "vriendelijke groeten | hartelijke groet | groet | groeten | groetjes | mvg | med vänlig hälsning",
    "med vänliga hälsningar | vänliga hälsningar | vänligen | hälsningar | bästa hälsningar | mvh",
    "med venlig hilsen | venlig hilsen | de bedste hilsner | bedste hilsner | mange hilsner",
    "med vennlig hilsen | vennlig hilsen | beste hilsen | hilsen | hilsner | kh | vh | ystävällisin terveisin",
    "ystävällisesti | parhain terveisin | terveisin | terv | pozdrawiam | pozdrawiam serdecznie",
    "serdecznie pozdrawiam | z poważaniem | z powazaniem | pozdrowienia | с уважением",
    "с наилучшими пожеланиями | всего доброго | з повагою | s pozdravem | s přátelským pozdravem | hezký den",
    "s pozdravom | üdvözlettel | tisztelettel | üdv | saygılarımla | saygılarımızla | iyi günler",
    "iyi çalışmalar | cu stimă | με εκτίμηση | lep pozdrav | srdačan pozdrav | trân trọng | 此致 | 此致敬礼 | 祝好",
    "顺颂商祺 | 敬具 | よろしくお願いいたします | よろしくお願いします | 宜しくお願いいたします | 宜しくお願い致します",
    "よろしくお願い致します | 以上、よろしくお願いいたします | どうぞよろしくお願いいたします | 何卒よろしくお願いいたします",
    "с уважение | поздрави | с поздрави | с най-добри пожелания | مع أطيب التحيات | مع التحية | تحياتي | مع خالص التحية",
    "مع تحياتي | مع الشكر | وتفضلوا بقبول فائق الاحترام | تفضلوا بقبول فائق الاحترام | شكراً جزيلاً | مع فائق الاحترام",
    "감사합니다 | 고맙습니다 | 수고하세요 | 안녕히 계세요 | 敬祝 順心 | 敬祝 | 順頌商祺 | 謝謝 | 敬上 | 祝 好 | 谢谢",
    "pozdrav | s poštovanjem | lijep pozdrav | lijepi pozdravi | srdačno | lp | z lepimi pozdravi | pagarbiai | ar cieņu",
    "lugupidamisega | parimate soovidega | cu respect | o zi bună | toate cele bune | mulțumesc | thân mến | kính thư",
    "thân ái | xin cảm ơn | hormat saya | salam hangat | terima kasih | ขอแสดงความนับถือ | ขอบคุณครับ | ขอบคุณค่ะ",
    "φιλικά | με φιλικούς χαιρετισμούς | με τιμή | χαιρετισμούς | всього найкращого | щиро | з найкращими побажаннями",
    "s úctou | s přáním hezkého dne | s pozdravem a přáním hezkého dne | abraço | um abraço | com os meus cumprimentos",
    "בברכה | בברכה חמה | בכבוד רב | תודה ובברכה | תודה מראש | בתודה",
)

# Thanks open a signature only when a name follows: "Thanks!" alone is an answer.
THANKS: frozenset[str] = phrase_set(
    "thanks | thank you | many thanks | thanks a lot | thanks so much | thank you so much",
    "thank you very much | thanks in advance | thank you in advance | thanks again | thx | danke",
    "vielen dank | danke schön | besten dank | danke im voraus | vielen dank im voraus | merci",
    "merci d'avance | merci beaucoup | gracias | muchas gracias | grazie | grazie mille | obrigado | obrigada",
    "bedankt | alvast bedankt | tack | tack på förhand | tak | på forhånd tak | takk | kiitos | dziękuję",
    "dzięki | спасибо | заранее спасибо | děkuji | köszönöm | köszönettel | teşekkürler | 谢谢 | ありがとうございます",
    "ciao | bye | love | yours | take care | have a nice day | have a great day | bis bald | à bientôt",
    "tschüss",
)

# Beginnings of lines that a phone or mail program adds below the text.
DEVICE_STARTS: tuple[str, ...] = phrases(
    "get the new aol app | yahoo mail: | sent from | sent via | sent with | sent using | sent by | sent wirelessly | sent on the go",
    "get outlook for | von meinem | von unterwegs gesendet | gesendet von | gesendet mit | gesendet über",
    "gesendet via | gesendet aus | diese nachricht wurde von | envoyé de | envoyé depuis | envoyé par",
    "envoyé via | envoyé avec | envoyé à partir | envoyé sans fil | télécharger outlook | obtenir outlook",
    "obtenez outlook | provenant de | enviado desde | enviado de | enviado do | enviado a partir",
    "enviado com | enviado con | enviado por | enviado via | obtener outlook | obter o outlook | inviato da",
    "inviato dal | inviato con | inviato tramite | ottieni outlook | scarica outlook | verzonden vanaf",
    "verzonden vanuit | verzonden met | verstuurd vanaf | verstuurd via | verstuurd met | verzonden via",
    "download outlook | sendt fra | sendt med | sendt via | hent outlook | skickat från | skickat med",
    "skickat via | skickades från | hämta outlook | skaffa outlook | lähetetty | hanki outlook | wysłane z",
    "wysłano z | wysłane przy | pobierz outlook | отправлено с | отправлено из | отправлено через",
    "скачать outlook | надіслано з | odesláno z | odoslané z | získejte outlook | stáhnout outlook | elküldve",
    "küldve | az én iphone | gönderen: | trimis de pe | trimis din | στάλθηκε από | poslano z | poslano s",
    "enviat des | 发自我的 | 发自 | 從我的 | 从我的 | 傳送自 | 傳自我的 | получить outlook | отримати outlook | הושג מ",
    "נשלח מה | נשלח מ | השג את outlook | קבל את outlook | أُرسلت من | أرسلت من | أرسل من | مُرسل من | تم الإرسال من",
    "الحصول على outlook | احصل على outlook | изпратено от | изпратено с | изтегляне на outlook | вземете outlook",
    "poslano s mog | poslano sa | preuzmite outlook | nabavite outlook | đã gửi từ | gửi từ | tải outlook | ส่งจาก | รับ outlook",
    "dikirim dari | dapatkan outlook | obțineți outlook | λήψη του outlook | αποκτήστε το outlook | få outlook | získat outlook",
    "uzyskaj outlook | pobierz program outlook | 获取 outlook | 下载适用于 | 取得 outlook | 取得 ios | 取得 android | išsiųsta iš | sūtīts no",
    "get bluemail | get typeapp | αποστολή από | stuur vanaf | gestuur vanaf | saadetud minu | prenesi outlook | scarica outlook | outlook beszerzése",
)

# The same where the word for "sent" stands at the end.
DEVICE_ENDS: tuple[str, ...] = phrases(
    "gesendet | から送信 | から送信されました | 发送 | 傳送 | gönderildi | 에서 보냄 | 나의 iphone에서 보냄 | küldve | elküldve",
    "beziehen | herunterladen | abrufen | downloaden | edinin | を入手 | を取得 | 다운로드 | 가져오기 | verkrijgen | letöltése",
    "beszerzése ios-re | beszerzése androidra",
)

# Words that tell a device line from a sentence.
DEVICE_WORDS: frozenset[str] = phrase_set(
    "iphone | ipad | ipod | android | blackberry | samsung | galaxy | huawei | xiaomi | redmi | honor",
    "oneplus | oppo | pixel | nokia | lumia | htc | motorola | moto | sony | xperia | lg | wiko | smartphone",
    "smartfon | phone | mobile | mobil | mobiel | mobiele | mobilen | handy | téléphone | teléfono | telefono",
    "telefon | telefoon | puhelin | tablet | tablette | outlook | yahoo | gmail | aol | thunderbird",
    "mailbird | spark | protonmail | proton | tutanota | tuta | mailbox | mail | k-9 | airmail | typeapp",
    "bluemail | edison | newton | polymail | superhuman | zoho | gmx | web.de | t-online | freenet | orange",
    "sfr | vodafone | o2 | verizon | at&t | t-mobile | telekom | telcel | bell | rogers | telus | sprint",
    "windows | mac | macbook | ios | watch | device | appareil | gerät | dispositivo | enhet | enhed | laite",
    "urządzenia | cihaz | wireless | mailspring | evolution | zimbra | fastmail | hey | boomerang",
    "mobiltelefon | mobilgerät | acer | asus | lenovo | mail.ru | яндекс | почты | почта | телефона | смартфона | планшета",
)

# Writing without spaces between words: a short line that begins or ends so is what a device adds.
DEVICE_UNSPACED_STARTS: tuple[str, ...] = phrases("发自我的 | 來自我的 | 来自我的 | 從我的 | 从我的 | 傳送自我的")
DEVICE_UNSPACED_ENDS: tuple[str, ...] = phrases("から送信 | から送信されました | から送信しました | 에서 보냄")

# Words for "my" in device lines.
DEVICE_OWNERS: frozenset[str] = phrase_set(
    "my | mein | meinem | meiner | mon | ma | mi | meu | minha | mio | mia | mijn | min | mitt | mojego",
    "mojej | моего | моей | mého | můj | iphonumdan",
)

# Headings and openings of legal footers.
DISCLAIMERS: tuple[str, ...] = phrases(
    "disclaimer | confidentiality notice | legal notice | this email and any attachments",
    "this e-mail and any attachments | this message and any attachments",
    "this email and any files transmitted | this e-mail and any files transmitted",
    "this message contains confidential | this message is confidential | this email is confidential",
    "this e-mail is confidential | this communication is confidential | the information contained in this",
    "the information in this email | the information in this e-mail | notice of confidentiality",
    "diese e-mail enthält vertrauliche | diese nachricht enthält vertrauliche",
    "ce message et toutes les pièces jointes | ce message est confidentiel | este mensaje y sus archivos",
    "este mensaje es confidencial | esta mensagem é confidencial | questo messaggio è confidenziale",
    "le informazioni contenute in questo messaggio | dit bericht is vertrouwelijk",
    "de informatie verzonden met dit e-mailbericht | you received this message because you are subscribed",
    "you are receiving this because | to unsubscribe from this group | diese nachricht wurde auf viren",
    "virus-free",
    "virenfrei | libre de virus | garanti sans virus | privo di virus | sem vírus | virusvrij",
    "sitz der gesellschaft | geschäftsführer: | geschäftsführung: | registergericht | amtsgericht | handelsregister",
    "registered office | registered in england | company registration | diese e-mail kann vertrauliche",
    "der inhalt dieser e-mail | diese e-mail ist vertraulich | please consider the environment",
    "think before you print | bitte denken sie an die umwelt | pensez à l'environnement | avant d'imprimer",
    "denna e-post är konfidentiell | denne e-mail er fortrolig | ta wiadomość jest poufna",
)
