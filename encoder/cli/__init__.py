"""The `glyph` command: `encode`, `decode`, `cat`, `info`, `bench` and `warm`; it starts in `encoder.cli.start`."""
