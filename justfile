# `just` lists these; each is also a plain command that you can copy.

default:
    @just --list

# Every check that gates a landing, in a fresh environment
ci:
    bash .ci/run

# Static checks and tests in the environment you are in
check:
    bash .ci/check
    pytest

# The tests with the oldest release that pyproject.toml allows of every dependency, in a fresh environment
lowest *ARGS:
    bash .ci/lowest {{ARGS}}

# Write the lock files again after a change of pyproject.toml's dependencies; needs uv
locks:
    locks/compile

# The encoder's tests with kernels that numba compiles, in place of their library
jit:
    ENCODER_KERNELS=jit pytest tests/golden tests/unit/encoder tests/property/test_block_roundtrip.py tests/property/test_document_roundtrip.py

# The library of kernels in this checkout, as `pip install .` builds it; good until a kernel is edited
kernels:
    python -m building.make

# The heavy tests that a landing does not wait for
slow:
    pytest -m slow

# The HTML page in a real Chromium; needs the extra `browser` and a Chromium on the PATH
browser:
    pytest -m browser

# A real agent against a scripted model on loopback: codex (fetches some 460 MB from npm), gemini, claude, opencode, qwen, vibe
agents name="codex":
    bash .ci/real-agent "${TMPDIR:-/tmp}/orchestrate-real-agent" {{name}}

# Draw the phase plan again after editing it
draw:
    orchestrate graph plans/phase4a3.yaml -f mermaid -o plans/phase4a3.mmd

# Keep the golden files of the released formats current (only when a format really changes)
golden:
    python tests/golden/block/regenerate.py
    python tests/golden/glyph/regenerate.py
