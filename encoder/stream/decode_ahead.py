"""Decode blocks ahead of the reader: bounded and in order. An error is raised when the reader reaches its block."""

import os
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from encoder.container.blocks import Block
from encoder.errors import GlyphError

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Fetch = Callable[[], Block | None]
Decode = Callable[[Block], bytes]


class DecodeAhead:
    """Fetches blocks in the caller's thread, decodes them in `threads` others, gives them out in order.

    fetch: the next block, None at the end. decode: its bytes; may be called by several threads at once. At most
    `threads` + 1 blocks are in flight. The first block is decoded by the caller alone, so that one that reads here and
    there pays for no block but its own; with one thread, every block is.
    """

    def __init__(self, fetch: Fetch, decode: Decode, threads: int) -> None:
        self._fetch: Final = fetch
        self._decode: Final = decode
        self._threads: Final = threads
        self._pending: Final[deque[tuple[Block | None, Future[bytes]]]] = deque()
        self._executor: ThreadPoolExecutor | None = None
        self._alone = True
        self._ended = False
        self._process: Final = os.getpid()

    def next(self) -> tuple[Block, bytes] | None:
        """The next block and its bytes; None at the end. Raises what fetching or decoding that block raised.

        Raises GlyphError in a process that was forked after threads had begun, which that one lacks.
        """
        if self._executor is not None and os.getpid() != self._process:
            raise GlyphError(
                f"the threads of this decoder are in process {self._process}; open the file anew in this one"
            )
        if self._alone or self._threads == 1:
            self._alone = False
            block = self._fetch()
            return None if block is None else (block, self._decode(block))
        self._fill()
        if not self._pending:
            return None
        block, future = self._pending.popleft()
        raw = future.result()
        assert block is not None, "only a failed fetch has none, and its result raises"
        return block, raw

    def close(self) -> None:
        """Drop what is in flight and end the threads."""
        self._ended = True
        self._pending.clear()
        executor, self._executor = self._executor, None
        if executor is not None and os.getpid() == self._process:
            executor.shutdown(cancel_futures=True)

    def _fill(self) -> None:
        while not self._ended and len(self._pending) <= self._threads:
            try:
                block = self._fetch()
            except Exception as error:  # noqa: BLE001 - raised when the reader has come to it
                from concurrent.futures import Future  # noqa: PLC0415 - as below

                failed: Future[bytes] = Future()
                failed.set_exception(error)
                self._pending.append((None, failed))
                self._ended = True
                return
            if block is None:
                self._ended = True
                return
            if self._executor is None:
                from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - which one thread does not load

                self._executor = ThreadPoolExecutor(self._threads, "glyph-decoder")
            self._pending.append((block, self._executor.submit(self._decode, block)))
