"""`python -m encoder` is the `glyph` command."""

from encoder.cli.start import main

if __name__ == "__main__":
    main()
