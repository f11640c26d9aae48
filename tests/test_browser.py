"""The pages in a real browser: nothing foreign is asked for, nothing overflows, the keyboard gets everywhere."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PAGES = [
    "/",
    "/page/modality",
    "/page/modality/compassionate-mind-training",
    "/page/concept/root/attachment-theory",
    "/page/source/kirby-2017",
    "/page/claim/cmt-seed-shame",
    "/ontology",
    "/sparql?query=SELECT+*+%7B+%3Fs+a+th%3AModality+%7D",
    "/page/modality/no-such-thing",
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    command = [sys.executable, "-m", "therapeia", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().split()[3].rstrip("/")
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_its_window_and_asks_only_its_own_host(
    browser: "Browser", address: str, path: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address + path)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert [text for text in complaints if "404" not in text] == []
    context.close()


def test_a_question_is_asked_and_answered_by_keyboard(browser: "Browser", address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/sparql")
    page.focus("textarea")
    page.keyboard.press("Control+A")
    page.keyboard.type("ASK { ?x a th:Modality }")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2[role=status]")
    assert page.inner_text("h2[role=status]") == "Yes"
    page.close()
