"""What README and guide show, runs: the Python blocks of a page in order, as one session."""

import re
from inspect import cleandoc
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "docs/user_guide/write_your_own.rst"]
MARKDOWN = re.compile(r"^```(python|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)
REST = re.compile(r"^\.\. code-block:: (python|text)\n\n((?: +.*\n|\n)+)", re.MULTILINE)


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("page", PAGES)
def test_blocks_run(page, monkeypatch, tmp_path, capsys):
    """The text after a Python block is what it prints."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(tmp_path)
    text, session = (ROOT / page).read_text("utf-8"), {"__name__": "page"}
    blocks = list((MARKDOWN if page.endswith(".md") else REST).finditer(text))
    assert any(block[1] == "python" for block in blocks)
    printed = ""
    for block in blocks:
        if block[1] == "text":
            assert not printed or words(block[2]) in words(printed)
            continue
        # A traceback names the line of the page.
        above = "\n" * text.count("\n", 0, block.start(2))
        code = block[2] if page.endswith(".md") else cleandoc("\n" + block[2])
        exec(compile(above + code, page, "exec"), session)
        printed = capsys.readouterr().out
