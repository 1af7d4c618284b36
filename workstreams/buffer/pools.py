"""The pool's settings as data: one profile with only its pool replaced. Pure."""

import difflib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from encoder.profile import MOST_BUFFERS, PoolSettings, Profile

NEAR: Final = 0.03  # of the best throughput: what counts as no slower


def fixed(capacity: int) -> PoolSettings:
    """A pool that stays at `capacity` buffers."""
    return PoolSettings(capacity, adaptive=False, minimum=capacity, maximum=capacity)


def adaptive(capacity: int, workers: int, headroom: int = 8) -> PoolSettings:
    """A pool that starts at `capacity` and adapts by itself.

    Its least size is one buffer for each worker and one to fill. Its greatest is `headroom` times the start, which
    bounds the memory whatever the workload does.
    """
    minimum = min(capacity, workers + 1)
    return PoolSettings(capacity, adaptive=True, minimum=minimum, maximum=min(capacity * headroom, MOST_BUFFERS))


def with_pool(profile: Profile, pool: PoolSettings, name: str, description: str = "") -> Profile:
    """The same profile with another pool. Its output is the same to the byte."""
    return replace(profile, name=name, pool=pool, description=description or profile.description)


def smallest_near_best(throughput: dict[int, float]) -> int:
    """The smallest capacity whose throughput is within 3 % of the best. throughput: capacity → MB/s, not empty."""
    best = max(throughput.values())
    return min(capacity for capacity, speed in throughput.items() if speed >= (1 - NEAR) * best)


def save(profile: Profile, folder: Path) -> str:
    """Write the profile to `folder` and return its path, for a sample's spec."""
    path = folder / f"{profile.name}.json"
    path.write_text(profile.to_json(), encoding="utf-8")
    return str(path)


def changes(before: Profile, after: Profile) -> str:
    """The difference of two profiles' files, as a unified diff."""
    lines = difflib.unified_diff(
        before.to_json().splitlines(keepends=True),
        after.to_json().splitlines(keepends=True),
        f"profiles/{before.name}.json",
        f"profiles/{after.name}.json",
    )
    return "".join(lines)


def described(pool: PoolSettings) -> dict[str, int | bool]:
    """The settings as a JSON object."""
    return asdict(pool)
