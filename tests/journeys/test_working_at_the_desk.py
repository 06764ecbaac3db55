"""Eight hours at the desk: keys, rich text, files, pictures that stay unloaded, a phone, and nothing that jumps."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Request, expect

from tests.journeys.shop import Shop, mail, opens, row, signs_in, writes

pytestmark = pytest.mark.browser

SOON = 15_000
PROBE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


def html_mail(html: str, subject: str = "A letter with pictures") -> EmailMessage:
    message = mail("Only the picture matters.", subject=subject)
    message.set_content("")
    message.add_alternative(html, subtype="html")
    return message


def seen_focus(page: Page) -> str:
    """What has the focus, which must be something, and show it: an outline or a ring of its own or of what holds it."""
    return str(
        page.evaluate(
            """() => {
              const one = document.activeElement;
              if (!one || one === document.body) return "nothing";
              const shows = (at) => { const style = getComputedStyle(at); return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none"; };
              for (let at = one; at && at !== document.body; at = at.parentElement) if (shows(at)) return "shown";
              return `hidden: ${one.outerHTML.slice(0, 120)}`;
            }"""
        )
    )


def test_a_day_without_the_mouse(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")  # signed in with Enter
    press, kind = page.keyboard.press, page.keyboard.type
    expect(row(page, "Tulips")).to_be_visible(timeout=SOON)
    press("j")
    assert seen_focus(page) == "shown"
    press("Enter")
    expect(page.locator(".conversation__title h2")).to_have_text("Tulips")
    press("n")
    expect(page.locator("#note-form .ProseMirror")).to_be_focused()
    assert seen_focus(page) == "shown"
    kind("She is our best customer.")
    press("Control+Enter")
    expect(page.locator(".message--note")).to_contain_text("best customer")
    expect(page.locator("#note-form .ProseMirror")).to_have_text("")
    press("y")
    expect(page.locator("#menu-assign summary")).to_contain_text("Ana")
    press("t")
    expect(page.locator("[name=add]")).to_be_focused()
    kind("wedding")
    press("Enter")
    expect(page.locator(".conversation__facts")).to_contain_text("wedding")
    assert seen_focus(page) == "shown"  # the menu's button again, after the head was replaced
    press("r")
    expect(page.locator("#reply-form .ProseMirror")).to_be_focused()
    kind("They arrive before noon.")
    press("Alt+Enter")
    assert "before noon" in str(shop.customer_got())
    expect(page.locator("#reply-form .ProseMirror")).to_have_text("")
    expect(page.locator(".conversation__facts .badge").first).to_have_text("Waiting for customer")
    press("s")
    press("Enter")  # the first of the offered times
    expect(page.locator(".conversation__facts .badge").first).to_have_text("Snoozed")
    assert seen_focus(page) == "shown"
    press("Control+k")
    kind("wake")
    press("Enter")
    expect(page.locator(".conversation__facts .badge").first).to_have_text("Open")
    press("e")
    expect(page.locator(".conversation__facts .badge").first).to_have_text("Closed")
    press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    press("Escape")
    press("Control+k")
    kind("sign")
    expect(page.locator("#palette [role=option]", has_text="Signature")).to_be_visible(timeout=SOON)
    press("Escape")
    press("Control+k")
    kind("macros")
    expect(page.locator("#palette [role=option]", has_text="Macros").first).to_be_visible(timeout=SOON)
    press("Enter")
    page.wait_for_url("**/settings/macros/**")
    page.locator(".rail__account summary").focus()
    press("Enter")
    for _ in range(12):
        press("Tab")
        if page.evaluate("document.activeElement.closest('form')?.action.endsWith('/logout/')"):
            break
    assert seen_focus(page) == "shown"
    # News that comes in the moment between the end of the session and the next page asks for a count in vain.
    shop.open_page.allow("status of 401 .*/notifications/count/")
    press("Enter")
    page.wait_for_url("**/accounts/login/**")
    signs_in(page, "ana")


def test_the_palette_does_what_it_says(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    page.keyboard.press("Control+k")
    page.keyboard.type("priority: high")
    page.keyboard.press("Enter")
    expect(page.locator(".conversation__facts")).to_contain_text("High")


def test_rich_text_and_a_file_reach_the_customer(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "care.txt").write_text("Water daily.")
    shop.receives(mail("How do I keep them fresh?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    writes(page, "Read this ")
    page.keyboard.press("Control+b")
    page.keyboard.type("carefully")
    page.locator("#reply-form [data-choose-files]").set_input_files(tmp_path / "care.txt")
    expect(page.locator("#reply-form .upload.is-done")).to_contain_text("care.txt")
    page.keyboard.press("Control+Enter")
    answer = shop.customer_got()
    body = answer.get_body(("html",))
    assert body is not None
    assert "<strong>carefully</strong>" in body.get_content()
    assert [part.get_filename() for part in answer.iter_attachments()] == ["care.txt"]


def test_half_a_letter_is_still_there_tomorrow(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    writes(page, "Dear Carla, your tul")
    expect(page.locator("[data-saved]")).to_have_text("Draft kept")
    page.reload()
    expect(page.locator("#reply-form .ProseMirror")).to_have_text("Dear Carla, your tul")


def test_pictures_from_the_web_load_only_when_asked_for(shop: Shop) -> None:
    shop.open_page.allow("ERR_NAME_NOT_RESOLVED|ERR_CONNECTION_REFUSED|Failed to load resource")
    shop.receives(
        html_mail('<table><tr><td>Look</td></tr></table><img src="http://tracker.invalid/x.png" height="90">')
    )
    page = shop.desk_of("ana")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "tracker" in request.url else None)
    opens(page, "A letter with pictures")
    frame = page.frame_locator("iframe.mail-frame")
    expect(frame.locator("td")).to_have_text("Look")
    assert asked == []
    frame.locator("td").click()
    page.keyboard.press("Control+c")  # copies, and is not the key c, which begins a new conversation
    page.keyboard.press("Control+k")  # the page's own keys work in the mail too
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(frame.locator("td")).to_be_visible()
    with page.expect_request("http://tracker.invalid/x.png"):
        page.get_by_role("button", name="Show pictures").click()


def test_what_strangers_write_never_runs(shop: Shop) -> None:
    page = shop.desk_of("ana")
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    shop.receives(mail(PROBE, subject=f"Probe {PROBE}", sender=f'"{PROBE.replace(chr(34), "")}" <probe@example.org>'))
    shop.receives(html_mail(f"<table><tr><td>{PROBE}<a href='javascript:alert(3)'>x</a></td></tr></table>"))
    opens(page, "A letter with pictures")
    expect(page.frame_locator("iframe.mail-frame").locator("td")).to_be_visible()
    row(page, "Probe").locator(".row__link").click()
    expect(page.locator(".message").first).to_contain_text("onerror")
    assert ran == []


def test_on_a_phone_one_reads_answers_and_goes_back(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana", "phone")
    expect(row(page, "Tulips")).to_be_visible(timeout=SOON)
    row(page, "Tulips").locator(".row__link").click()
    expect(page.locator(".message").first).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    writes(page, "They arrive before noon.")
    page.locator("#reply-form button[data-send]").click()
    assert "before noon" in str(shop.customer_got())
    expect(page.locator(".message--out")).to_contain_text("before noon")
    page.get_by_role("link", name="Back to the list").click()
    expect(row(page, "Tulips")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_moves_under_the_pointer(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    expect(row(page, "Tulips")).to_be_visible(timeout=SOON)
    row(page, "Tulips").hover()
    shop.receives(mail("Do you have peonies?", subject="Peonies"))
    expect(page.locator("#list-news")).to_have_text("1 change: show it", timeout=SOON)
    expect(page.locator(".row")).to_have_count(1)
    page.locator("#list-news").click()
    expect(row(page, "Peonies")).to_be_visible()
