"""Every relative link of a page leads to a file that is there, and to a heading of it."""

from pathlib import Path

import pytest
from markdown_page import ROOT, anchors, documentation, links

OTHERS = ("CHANGELOG.md", "CONTRIBUTING.md", "encoder/README.md", "orchestrator/README.md", "reports/README.md")
PAGES = [*documentation(), *map(Path, OTHERS)]
SHELVES = ("guides", "concepts", "reference")


def broken(page, text):
    """The links of a page that lead nowhere."""
    for address in links(text):
        if "://" in address or address.startswith("mailto:"):
            continue
        path, _, anchor = address.partition("#")
        target = ROOT / page.parent / path if path else ROOT / page
        if not target.exists():
            yield f"{address}: no such file"
        elif anchor and anchor not in anchors(target.read_text("utf-8") if path else text):
            yield f"{address}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    assert list(broken(page, (ROOT / page).read_text("utf-8"))) == []


def test_a_link_to_a_missing_file_or_heading_is_found_also_in_a_table():
    text = "# Here\n\n[a](docs/nowhere.md) [b](#here) [c](#there)\n\n| x |\n|---|\n| [d](README.md#nothing) |\n"
    found = [line.partition(":")[0] for line in broken(Path("README.md"), text)]
    assert found == ["docs/nowhere.md", "#there", "README.md#nothing"]


@pytest.mark.parametrize("shelf", SHELVES)
def test_the_index_lists_every_page_of_a_shelf(shelf):
    listed = {address.partition("#")[0] for address in links((ROOT / "docs" / "README.md").read_text("utf-8"))}
    assert {f"{shelf}/{page.name}" for page in (ROOT / "docs" / shelf).glob("*.md")} <= listed
