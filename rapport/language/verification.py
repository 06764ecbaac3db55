"""Mails by which a service lets somebody prove that an address is theirs: codes, links to confirm, invitations."""

from __future__ import annotations

import re

from rapport.language.phrases import phrases

# Addresses that no person reads.
_MACHINES: tuple[str, ...] = phrases(
    "noreply | no-reply | no_reply | no.reply | donotreply | do-not-reply | do_not_reply | dontreply | nepasrepondre",
    "ne-pas-repondre | noresponder | no-responder | nao-responda | naoresponda | keineantwort | keine-antwort",
    "niet-beantwoorden | nonrispondere | non-rispondere | svar-ej | inte-svara | account-security | accountprotection",
    "verification | verify | notification | notifications | notify | appleid | login | signin | security | auth",
)
_WORDS: tuple[str, ...] = phrases(
    "verif | confirm | one-time | security code | sign-in | sign in | log in | login code | passcode | password | activate",
    "invited you | invitation | authenticat | 2fa | otp | bestätig | verifizier | einmalcode | sicherheitscode | passwort",
    "anmelde | aktivier | eingeladen | vérifi | code de sécurité | mot de passe | invité | código | contraseña | invitado",
    "verifica | conferma | codice | parola | invitato | senha | convidou | bevestig | verificatie | wachtwoord | uitgenodigd",
    "bekräfta | lösenord | inbjud | bekræft | adgangskode | bekreft | passord | vahvista | salasana | potwierd | weryfik",
    "hasło | подтверд | пароль | код | підтверд | ověř | potvr | heslo | doğrula | onayla | şifre | megerősít | jelszó",
    "επαλήθευσ | επιβεβαί | κωδικ | 確認 | 認証 | パスワード | 验证 | 驗證 | 密码 | 密碼 | 인증 | 확인 | 비밀번호 | אימות | סיסמה | تأكيد | التحقق | رمز",
)
_PROOF = re.compile(
    r"https?://\S{8}|(?<![\w.,-])(?:\d{4,8}|\d{3}[ -]\d{3}|(?=[A-Z0-9-]*\d)[A-Z0-9]{3,5}-?[A-Z0-9]{3,5})(?![\w,-])"
)
_READ = 20_000


def is_verification(sender: str, subject: str, text: str) -> bool:
    """Whether a machine sends a code or a link by which whoever reads this proves to be `sender`'s correspondent."""
    local = sender.partition("@")[0].casefold()
    if not any(
        local == word or local.startswith((f"{word}-", f"{word}+", f"{word}.", f"{word}_")) for word in _MACHINES
    ):
        return False
    words = f"{subject}\n{text[:_READ]}"
    folded = words.casefold()
    return any(word in folded for word in _WORDS) and _PROOF.search(words) is not None
