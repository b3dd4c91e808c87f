"""What the README shows, runs: its Python blocks in order, as one session."""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_python_blocks_run(monkeypatch, tmp_path):
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(tmp_path)
    text, session = README.read_text("utf-8"), {}
    blocks = list(re.finditer(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    assert blocks
    for block in blocks:
        above = "\n" * text.count("\n", 0, block.start(1))  # a traceback names the README's line
        exec(compile(above + block[1], str(README), "exec"), session)
