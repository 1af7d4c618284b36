"""What the page offers a reader, in a real headless Chromium: filters, links, copies, evidence, other runs; and no
barrier that axe finds.

Needs the extra `browser` and a Chromium on the PATH: pytest -m browser
"""

import json
import re
import shutil

import pytest

pytestmark = pytest.mark.browser
LONG = "a-name-that-is-longer-than-a-narrow-column-of-a-table"
SERIOUS = {"serious", "critical"}


def measuring(task, values):
    line = json.dumps({"kind": "measurement", "metric": f"m.{task}", "unit": "ms", "values": values, "method": "timed"})
    return {
        "id": task,
        "command": ["sh", "-c", f"echo '{line}' >> \"$ORCHESTRATE_EVIDENCE\""],
        "metrics": [{"name": f"m.{task}", "unit": "ms", "better": "lower"}],
        "needs": [],
    }


def criterion(name, task):
    return {"id": name, "title": name, "metric": f"m.{task}", "target": "< 9 ms", "samples": 3}


@pytest.fixture(scope="module")
def written(shell_in, tmp_path_factory):
    """The shell and the page of the second of two runs: a criterion that passes, one that is missed, a task that
    fails.
    """
    shell = shell_in(tmp_path_factory.mktemp("first"))
    broken = {"id": "broken", "command": ["sh", "-c", "echo '<b>no</b>' >&2; exit 3"], "needs": []}
    for late in (5, 20):
        tasks = [measuring("quick", [1, 2, 3]), measuring(LONG, [late, late + 1, late + 2]), broken]
        shell.plan(tasks, [criterion("fast", "quick"), criterion("late", LONG)])
        assert shell("run", "-q", "--new", "plan.yaml").returncode == 1
    run = shell.runs()[-1]["run"]
    return shell, shell.folder / "reports" / f"{run}.html"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "no Chromium on the PATH; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser, written):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(written[1].as_uri())
    yield page
    page.close()


def shown(page, kind):
    return page.evaluate(
        f"[...document.querySelectorAll('[data-row={kind}]')].filter((one) => !one.hidden).map((one) => one.id)"
    )


def test_what_failed_is_on_the_first_screen_and_what_passed_is_folded(opened):
    assert opened.locator("#failed .failure").first.bounding_box()["y"] < 900
    assert opened.locator("#criterion-A\\.late").is_visible()
    assert not opened.locator("#criterion-A\\.fast").is_visible()
    assert opened.locator("#differences").inner_text().count("FAIL") == 1


def test_criteria_and_tasks_are_found_by_verdict_workstream_agent_and_words(opened):
    opened.locator("#find-verdict").select_option("PASS")
    assert shown(opened, "criteria") == ["criterion-A.fast"]
    assert shown(opened, "tasks") == ["task-A.quick"]
    assert opened.locator("#criterion-A\\.fast").is_visible()
    assert opened.locator("#found").inner_text() == "1 of 2 criteria, 1 of 3 tasks"
    opened.get_by_role("button", name="Show all").click()
    opened.wait_for_function("document.getElementById('found').textContent === ''")
    assert len(shown(opened, "tasks")) == 3
    assert not opened.locator("#criterion-A\\.fast").is_visible()
    opened.locator("#find-text").fill("BROKEN")
    assert shown(opened, "tasks") == ["task-A.broken"]
    opened.locator("#find-text").fill("")
    opened.locator("#find-agent").select_option("ONE")
    opened.locator("#find-group").select_option("A")
    assert len(shown(opened, "tasks")) == 3


def test_a_link_to_a_criterion_opens_what_folds_or_filters_it_away(opened, written):
    opened.goto(f"{written[1].as_uri()}#criterion-A.fast")
    opened.reload()
    assert opened.locator("#criterion-A\\.fast").is_visible()
    opened.locator("#find-verdict").select_option("FAIL")
    assert not opened.locator("#criterion-A\\.fast").is_visible()
    opened.evaluate("location.hash = '#task-A.quick'")
    opened.wait_for_function("!document.getElementById('task-A.quick').hidden")
    assert opened.locator("#task-A\\.quick").get_attribute("open") is not None


