"""Plans as YAML that the plan's reader takes for the same data."""

from typing import Final

import yaml

from orchestrator.plan.spelling import scalar, spell, trap

BREAKS: Final = "\x85\u2028\u2029\ufeff"
"""YAML's own ends of lines beside those of ASCII, and the mark of byte order: as they are, they would be read as a
space, or not at all.
"""


class PlanDumper(yaml.SafeDumper):
    """Writes YAML that the plan's reader takes for the same data: texts that look like numbers in quotes, numbers
    in full.
    """


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = scalar(text) is text and trap(text) is None and not any(sign in text for sign in BREAKS)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _float(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", spell(value))


PlanDumper.add_representer(str, _text)
PlanDumper.add_representer(float, _float)
