"""The examples of docs/python-api.md, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "python-api.md"


def test_every_example_of_the_page_runs(shell):
    assert shell("init", "plan.yaml").returncode == 0
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    (shell.folder / "page.py").write_text("\n".join(blocks), encoding="utf-8")
    argv = [sys.executable, "-W", "error", "page.py"]
    done = subprocess.run(
        argv, cwd=shell.folder, env=os.environ | shell.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
