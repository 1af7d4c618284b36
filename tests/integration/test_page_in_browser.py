"""The HTML page in a real headless Chromium: it opens without an error, a click shows a task, it prints.

Needs the extra `browser` and a Chromium on the PATH: pytest -m browser
"""

import shutil

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def written(shell_in, tmp_path_factory):
    """The page of a run."""
    shell = shell_in(tmp_path_factory.mktemp("page"))
    line = '{"kind": "measurement", "metric": "m.n", "unit": "ms", "values": [1, 2, 3]}'
    measure = ["sh", "-c", f"echo hello; echo '{line}' >> \"$ORCHESTRATE_EVIDENCE\""]
    metric = {"name": "m.n", "unit": "ms", "better": "lower"}
    criterion = {"id": "quick", "title": "Quick", "metric": "m.n", "target": "< 9 ms", "samples": 3}
    shell.plan([{"id": "a", "command": measure, "metrics": [metric]}, {"id": "b", "command": ["true"]}], [criterion])
    assert shell("run", "plan.yaml").returncode == 0
    (path,) = (shell.folder / "reports").glob("*.html")
    return path


@pytest.fixture
def opened(written):
    """The page in the browser, with what its console said."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "no Chromium on the PATH; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(written.as_uri())
        yield page, said
        browser.close()


def test_it_opens_without_an_error_and_without_the_network(opened):
    page, said = opened
    assert page.title().startswith("A small plan")
    assert said == []


def test_a_click_on_a_box_opens_its_task_with_its_log(opened):
    page, _ = opened
    box = page.locator('#canvas a[href="#task-A.a"]')
    assert page.locator("[id='task-A.a']").get_attribute("open") is None
    box.click()
    details = page.locator("[id='task-A.a']")
    assert details.get_attribute("open") is not None
    details.locator("summary", has_text="Log").click()
    assert "hello" in details.inner_text()


def test_a_box_is_reached_and_followed_by_the_keyboard(opened):
    page, _ = opened
    page.locator('#canvas a[href="#task-A.b"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('task-A.b').open")
    assert page.evaluate("document.activeElement.closest('details').id") == "task-A.b"


def test_zooming_changes_the_view_and_fitting_brings_it_back(opened):
    page, _ = opened
    view = lambda: page.locator("#canvas svg").get_attribute("viewBox")  # noqa: E731
    before = view()
    page.get_by_role("button", name="Zoom in").click()
    assert view() != before
    page.get_by_role("button", name="Fit").click()
    assert view() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ink_and_paper_differ_in_light_and_dark(opened, scheme):
    page, _ = opened
    page.emulate_media(color_scheme=scheme)
    colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    light = [sum(map(int, colour[4:-1].split(","))) for colour in colours]
    assert abs(light[0] - light[1]) > 400
    assert (light[1] > light[0]) == (scheme == "light")


def test_on_a_phone_nothing_is_wider_than_the_screen(opened):
    page, _ = opened
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_prints(opened):
    page, said = opened
    assert page.pdf().startswith(b"%PDF")
    assert said == []


def test_nothing_is_cut_off_on_a_printed_page(opened):
    page, _ = opened
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 between margins of 12 mm
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 703


def test_verdicts_are_words_and_samples_have_their_target_and_interval(opened):
    page, _ = opened
    assert page.locator("#criteria .badge").first.inner_text() in {"PASS", "FAIL", "UNPROVEN"}
    legend = page.locator("#samples figure").first.inner_text()
    for name in ("samples", "target", "interval (95 %)"):
        assert name in legend
