"""What a line of prose demands: never a direction turned round, never a circumstance or a version read as a target."""

import pytest

from orchestrator.importers.demands import read_demands

READ = {
    "an arrow of two signs is from where to where": [
        ("Build time: 12min => 6min", ["<= 6 min"]),
        ("Build time: 12min -> 6min", ["<= 6 min"]),
        ("Hits per minute: 40 => 60", [">= 60 counts"]),
    ],
    "not worse by so much is at most so much": [
        ("Must not be slower than v1 by 10%", ["<= 10 %"]),
        ("Not slower than the baseline by 3%", ["<= 3 %"]),
    ],
    "at or below holds the bound itself": [
        ("Keep the error rate at or below 1%", ["<= 1 %"]),
        ("Keep coverage at or above 85%", [">= 85 %"]),
        ("Equal to or less than 20 ms", ["<= 20 ms"]),
    ],
    "a figure that is called a failure is one to keep below": [
        ("> 3 s is a failure", ["<= 3 s"]),
        ("Anything above 3 s fails", ["<= 3 s"]),
    ],
    "a share of what is beyond a figure is one demand": [
        ("No more than 3% of requests are slower than 500 ms", ["<= 3 %"]),
        ("At most 1% of requests may take longer than 2 s", ["<= 1 %"]),
        ("At least 80% of users finish in less than 2 minutes", [">= 80 %"]),
        ("At most 1% of requests fail, and p95 is less than 2 s", ["<= 1 %", "< 2 s"]),
    ],
    "a figure that opens the line is one, though its words open circumstances too": [
        ("At most 3 incidents, at least 99% uptime", ["<= 3 incidents", ">= 99 %"]),
        ("Under 200 ms p95, under 1% errors", ["< 200 ms", "< 1 %"]),
        ("Under 500 users, p95 < 2 s", ["< 2 s"]),
        ("Aucune r\u00e9gression", ["== 0 regressions"]),
    ],
    "none of something counts before the span or the set it is looked for in": [
        ("No errors in 24 h", ["== 0 errors"]),
        ("Zero regressions in 500 golden files", ["== 0 regressions"]),
        ("0 critical findings, fewer than 5 medium ones", ["== 0 findings", "< 5 counts"]),
    ],
    "a span without something is at least that long": [
        ("14 days without incident", [">= 336 h"]),
        ("30 days with no P1 incident", ["== 0 incidents", ">= 720 h"]),
    ],
    "a rate keeps its unit, and is no span": [
        ("Reduce on-call pages to under 2/week", ["< 2 counts"]),
        ("Downtime \u2264 5 min/month", ["<= 5 min"]),
        ("Export runs at 40 MB / s or more", [">= 40 MB/s"]),
    ],
    "a share of what is to be done is at least that": [
        ("95 % of dashboards migrated", [">= 95 %"]),
    ],
    "one is a number behind words that ask for one": [
        ("No more than one retry per task", ["<= 1 retries"]),
        ("At least one user", [">= 1 users"]),
        ("Less than one percent of requests fail", ["< 1 %"]),
    ],
    "at most may stand behind the noun": [
        ("2% false positives at most", ["<= 2 %"]),
        ("3 open findings or fewer", ["<= 3 findings"]),
    ],
    "what is today stands in brackets": [
        ("Cold start (4 s today): 1.5 s", ["<= 1.5 s"]),
        ("Cold start 1.5 s (was 4 s)", ["<= 1.5 s"]),
        ("Bundle shrinks from 2 MB to 600 kB", ["<= 600 kB"]),
    ],
    "an ordinal is no figure, and at most is said of the number behind it": [
        ("99th percentile at most 1 s, median at most 100 ms", ["<= 1 s", "<= 100 ms"]),
        ("max latency 500ms, min throughput 100 rps", ["<= 500 ms", ">= 100 requests/s"]),
        ("Max function length 50 lines", ["<= 50 lines"]),
        ("RTO 4h, RPO 15min", ["<= 4 h", "<= 15 min"]),
        ("Latency 200 ms, 500 rps", ["<= 200 ms"]),
    ],
    "twice and half are figures": [
        ("Twice as fast", [">= 2 x"]),
        ("Cut costs in half", [">= 50 %"]),
        ("Sub-100ms response", ["< 100 ms"]),
    ],
}
NOT_READ = {
    "a version": [
        "Supports Python 3.11+",
        "Python >= 3.10 supported",
        "Compatible with iOS 15 and above",
        "Requires Node >= 18",
        "Runs on Kubernetes 1.27+",
    ],
    "when something happens": [
        "Fails if memory exceeds 1 GB",
        "Warn when disk usage exceeds 80%",
        "Rejects uploads over 10 MB",
    ],
    "what may be or must be possible": [
        "Users can invite up to 10 people",
        "A user can upload files up to 5 GB",
        "Files up to 5 GB can be uploaded",
    ],
    "how much something is tried with": ["No timeouts for uploads of up to 30 minutes"],
    "so many of so many": [
        "1 error per 1,000 requests or fewer",
        "< 1 error per 1,000 requests",
        "Response within 2 business days",
    ],
    "a rank, an exception, or a distance": ["Rank in the top 10", "All but 5 tests pass", "10 % below budget"],
    "a name with zero": ["Zero-copy path in place", "Zero-trust network"],
}


@pytest.mark.parametrize(("text", "targets"), [case for cases in READ.values() for case in cases])
def test_a_figure_is_read_with_the_direction_that_its_words_give(text: str, targets: list[str]) -> None:
    assert [demand.target for demand in read_demands(text).read] == targets


@pytest.mark.parametrize("text", [text for texts in NOT_READ.values() for text in texts])
def test_a_figure_that_asks_for_nothing_measurable_is_no_criterion(text: str) -> None:
    assert read_demands(text).read == []


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("More than 90% of spam is rejected", ["> 90 %"]),
        ("Alerts fire within 1 min of a failure", ["<= 1 min"]),
        ("Supports 10,000+ users", [">= 10000 users"]),
        ("Supports files up to 5 GB", [">= 5 GB"]),
        ("NPS 40+", [">= 40 counts"]),
        ("Zero-downtime deploys", ["== 0 counts"]),
        ("Page loads in 3 seconds or less", ["<= 3 s"]),
        ("Score \u2265 4.5 / 5", [">= 4.5 counts"]),
        ("Fewer than 5 requests fail", ["< 5 requests"]),
    ],
)
def test_what_looks_like_these_and_is_plain_is_read_as_before(text: str, targets: list[str]) -> None:
    assert [demand.target for demand in read_demands(text).read] == targets
