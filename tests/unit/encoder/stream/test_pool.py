import threading
import time
from pathlib import Path

import pytest

from encoder.profile import PoolSettings
from encoder.stream.pool import GlyphBufferPool, PoolError, PoolLeakError, PoolTimeoutError
from encoder.stream.pool_sizing import WINDOW

FIXED = PoolSettings(2, adaptive=False, minimum=2, maximum=2)


def never():
    return False


def test_a_released_buffer_is_leased_again():
    with GlyphBufferPool(1000, FIXED) as pool:
        for _ in range(5):
            with pool.lease() as lease:
                assert len(lease.buffer) == 1000
                lease.buffer[999] = 1
        seen = pool.statistics
    assert (seen.leases, seen.allocations, seen.reuses, seen.peak_in_flight) == (5, 1, 4, 1)
    assert (seen.allocated_bytes, seen.held_bytes, seen.outstanding) == (1000, 1000, 0)
    assert pool.statistics.held_bytes == 0


def test_no_buffer_is_allocated_before_it_is_leased():
    with GlyphBufferPool(1000, FIXED) as pool:
        assert pool.statistics.allocations == 0


def test_a_full_pool_makes_the_next_lease_wait_until_one_is_released():
    with GlyphBufferPool(1000, FIXED) as pool:
        first, second = pool.lease(), pool.lease()
        threading.Timer(0.05, first.release).start()
        began = time.monotonic()
        third = pool.lease(timeout=10)
        assert time.monotonic() - began > 0.03
        assert pool.statistics.waits == 1
        assert pool.statistics.wait_seconds > 0.03
        assert pool.statistics.in_flight_bytes == pool.statistics.peak_in_flight_bytes == 2000
        second.release()
        third.release()


def test_waiting_longer_than_the_timeout_is_an_error_that_says_the_mend():
    with GlyphBufferPool(1000, FIXED) as pool, pool.lease(), pool.lease():
        with pytest.raises(PoolTimeoutError, match="all 2 buffers stayed leased"):
            pool.lease(timeout=0.01)
        assert pool.statistics.waits == 1


def test_an_adaptive_pool_grows_only_while_consumers_starve():
    with GlyphBufferPool(10, PoolSettings(1, adaptive=True, minimum=1, maximum=2)) as pool:
        first = pool.lease()
        with pytest.raises(PoolTimeoutError):
            pool.lease(timeout=0.01, starved=never)
        second = pool.lease(timeout=1)
        with pytest.raises(PoolTimeoutError):
            pool.lease(timeout=0.01)
        seen = pool.statistics
        first.release()
        second.release()
    assert (seen.capacity, seen.grown, seen.waits, seen.starved_waits) == (2, 1, 3, 2)


def test_a_nudge_makes_a_waiting_lease_look_at_its_consumers_again():
    starving = threading.Event()
    with GlyphBufferPool(10, PoolSettings(1, adaptive=True, minimum=1, maximum=2)) as pool, pool.lease():
        timer = threading.Timer(0.02, lambda: (starving.set(), pool.nudge()))
        timer.start()
        with pool.lease(timeout=5, starved=starving.is_set):
            assert pool.statistics.grown == 1
        timer.join()


def test_an_idle_adaptive_pool_shrinks_and_gives_the_memory_back():
    with GlyphBufferPool(10, PoolSettings(8, adaptive=True, minimum=2, maximum=8)) as pool:
        leases = [pool.lease() for _ in range(8)]
        for lease in leases:
            lease.release()
        assert pool.statistics.held_bytes == 80
        for _ in range(3 * WINDOW):
            pool.lease().release()
        seen = pool.statistics
    assert (seen.capacity, seen.peak_capacity, seen.held_bytes) == (2, 8, 20)
    assert seen.shrunk >= 1


def test_closing_with_a_lease_outstanding_is_reported_as_a_leak():
    pool = GlyphBufferPool(10, FIXED)
    lease = pool.lease()
    with pytest.raises(PoolLeakError, match="1 leases were never released"):
        pool.close()
    lease.release()
    assert pool.statistics.held_bytes == 0
    pool.close()


def test_an_error_inside_the_pools_block_is_not_hidden_by_the_leak_it_caused():
    def leak_and_fail():
        with GlyphBufferPool(10, FIXED) as pool:
            pool.lease()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        leak_and_fail()


def test_a_closed_pool_leases_nothing_and_wakes_who_waits():
    pool = GlyphBufferPool(10, PoolSettings(1, adaptive=False, minimum=1, maximum=1))
    lease = pool.lease()
    errors = []

    def wait():
        try:
            pool.lease()
        except PoolError as error:
            errors.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.02)
    with pytest.raises(PoolLeakError):
        pool.close()
    waiter.join(5)
    lease.release()
    assert [str(error) for error in errors] == ["the pool is closed; make a new one"]


def test_a_buffer_cannot_be_used_after_its_lease_and_a_second_release_does_nothing():
    with GlyphBufferPool(10, FIXED) as pool:
        lease = pool.lease()
        lease.release()
        lease.release()
        assert pool.statistics.outstanding == 0
        with pytest.raises(PoolError, match="lease has ended"):
            _ = lease.buffer


def test_a_view_kept_too_long_does_not_crash_when_its_buffer_is_freed():
    pool = GlyphBufferPool(10, FIXED)
    lease = pool.lease()
    kept = lease.buffer[:5]
    lease.release()
    pool.close()
    assert bytes(kept) == bytes(5)


def test_the_observer_is_told_every_leases_size_and_times():
    seen = []
    with GlyphBufferPool(64, FIXED, observer=seen.append) as pool:
        pool.lease().release()
        pool.lease().release()
    assert [(record.size, record.fresh) for record in seen] == [(64, True), (64, False)]
    assert all(record.released_at >= record.acquired_at for record in seen)


@pytest.mark.parametrize(
    "settings",
    [PoolSettings(0, False, 0, 1), PoolSettings(5, False, 1, 4), PoolSettings(1, False, 2, 4)],
)
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(PoolError, match="cannot be"):
        GlyphBufferPool(10, settings)


def test_many_threads_never_hold_more_than_the_capacity():
    held, peak, lock = [0], [0], threading.Lock()
    with GlyphBufferPool(16, PoolSettings(3, adaptive=False, minimum=3, maximum=3)) as pool:

        def churn():
            for _ in range(200):
                with pool.lease(timeout=10):
                    with lock:
                        held[0] += 1
                        peak[0] = max(peak[0], held[0])
                    with lock:
                        held[0] -= 1

        threads = [threading.Thread(target=churn) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert pool.statistics.leases == 1600
    assert peak[0] <= 3


def test_a_buffer_takes_no_memory_that_was_never_filled():
    size = 256 << 20
    before = int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    with GlyphBufferPool(size, PoolSettings(1, False, 1, 1)) as pool, pool.lease() as lease:
        lease.buffer[:1000] = bytes(1000)
        grown = int(Path("/proc/self/statm").read_text().split()[1]) * 4096 - before
    assert grown < size // 4
