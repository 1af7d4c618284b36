"""A notifier for `orchestrate`: a line in a file for all that is told."""

from pathlib import Path

from orchestrator.telling.news import News


class FileNotifier:
    """Appends to the file that the address names. Whoever follows it is told."""

    name = "file"

    def problem(self, address: str) -> str | None:
        """Why it could not write there, with the mend. Nothing is sent, and nothing has run yet."""
        if not Path(address).parent.is_dir():
            return "the folder of this file is not there\n  mend: make it, or name a file in another one"
        return None

    def send(self, address: str, news: News) -> None:
        """One line. What it raises is told without the address, and changes nothing in the run."""
        with Path(address).open("a", encoding="utf-8") as file:
            file.write(f"{news.subject} {news.tone}: {news.title}\n")
