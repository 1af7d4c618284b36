"""The `glyph` command: `encode`, `decode`, `cat`, `info` and `bench`; the verbs' modules are loaded when they are used."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 damaged data, a limit or an i/o error, 2 usage."""
    from encoder.cli.app import app  # noqa: PLC0415 - `encoder.cli` itself stays light

    app(prog_name="glyph")
