"""Bytes in, glyphs out: a lossless encoder for logs, JSON, CSV and any other bytes.

    >>> import encoder
    >>> encoder.decode(encoder.encode(b"any bytes"))
    b'any bytes'

Only `__init__.pyi` lists the public names. Everything is loaded on first use, so `import encoder` costs next to
nothing. If fsspec is already imported, `compression="glyph"` is registered at once. Otherwise import
`encoder.fsspec_codec`.
"""

import sys
from importlib import import_module


def __getattr__(name):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - PEP 562; `__init__.pyi` has the types
    """A public name, kept from then on; `__all__` too. Raises AttributeError."""
    if name == "__all__":
        value = sorted(_homes())
    elif name.startswith("__") or name not in _homes():
        raise AttributeError(f"module 'encoder' has no attribute {name!r}")
    else:
        value = getattr(import_module(_homes()[name]), name)
    globals()[name] = value
    return value


def __dir__():  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
    return sorted(_homes())


_HOMES = {}


def _homes():  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
    """The module of each public name, as the stub beside this file imports it."""
    if not _HOMES:
        import ast  # noqa: PLC0415 - few need it that have not loaded it already

        stub = ast.parse(__spec__.loader.get_data(f"{__path__[0]}/__init__.pyi"))
        imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
        _HOMES.update({alias.name: node.module for node in imports for alias in node.names})
    return _HOMES


if "fsspec.compression" in sys.modules:
    import_module("encoder.fsspec_codec")
