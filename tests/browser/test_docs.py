"""The documentation as readers meet it: built, served on this machine, opened in Chromium."""

import functools
import http.server
import os
import re
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from plasticity.study import Study

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ABOUT_MINDS = (
    "tutorials/planning_sessions.html",
    "explanation/the_chain.html",
    "_generated/kernels/memory.html",
    "_generated/kernels/belief.html",
    *(f"_generated/gallery/{name}.html" for name in Study.names()),
)
STATEMENT = "A simulated plasticity index for research: no evidence about treatment, no advice on treatment or dosing."


@pytest.fixture(scope="session")
def site(tool, tmp_path_factory) -> Path:
    """Build the site as CI does: every warning is an error."""
    if not os.environ.get("CI"):
        pytest.importorskip("sphinx", reason="the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    done = tool(
        ROOT,
        "python",
        "-m",
        "sphinx",
        "-q",
        "-n",
        "-W",
        "-b",
        "html",
        "-d",
        f"{folder}/doctrees",
        "docs",
        f"{folder}/html",
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return folder / "html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without a line for every request."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(site):
    """Serve the site on this machine, and stop when all tests are done."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


class Links(HTMLParser):
    """What a page points to, and which places it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a target or a place."""
        told = dict(attrs)
        self.targets += [told[key] for key in ("href", "src") if told.get(key) and tag != "base"]
        self.places |= {told[key] for key in ("id", "name") if told.get(key)}


def pages_of(site: Path) -> list[Path]:
    """List the pages; below `_static` lie the theme's own files."""
    return [path for path in site.rglob("*.html") if "_static" not in path.parts]


def test_no_link_is_broken(site):
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in pages_of(site)}
    broken, seen = [], 0
    for path, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            seen += 1
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages[aim].places if aim in pages else set()
            if not aim.is_file() or (parts.fragment and aim in pages and unquote(parts.fragment) not in known):
                broken.append(f"{path.relative_to(site)} -> {target}")
    assert seen > 1000
    assert broken == []


def test_every_page_opens_without_an_error_and_without_a_network(site, address, page):
    asked, failed = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    pages = sorted(path.relative_to(site).as_posix() for path in pages_of(site))
    for name in pages:
        page.goto(address + name)
    assert len(pages) > 80
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert failed == []


