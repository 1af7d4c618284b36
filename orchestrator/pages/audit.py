"""An audit as one HTML page that opens from disk. Pure."""

from orchestrator.audit.model import Audit, Label
from orchestrator.pages.page import asset, environment
from orchestrator.report.audited import EXPLAINED, MARKS, summary_line


def audit_page(found: Audit) -> str:
    """The page: what was measured beside the claims, then every claim, the worst first."""
    groups = [(label, [one for one in found.findings if one.label is label]) for label in Label]
    template = environment().get_template("audit.html.j2")
    return template.render(
        a=found, summary=summary_line(found), groups=groups, explained=EXPLAINED, marks=MARKS, css=asset("page.css")
    )