def test_a_command_is_copied_and_the_evidence_is_saved(browser, written):
    context = browser.new_context(accept_downloads=True, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(written[1].as_uri())
    button = page.locator("#failed .failure").first.get_by_role("button").first
    button.click()
    page.wait_for_function("document.querySelector('#failed [data-copy]').textContent === 'Copied'")
    assert re.fullmatch(r"orchestrate logs small-\S+ A.broken", page.evaluate("navigator.clipboard.readText()"))
    page.goto(f"{written[1].as_uri()}#task-A.quick")
    with page.expect_download() as saved:
        page.locator("#task-A\\.quick").get_by_text("Evidence as JSON").click()
    assert saved.value.suggested_filename == "A.quick.json"
    assert json.loads(saved.value.path().read_text())["measurements"][0]["data"]["values"] == [1.0, 2.0, 3.0]
    context.close()


def test_without_a_script_everything_is_there_and_no_dead_control(browser, written):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(written[1].as_uri())
    assert page.locator("#criterion-A\\.late").is_visible()
    assert page.locator("details.passed summary").is_visible()
    assert not page.locator("#find").is_visible()
    assert page.locator("[data-copy]:visible").count() == 0
    context.close()


@pytest.mark.parametrize("width", [390, 700, 1280])
def test_no_name_is_cut_within_a_word(browser, written, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(written[1].as_uri())
    heights = page.evaluate(
        """() => { const words = []; for (const code of document.querySelectorAll("#criteria td code")) {
            for (const node of code.childNodes) { if (node.nodeType !== 3) continue; const range = document.createRange();
            range.selectNodeContents(node); words.push([node.textContent, range.getClientRects().length]); } } return words; }"""  # noqa: E501
    )
    assert [word for word, lines in heights if lines > 1 and " " not in word] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_on_paper_there_is_everything_and_no_control(opened):
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.emulate_media(media="print")
    assert opened.locator("#criterion-A\\.fast").is_visible()
    assert not opened.locator("#find").is_visible()
    assert opened.locator("button:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious_on_the_page(browser, written, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(written[1].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert barriers(page) == []
    page.close()


def test_axe_finds_nothing_serious_on_what_is_served_and_another_run_is_chosen_there(browser, written):
    shell, path = written
    process = shell.start("serve", "--port", "0")
    try:
        address = re.search(r"http://\S+?:\d+/", process.stdout.readline())[0]
        page = browser.new_page()
        page.goto(address)
        assert barriers(page) == []
        page.goto(f"{address}runs/{path.stem}")
        assert barriers(page) == []
        page.get_by_role("button", name="Compare").click()
        page.wait_for_url("**/compare?with=*")
        assert page.get_by_role("heading", level=1).inner_text() == "Something got worse"
        assert barriers(page) == []
        page.close()
    finally:
        process.kill()
        process.communicate()


def barriers(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS]


@pytest.fixture(scope="module")
def awkward(shell_in, tmp_path_factory):
    """The page of a run whose titles and names are long words and markup."""
    shell = shell_in(tmp_path_factory.mktemp("awkward"))
    late = {**criterion("late", "slow"), "title": "Z" * 80}
    marked = {
        **criterion(LONG, "slow"),
        "title": '<b>bold</b> | `tick` *star* [x](y) & "quote" <script>alert(1)</script>',
    }
    shell.plan([measuring("slow", [20, 21, 22])], [late, marked])
    assert shell("run", "-q", "plan.yaml").returncode == 1
    return shell.folder / "reports" / f"{shell.runs()[-1]['run']}.html"


@pytest.mark.parametrize("width", [375, 1280])
def test_long_words_and_markup_in_titles_push_nothing_out_of_the_page(browser, awkward, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(awkward.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    row = page.locator("#criterion-A\\.late")
    assert page.evaluate("(row) => row.getBoundingClientRect().right", row.element_handle()) <= width
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # a sheet of A4
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    assert "<b>bold</b> | `tick` *star* [x](y)" in page.locator(f"#criterion-A\\.{LONG}").inner_text()
    page.close()
