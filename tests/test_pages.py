"""The Python blocks of README and of each page of the documentation run, in order, as one session.

A block that a test cannot run has the option ``:class: not-run``, and one that runs where a package
is installed ``:class: needs-PACKAGE``.
"""

import re
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path

import pytest
from selection import mainly

ROOT = Path(__file__).parents[1]
MARKDOWN = re.compile(r"^```(?P<language>python|text)\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE)
REST = re.compile(
    r"^(?P<indent> *)\.\. code-block:: (?P<language>python|text)\n"
    r"(?P<options>((?P=indent) +:.*\n)*)\n"
    r"(?P<code>((?P=indent) +.*\n|\n)+)",
    re.MULTILINE,
)
BUILT = {"_build", "auto_examples", "generated"}
SLOW = {"docs/user_guide/covariates.rst", "docs/user_guide/parallel.rst"}


def blocks(text, page):
    """Return language, code and line of the blocks that run, and of what they print."""
    text += "\n"  # editors leave out the last one
    for block in (MARKDOWN if page.endswith(".md") else REST).finditer(text):
        if runs(block.groupdict().get("options") or ""):
            line = text.count("\n", 0, block.start("code"))
            yield block["language"], cleandoc("\n" + block["code"]), line


def runs(options):
    """Whether a block with these options runs here."""
    needed = re.search(r":class: needs-(\w+)", options)
    return ":class: not-run" not in options and (needed is None or find_spec(needed[1]) is not None)


def pages():
    """Return README and the pages with Python blocks."""
    found = []
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.rst"))]:
        page, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if not BUILT & set(path.parts) and re.search(r"(code(-block)?:: *|```)python", text):
            found.append(page)
    return found


def words(text):
    """Return the words, without the figures of a training, which depend on the machine."""
    return " ".join(re.sub(r"\d+(?=%)|(?<=after epoch )\d+", "?", text).split())


@pytest.mark.parametrize("page", mainly(set(pages()) - SLOW, pages()))
def test_blocks_run(page, monkeypatch, tmp_path, capsys):
    """The text after a Python block is what it prints."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(tmp_path)
    session, printed = {"__name__": "page"}, ""
    for language, code, line in blocks((ROOT / page).read_text("utf-8"), page):
        if language == "text":
            assert not printed or words(code) in words(printed)
            continue
        exec(compile("\n" * line + code, page, "exec"), session)  # tracebacks name the line
        printed = capsys.readouterr().out


def test_all_python_blocks_are_found():
    text = """
.. code-block:: python

   a = 1

- A list

  .. code-block:: python
     :caption: With an option

     b = 2

     c = 3

.. code-block:: python
   :class: not-run

   d = 4

.. code-block:: python
   :class: needs-a_package_that_nobody_has

   e = 5

.. code-block:: text

   e"""
    found = [("python", "a = 1", 3), ("python", "b = 2\n\nc = 3", 10), ("text", "e", 26)]
    assert list(blocks(text, "page.rst")) == found


@pytest.mark.parametrize("page", pages())
def test_no_block_is_missed(page):
    text = (ROOT / page).read_text("utf-8")
    n_blocks = len(re.findall(r"(code(-block)?:: *|```)python", text))
    n_found = sum(language == "python" for language, *_ in blocks(text, page))
    n_left_out = sum(
        not runs(option) for option in re.findall(r":class: (?:not-run|needs-\w+)", text)
    )
    assert n_found + n_left_out == n_blocks
