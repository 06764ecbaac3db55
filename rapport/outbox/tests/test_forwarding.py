"""What is passed on arrives whole: pictures inside the words, byte for byte, by the real way in and the real way out."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from rapport.channels.contract import Address
from rapport.conversations import access, releasing, siding
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.siding import Enclosed
from rapport.conversations.tests.cast import again
from rapport.intake.tests.mails import arrive, message_of
from rapport.outbox import queueing
from rapport.outbox.tests.shop import Shop

SVEN = Address("sven@supplier.example", "Sven Svensson")
# The smallest picture there is; what arrives is compared with these bytes.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def mail_with_a_picture() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "carla@example.org", "hello@fleur.example", "Broken"
    message["Message-ID"], message["Date"] = "<broken@example.org>", "Fri, 20 Nov 2026 10:00:00 +0000"
    message.set_content("See the stem")
    message.add_alternative('<p>See the stem <img src="cid:stem@example.org" alt="stem"></p>', subtype="html")
    message.get_payload()[1].add_related(PICTURE, "image", "png", cid="<stem@example.org>")  # type: ignore[index, union-attr]
    return message.as_bytes(policy=policy.SMTP)


def test_a_picture_inside_a_forwarded_message_arrives_inside_it(shop: Shop) -> None:
    received = message_of(arrive(mail_with_a_picture(), shop.cast.inbox))
    ana = again(shop.cast.ana)
    main = received.conversation
    enclosed = Enclosed(about=received, forward=True, files=access.files_of(ana, main))
    content = ReplyContent(html="<p>Look at this</p>", to=[SVEN], subject="Fwd: Broken")
    letter = siding.begin(main, by=ana, content=content, enclosed=enclosed, delay=timedelta(0))
    assert releasing.release(letter)
    delivery = queueing.queue_message(letter)
    assert delivery is not None
    shop.sends(delivery)
    arrived = message_from_bytes(shop.sink.messages[-1].content, policy=policy.default)
    [picture] = [part for part in arrived.walk() if part.get_content_type() == "image/png"]
    [words] = [part for part in arrived.walk() if part.get_content_type() == "text/html"]
    assert picture.get_payload(decode=True) == PICTURE
    assert picture["Content-Disposition"].content_disposition == "inline"
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in words.get_content()
    assert "Look at this" in words.get_content()
