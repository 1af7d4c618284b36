"""The names of the drivers. They are separate from the plan's model, which is slow to load, so a task's process can use
them.
"""

from enum import StrEnum


class Driver(StrEnum):
    """How an agent's tasks are carried out."""

    PYTHON = "python"
    COMMAND = "command"
    ACP = "acp"
    HUMAN = "human"
    PULL = "pull"
