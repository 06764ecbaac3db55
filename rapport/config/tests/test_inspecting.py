"""`rapport inspect`: any bytes in, JSON out, exit code 0, neither settings nor Django nor network."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIL = b"""From: Carla <carla@example.org>\r
To: hello@fleur.example\r
Subject: Tulips\r
Message-ID: <a@example.org>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Where are they?\r
\r
> We sent them.\r
--b\r
Content-Type: image/jpeg\r
Content-Disposition: attachment; filename="vase.jpg"\r
Content-Transfer-Encoding: base64\r
\r
cGV0YWxz\r
--b--\r
"""

# Runs the command where Django cannot be imported, no socket can be opened, and the settings are broken.
SEALED = """
import socket, sys
sys.modules["django"] = None
def refuse(*arguments, **named):
    raise AssertionError("the network was asked")
socket.socket = socket.getaddrinfo = socket.create_connection = refuse
from rapport.config.command import main
sys.exit(main())
"""


def inspect(*arguments: str, given: bytes = b"") -> bytes:
    """What the command printed; it must end with 0 and complain of nothing."""
    environment = {"PATH": os.environ["PATH"], "RAPPORT_PORT": "broken"}
    done = subprocess.run(
        [sys.executable, "-c", SEALED, "inspect", *arguments],
        input=given, capture_output=True, timeout=60, check=False, env=environment, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    return done.stdout


def rows(output: bytes) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_mail_is_told_in_full():
    (mail,) = rows(inspect("parse-mail", given=MAIL))
    assert (mail["from_email"], mail["subject"], mail["message_id"]) == ("carla@example.org", "Tulips", "a@example.org")
    assert (mail["reply_text"], mail["kind"]) == ("Where are they?", "normal")
    assert set(mail) == {
        "from_email", "from_name", "to", "cc", "subject", "message_id", "in_reply_to", "references", "date", "text",
        "html_sanitized", "reply_text", "quoted_text", "signature", "forwarded", "attachments", "kind", "bounce",
        "problems",
    }  # fmt: skip


def test_attachments_are_saved_under_their_hash(tmp_path):
    (mail,) = rows(inspect("parse-mail", "--save-attachments", str(tmp_path / "new"), given=MAIL))
    sha256 = hashlib.sha256(b"petals").hexdigest()
    assert [each["sha256"] for each in mail["attachments"]] == [sha256]
    assert (tmp_path / "new" / sha256).read_bytes() == b"petals"


@pytest.mark.parametrize("what", ["parse-mail", "split-reply", "sanitize-html"])
@pytest.mark.parametrize("given", [b"", b"\x00\xff\xfe", b"\xed\xa0\x80", b"<" * 50_000, bytes(range(256)) * 40])
def test_any_bytes_will_do(what, given):
    output = inspect(what, given=given)
    assert what == "sanitize-html" or len(rows(output)) == 1


@pytest.mark.parametrize("what", ["parse-mail", "split-reply"])
def test_many_paths_give_as_many_rows_in_their_order(what, tmp_path):
    mail, text = tmp_path / "mail.eml", tmp_path / "two words"
    mail.write_bytes(MAIL)
    text.write_bytes(b"Subject: Thanks\n\nThanks!")
    paths = [str(mail), str(tmp_path / "missing"), "", str(tmp_path), str(text)]
    found = rows(inspect(what, "--many", given=os.fsencode("\n".join(paths) + "\n")))
    assert len(found) == len(paths)
    assert all(row["problems"] for row in found[1:4])
    assert "Thanks!" in json.dumps(found[4])


@pytest.mark.parametrize("what", ["parse-mail", "split-reply"])
def test_what_cannot_be_read_gives_a_row_and_ends_nothing(what, tmp_path):
    locked = tmp_path / "locked.eml"
    locked.write_bytes(MAIL)
    locked.chmod(0)  # who runs as root may read it all the same
    (whole_folder,) = rows(inspect(what, str(tmp_path)))
    (no_list,) = rows(inspect(what, "--many", str(tmp_path / "missing")))
    assert whole_folder["problems"]
    assert no_list["problems"]
    paths = [str(locked), "/proc/self/mem", "a\0b", str(tmp_path)]
    assert len(rows(inspect(what, "--many", given=os.fsencode("\r\n".join(paths))))) == 4


def test_attachments_that_cannot_be_saved_are_told(tmp_path):
    (tmp_path / "file").write_bytes(b"no folder")
    (mail,) = rows(inspect("parse-mail", "--save-attachments", str(tmp_path / "file" / "below"), given=MAIL))
    assert any("could not be saved" in problem for problem in mail["problems"])


def test_a_reply_is_parted_from_what_it_answers():
    (parts,) = rows(inspect("split-reply", given=b"Thank you!\n\n> Your order is on its way.\n"))
    assert (parts["reply"], parts["quoted"]) == ("Thank you!", "> Your order is on its way.")


def test_a_subject_says_that_a_mail_was_passed_on():
    text = b"Please see below.\n\nFrom: Dan\nSent: Monday\nTo: Carla\nSubject: Roses\n\nRoses, please.\n"
    (answered,) = rows(inspect("split-reply", given=text))
    (passed_on,) = rows(inspect("split-reply", "--subject", "FW: Roses", given=text))
    assert ("Roses, please." in answered["quoted"], answered["embedded"]) == (True, "")
    assert (passed_on["quoted"], "Roses, please." in passed_on["embedded"]) == ("", True)


def test_html_comes_out_harmless():
    assert inspect("sanitize-html", given=b"<p onclick=x()>Hi<script>x()</script></p>") == b"<p>Hi</p>"


def test_addresses_are_judged_line_by_line_without_asking_anybody():
    lines = b"https://example.org/\n10.0.0.1\n\nunknown.example\n"
    found = rows(inspect("check-url", "--resolve", "example.org=93.184.216.34", given=lines))
    assert [row["allow"] for row in found] == [True, False, False, False]
