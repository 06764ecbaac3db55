"""Codes, confirmations and invitations of services are known by sender and words together."""

from __future__ import annotations

import pytest

from rapport.language.verification import is_verification

CODES = [
    ("no-reply@slack.example", "Slack confirmation code: 123-456", "Confirm your email address. Enter 123-456."),
    ("noreply@id.apple.example", "Verify your Apple ID", "Your code is 482913."),
    ("noreply@konto.example", "Bitte bestätigen Sie Ihre Adresse", "https://konto.example/bestaetigen/abcdef"),
    ("ne-pas-repondre@banque.example", "Vérification", "Votre code : 881234"),
    ("no-reply@correo.example", "Su código", "Su código es 7712."),
    ("noreply@banca.example", "Codice di verifica", "Il codice è 551200."),
    ("noreply@bank.example", "Kod weryfikacyjny", "Twój kod to 9912 dla weryfikacji"),
    ("noreply@pochta.example", "Подтвердите адрес", "Ваш код: 441298"),
    ("noreply@mail.example", "確認コード", "認証コードは 812345 です。"),
    ("noreply@mail.example", "验证码", "您的验证码是 812345 。"),
    ("noreply@posta.example", "Doğrulama kodu", "Kodunuz 812345"),
    ("noreply@doar.example", "קוד אימות", "הקוד שלך: 812345"),
    ("noreply@barid.example", "رمز التحقق", "رمز التحقق: 812345"),
    ("notifications@chat.example", "Eve invited you to [#5]", "Join: https://chat.example/invite/xyz12345"),
    ("noreply+a1@login.example", "Your one-time passcode", "K7QX-29AB"),
]
OTHERS = [
    ("carla@example.org", "My code does not work", "I entered 123456 to confirm my address, but it failed."),
    ("noreply@shop.example", "Contact form", "Please call me about the tulips."),
    ("noreply@shop.example", "Your parcel", "It is on its way."),
    ("nora.reply@example.org", "Confirm", "Please confirm 123456."),
    ("", "", ""),
]


@pytest.mark.parametrize(("sender", "subject", "text"), CODES)
def test_a_services_code_or_link_is_known(sender: str, subject: str, text: str) -> None:
    assert is_verification(sender, subject, text)


@pytest.mark.parametrize(("sender", "subject", "text"), OTHERS)
def test_people_and_other_mail_of_machines_are_left_alone(sender: str, subject: str, text: str) -> None:
    assert not is_verification(sender, subject, text)
