"""Secrets are masked whatever they are called, wherever they stand, and however a stream is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.measurement import Evidence, Measurement, Samples
from orchestrator.secrets import MASK, MaskedStream, dotenv_variables, known_secrets, looks_secret, mask, mask_within
from orchestrator.state.events import TaskNoted

KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEA7\n" * 20 + "-----END RSA PRIVATE KEY-----"
TOKENS = [
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "A1b2_" * 8,
    "glpat-" + "x" * 20,
    "sk-ant-api03-" + "Zz9_" * 10,
    "sk_live_" + "a" * 24,
    "xoxb-123456789012-abcdefghij",
    "AKIA" + "ABCDEFGH12345678",
    "AIza" + "a" * 35,
    "npm_" + "a" * 36,
    "pypi-" + "A" * 60,
    "hf_" + "a" * 34,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9",
    KEY,
]


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:12])
def test_what_looks_like_a_token_is_masked_in_a_text(token):
    assert mask(f"before {token} after") == f"before {MASK} after"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abcdefghijklmnop1234", f"Authorization: Bearer {MASK}"),
        ("postgres://me:s3cr3t@db/x", f"postgres://me:{MASK}@db/x"),
        ("export DEPLOY_API_TOKEN='abcdef123'", f"export DEPLOY_API_TOKEN='{MASK}'"),
    ],
)
def test_only_the_secret_part_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "done in 3 s",
        "sk-learn",
        "https://example.org:8080/a",
        "key = 5",
        "eyJ",
        "the token is gone",
        "TOKEN=",
        "gh_actions",
        "é" * 30,
    ],
)
def test_what_is_none_stays(text):
    assert mask(text) is text


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN",
        "API_TOKEN",
        "github_token",
        "DB_PASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "SSH-KEY",
        "apiToken",
        "CREDENTIALS",
        "MY_PASS",
        "NPM_AUTH",
    ],
)
def test_a_name_that_looks_secret(name):
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["PATH", "PWD", "KEYBOARD", "MONKEY", "AUTHOR", "COMPASS", "LANG", "TOKENIZER"])
def test_a_name_that_does_not(name):
    assert not looks_secret(name)


def test_known_values_are_those_of_secret_names_and_of_references():
    variables = {"API_TOKEN": "abcdef", "PLAIN": "xyz", "OTHER": "o" * 9, "SHORT_KEY": "1", "PATH": "/usr/bin"}
    assert known_secrets(variables, ["PLAIN"]) == ("abcdef", "xyz")


def test_the_entries_of_an_env_file_are_read():
    assert dotenv_variables("# c\nA=1\nexport API_KEY='x y'\n\nnonsense\n") == {"A": "1", "API_KEY": "x y"}


SECRETS = [*TOKENS, "hunter2-known", "two words known", "line one of it\nline two of it"]
KNOWN = ("line one of it\nline two of it", "two words known", "hunter2-known")


@given(
    st.lists(st.sampled_from(SECRETS) | st.text("ab \n", max_size=30), max_size=12),
    st.lists(st.integers(1, 200), min_size=1, max_size=60),
)
def test_a_stream_cut_anywhere_is_masked_as_the_whole(parts, sizes):
    text = " ".join(parts).encode()
    stream, out, place = MaskedStream(KNOWN), b"", 0
    for size in sizes:
        out += stream.feed(text[place : place + size])
        place += size
    out += stream.feed(text[place:]) + stream.flush()
    assert not any(secret.encode() in out for secret in SECRETS)
    assert out.decode() == mask(text.decode(), KNOWN)


def test_a_line_without_an_end_is_passed_on_and_its_memory_is_bounded():
    stream, out = MaskedStream(("hunter2-known",)), b""
    for _ in range(200):
        out += stream.feed(b"x" * 997 + b"hunter2-known")
    assert len(out) > 150_000
    assert b"hunter2" not in out + stream.flush()


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=10))
def test_bytes_without_a_secret_come_out_as_they_went_in(data, sizes):
    stream, out, place = MaskedStream(), b"", 0
    for size in sizes:
        out += stream.feed(data[place : place + size])
        place += size
    assert out + stream.feed(data[place:]) + stream.flush() == data


def test_texts_within_events_are_masked_and_the_rest_is_the_same_object():
    note = TaskNoted("A.t", 1, "the token is hunter2-known")
    masked = mask_within(note, lambda text: mask(text, KNOWN))
    assert masked.text == f"the token is {MASK}"
    left = Evidence((Measurement("m", "ms", Samples((1.0, 2.0)), "with hunter2-known"),))
    assert MASK in mask_within(left, lambda text: mask(text, KNOWN)).measurements[0].method
    plain = Evidence((Measurement("m", "ms", Samples((1.0, 2.0)), "by hand"),))
    assert mask_within(plain, lambda text: mask(text, KNOWN)) is plain
