"""The browser of the other tests is real: it runs scripts, and an error on its console does not go unseen."""

import pytest

pytestmark = pytest.mark.slow


def test_a_page_runs_its_script(page):
    page.set_content("<title>before</title><script>document.title = 'after'</script>")
    assert page.title() == "after"
    assert page.viewport_size == {"width": 1366, "height": 768}


def test_errors_on_the_console_are_seen(page, console_errors):
    with page.expect_console_message():
        page.set_content("<script>console.error('on purpose')</script>")
    with page.expect_event("pageerror"):
        page.set_content("<script>nowhere.to()</script>")
    assert console_errors == ["on purpose", "nowhere is not defined"]
    console_errors.clear()
