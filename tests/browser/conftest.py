"""A real browser for tests: the machine's Chromium, and pages that must not log an error."""

import os
import shutil
from collections.abc import Iterator

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",  # Chromium refuses to start as root with its sandbox, and tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAPTOP = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of Chromium; without one, tests fail where CI is set, and are skipped elsewhere."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        told = f"no browser: none of {', '.join(PROGRAMS)} is on the path (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["playwright.sync_api.Browser"]:  # noqa: F821 imported where it is used
    """Start Chromium once, with an empty profile of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def console_errors() -> list[str]:
    """Give the errors that the page of this test logged so far; whoever expects one clears the list."""
    return []


@pytest.fixture
def page(
    browser: "playwright.sync_api.Browser",  # noqa: F821
    console_errors: list[str],
) -> Iterator["playwright.sync_api.Page"]:  # noqa: F821
    """Open an empty page as large as a laptop's screen; an error on its console fails the test at its end."""
    context = browser.new_context(viewport=LAPTOP, accept_downloads=True)
    opened = context.new_page()
    opened.on("console", lambda said: console_errors.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: console_errors.append(str(error)))
    yield opened
    context.close()
    assert console_errors == [], "errors on the console of the page"
