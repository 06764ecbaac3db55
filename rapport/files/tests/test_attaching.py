from datetime import timedelta

import pytest
import time_machine

from rapport.channels.contract import Attachment as Arrived
from rapport.files import access, attaching, storing
from rapport.files.errors import AddressRefused, UploadUnknown
from rapport.files.models import Attachment
from rapport.kit import clock

pytestmark = pytest.mark.django_db
ANA, BEN = 1, 2


def upload(name: str = "photo.png") -> Attachment:
    return attaching.upload(storing.store_bytes(b"pixels"), filename=name, mime="image/png", uploader=ANA)


def test_an_arriving_attachment_gets_a_harmless_name_and_type() -> None:
    arrived = Arrived("..\\..\\evil\r\n.exe", "text/html; x=\r\nSet-Cookie: a", 3, "", b"abc")
    row = attaching.attach(arrived, conversation_id=1, message_id=2)
    assert not set(row.filename) & set("\r\n/\\")
    assert row.mime == "text/html"


def test_a_message_takes_its_authors_uploads_in_order() -> None:
    first, second = upload(), upload("two.png")
    taken = attaching.claim([second.pk, first.pk], uploader=ANA, conversation=7, message=9)
    assert [row.pk for row in taken] == [second.pk, first.pk]
    assert {row.message_id for row in taken} == {9}


def test_somebody_elses_or_a_used_upload_is_refused() -> None:
    mine = upload()
    with pytest.raises(UploadUnknown):
        attaching.claim([mine.pk], uploader=BEN, conversation=7, message=9)
    attaching.claim([mine.pk], uploader=ANA, conversation=7, message=9)
    with pytest.raises(UploadUnknown):
        attaching.claim([mine.pk], uploader=ANA, conversation=7, message=10)


def test_a_message_taken_back_returns_its_uploads() -> None:
    mine = upload()
    attaching.claim([mine.pk], uploader=ANA, conversation=7, message=9)
    assert attaching.release_claim(9) == [mine.pk]
    attaching.claim([mine.pk], uploader=ANA, conversation=7, message=10)


def test_uploads_nobody_sent_are_forgotten_after_a_week_unless_a_draft_names_them() -> None:
    old, kept = upload(), upload()
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert attaching.forget_old_uploads(keep=[kept.pk]) == 1
    assert list(Attachment.objects.values_list("pk", flat=True)) == [kept.pk]
    assert old.pk != kept.pk


def token_of(row: Attachment, viewer: int) -> str:
    return access.signed_path(row, viewer=viewer).split("/")[3]


def test_a_signed_address_serves_its_viewer_until_it_expires() -> None:
    row = upload()
    token = token_of(row, ANA)
    access.check_token(row.pk, token, viewer=ANA)
    with pytest.raises(AddressRefused):
        access.check_token(row.pk, token, viewer=ANA, now=clock.now() + access.LIFE + timedelta(hours=2))


def test_a_signed_address_for_another_file_viewer_or_time_is_refused() -> None:
    row, other = upload(), upload()
    token = token_of(row, ANA)
    viewer, stamp, signature = token.split(".", 2)
    forged = [(other.pk, token, ANA), (row.pk, token, BEN), (row.pk, f"{BEN}.{stamp}.{signature}", BEN)]
    forged += [(row.pk, f"\u0661.{stamp}.{signature}", ANA)]  # an Arabic one
    forged += [(row.pk, f"{viewer}.{int(stamp) + 9}.{signature}", ANA), (row.pk, "", ANA), (row.pk, "a.b", ANA)]
    for file_id, broken, who in forged:
        with pytest.raises(AddressRefused):
            access.check_token(file_id, broken, viewer=who)
