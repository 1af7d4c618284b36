"""The names of the drivers. A task's process knows them without the plan's model, which is slow to load."""

from enum import StrEnum


class Driver(StrEnum):
    """How an agent's tasks are carried out."""

    PYTHON = "python"
    COMMAND = "command"
    ACP = "acp"
    HUMAN = "human"
    PULL = "pull"
