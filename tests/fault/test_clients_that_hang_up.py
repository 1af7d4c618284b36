"""What clients of `orchestrate serve` may do, and the server goes on without a word."""

import contextlib
import json
import socket
import struct
from urllib.request import urlopen

RESET = struct.pack("ii", 1, 0)


def talk(port, said, *, reset):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(said)
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def test_clients_that_hang_up_at_any_byte_leave_no_word_and_the_next_is_served(shell):
    shell.plan([{"id": "a", "command": ["true"]}])
    assert shell("run", "-q", "plan.yaml").returncode == 0
    run = shell.runs()[-1]["run"]
    serving = shell.start("serve", "--port", "0", "--json")
    url = json.loads(serving.stdout.readline())["url"]
    port = int(url.rstrip("/").rpartition(":")[2])
    whole = f"GET /runs/{run} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    odd = [
        b"",
        b"\0\xff\r\n\r\n",
        b"GET " + b"/" * 70_000,
        b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ]
    for said in (*odd, *(whole[:end] for end in range(0, len(whole) + 1, 9)), whole, whole):
        for reset in (True, False):
            with contextlib.suppress(OSError):
                talk(port, said, reset=reset)
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    with urlopen(f"{url}runs/{run}", timeout=60) as page:
        assert page.status == 200
    for client in idle:
        client.close()
    serving.terminate()
    assert (serving.communicate(timeout=60)[1], serving.returncode) == ("", 143)


def test_a_page_that_cannot_be_made_says_so_and_the_others_are_served(tmp_path, monkeypatch):
    from orchestrator.answers import Pages

    def broken(_self):
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(Pages, "standing", broken)
    answer = Pages(tmp_path).answer("/")
    assert (answer.status, "odd" in answer.body) == (500, True)