def test_every_equation_is_typeset_and_readable_without_scrolling(site, address, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    pages = [path for path in pages_of(site) if 'class="math' in path.read_text(encoding="utf-8")]
    too_wide = []
    for path in pages:
        page.goto(address + path.relative_to(site).as_posix())
        page.wait_for_function("document.querySelectorAll('mjx-container svg').length > 0")
        page.wait_for_function("MathJax.startup.promise.then(() => true)")
        assert page.locator("mjx-container > svg").count() == page.locator("div.math, span.math").count()
        assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
        assert "\\frac" not in page.locator("main").inner_text()
        if page.locator("div.math").count():
            box = page.locator("div.math mjx-container > svg").first.bounding_box()
            assert box["height"] > 10 and box["width"] > 50
        inside = "found => found.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
        too_wide += page.locator("div.math mjx-container").evaluate_all(inside)
    assert len(pages) > 15
    assert too_wide == []


def test_the_stored_map_answers_to_keys_and_clicks(address, page):
    page.goto(address + "two_doses_map.html")
    told = page.get_by_role("status")
    told.wait_for()
    before = told.inner_text()
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("before => !document.body.innerText.includes(before)", arg=before)
    before = told.inner_text()
    assert re.search(r"[0-9.]+ mg.*[0-9.]+ d", before)
    box = page.locator("canvas").first.bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for_function("before => !document.body.innerText.includes(before)", arg=before)
    page.goto(address + "how-to/explore.html")
    assert page.frame_locator("iframe").get_by_role("status").inner_text() != ""


def test_names_of_others_lead_to_their_pages(address, page):
    page.goto(address + "_generated/api/plasticity.simulate.html")
    links = {link.get_attribute("href") for link in page.locator("main a.external").all()}
    assert "https://docs.xarray.dev/en/stable/generated/xarray.Dataset.html#xarray.Dataset" in links
    assert "https://docs.python.org/3/library/stdtypes.html#str" in links
    assert "https://docs.python.org/3/glossary.html#term-mapping" in links
    page.goto(address + "_generated/api/plasticity.solve_ivp.html")
    links = {link.get_attribute("href") for link in page.locator("main a.external").all()}
    assert "https://docs.python.org/3/library/exceptions.html#ValueError" in links
    assert "https://numpy.org/doc/stable/glossary.html#term-array_like" in links


def test_every_type_that_has_a_page_is_a_link(site):
    """Types and errors of others, and of this package: a name that could lead somewhere does."""
    pages = list((site / "_generated" / "api").glob("plasticity.*.html"))
    names = {path.stem.rpartition(".")[2] for path in pages}
    ours = "|".join(["mapping", *sorted(name for name in names if name[0].isupper())])
    plain = []
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for words in re.findall(r'<span class="classifier">(.*?)</span>\s*</dt>', text, re.DOTALL):
            rest = re.sub(r"<a .*?</a>", "", words, flags=re.DOTALL)
            plain += [
                (path.stem, name) for name in re.findall(rf"\b(?:xarray|numpy|pathlib)\.\w+|\b(?:{ours})\b", rest)
            ]
    assert len(pages) > 30
    assert plain == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("brake_tau", "Parameters"),
        ("bdnf_mrna", "States, signals and inputs"),
        ("bioavailability", "Parameters"),
        ("total_open_time", "Observables and summaries"),
    ],
)
def test_a_search_for_a_name_leads_to_its_row_first(address, page, name, title):
    page.goto(address + f"search.html?q={name}")
    found = found_by_search(page)
    assert found.first.inner_text() == title, found.all_inner_texts()
    found.first.click()
    page.wait_for_load_state()
    row = page.locator("tr:target")
    assert name in row.locator("td").first.inner_text()
    assert row.is_visible()


def test_the_search_of_the_header_opens_by_keyboard(address, page):
    page.goto(address + "index.html")
    page.keyboard.press("Control+k")
    field = page.locator("input[type=search]:visible").first
    field.fill("censored")
    field.press("Enter")
    assert found_by_search(page).count() > 1


def found_by_search(page):
    """Give the links that a search found, once it has shown the last of them."""
    page.get_by_text("Search finished, found").wait_for()
    return page.locator("ul.search > li > a")


def test_every_study_has_its_card_and_its_page(address, page):
    page.goto(address + "_generated/gallery/index.html")
    cards = page.locator(".gallery .sd-card")
    assert cards.count() == len(Study.names())
    loaded = "image => image.complete && image.naturalWidth > 300"
    pictures = page.locator(".gallery img")
    assert pictures.count() == cards.count()
    for place in range(pictures.count()):
        assert pictures.nth(place).evaluate(loaded)
        assert pictures.nth(place).get_attribute("alt").startswith("Figure of the study")
    cards.first.click()
    page.wait_for_load_state()
    assert page.locator("main img").first.evaluate(loaded)
    assert "plasticity run" in page.locator("main").inner_text()


@pytest.mark.parametrize("name", ABOUT_MINDS)
def test_pages_on_minds_say_what_the_result_is_not(address, page, name):
    page.goto(address + name)
    assert page.locator("main").get_by_text(STATEMENT.partition(":")[0]).first.is_visible()
    assert page.get_by_text(STATEMENT).first.is_visible()


def test_assumed_numbers_stand_first_in_the_reference(address, page):
    page.goto(address + "reference/index.html")
    first = page.locator("main .toctree-wrapper a").first
    assert first.inner_text() == "Assumed numbers"
    first.click()
    page.wait_for_load_state()
    assert page.locator("main table").count() > 5


def test_wide_tables_and_equations_do_not_widen_the_page(address, page):
    for name in ("_generated/assumed.html", "explanation/the_chain.html", "_generated/config.html"):
        page.goto(address + name)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
