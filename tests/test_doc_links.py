"""The HTML repr of each public class links to a page that the API reference makes."""

import re
from pathlib import Path

import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

import skrnn
from skrnn import (
    LSTMRegressor,
    SlidingWindowRegressor,
    adapters,
    forecasting,
)
from skrnn._urls import DOCS

API = Path(__file__).parents[1] / "docs/api.rst"
PUBLIC = [
    getattr(room, name)
    for room in (skrnn, forecasting, adapters)
    for name in room.__all__
    if isinstance(getattr(room, name), type)
]


def pages():
    """Return the pages of the API reference."""
    module = None
    for line in API.read_text(encoding="utf-8").splitlines():
        if line.startswith(".. currentmodule::"):
            module = line.split()[-1]
        elif re.fullmatch(r"   \w+", line):
            yield f"{DOCS}/generated/{module}.{line.strip()}.html"


@pytest.mark.parametrize("cls", PUBLIC)
def test_links_name_a_page(cls):
    thing = (
        cls(Ridge()) if issubclass(cls, skrnn.estimators.sliding_window._SlidingWindow) else cls()
    )
    link = re.search('href="([^"#]*)"', thing._repr_html_()).group(1)
    assert link in set(pages())
    assert link.endswith(f"{cls.__name__}.html")


def test_links_of_other_classes():
    class Mine(LSTMRegressor):
        pass

    assert "readthedocs" not in Mine()._repr_html_()
    html = make_pipeline(SlidingWindowRegressor(LSTMRegressor()))._repr_html_()
    for name in ("LSTMRegressor", "SlidingWindowRegressor"):
        assert f"{DOCS}/generated/skrnn.{name}.html" in html
