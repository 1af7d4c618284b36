import pytest

from workstreams.streaming.suite import NoTestsError, Tally, find, integration_tests, read_junit


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project" / "tests" / "unit" / "encoder" / "stream"
    folder.mkdir(parents=True)
    (folder / "test_encoder.py").write_text(
        "import pytest\n"
        "def test_good(): assert True\n"
        "def test_bad(): assert False\n"
        "@pytest.mark.skip(reason='not here')\n"
        "def test_skipped(): assert False\n"
    )
    return tmp_path / "project"


def test_failed_and_skipped_tests_are_failures_and_the_task_goes_on(context, project):
    ctx = context("B.integration-tests", {}, project=project)
    integration_tests(ctx)
    assert ctx.of("streaming.test_failures") == {"values": [2], "cases": 3}
    assert read_junit(ctx.artifacts["junit.xml"]) == Tally(tests=3, failed=1, skipped=1)
    assert "test_bad" in ctx.artifacts["pytest.log"].read_text()
    assert not list(project.rglob(".pytest_cache"))


def test_a_project_without_such_tests_is_no_success(context, tmp_path):
    assert find(tmp_path) == []
    with pytest.raises(NoTestsError, match="checkout"):
        integration_tests(context("B.integration-tests", {}, project=tmp_path))


def test_an_empty_report_counts_nothing(tmp_path):
    (tmp_path / "junit.xml").write_text("<testsuites/>")
    assert read_junit(tmp_path / "junit.xml") == Tally(0, 0, 0)
