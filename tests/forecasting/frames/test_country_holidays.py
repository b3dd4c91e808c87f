"""Holidays of a country, by its code."""

import sys

import numpy as np
import pandas as pd
import pytest
from forecasting.series import index_of, quick

from skrnn import Covariates
from skrnn.forecasting.frames.calendar import Calendar
from skrnn.forecasting.frames.index import SeriesIndex

DAYS = pd.date_range("2021-01-01", "2023-12-31", freq="D")


def calendar(code):
    return Calendar.of(None, code, SeriesIndex.of(pd.Series(0.0, DAYS)))


class TestWithThePackage:
    @pytest.fixture(autouse=True)
    def package(self):
        return pytest.importorskip("holidays", reason="holidays is an extra")

    def test_the_dates_are_those_of_the_package(self, package):
        found = calendar("DE").holidays.days
        expected = package.country_holidays("DE", years=range(2021, 2027))
        assert set(found) == set(expected.values())
        for name, dates in found.items():
            within = [day for day, names in expected.items() if names == name]
            assert set(np.array(within, dtype="M8[D]")) <= set(dates)

    def test_of_a_subdivision(self):
        assert len(calendar("DE-BY").holidays.days) > len(calendar("DE").holidays.days)

    def test_forecasts_are_as_with_the_dates(self, package):
        y = pd.Series(np.sin(np.arange(len(DAYS))), DAYS)[-200:]
        table = dict(package.country_holidays("US", years=range(2022, 2026)))
        by_code, by_dates = (
            quick(covariates=Covariates(holidays=given)).fit(y, fh=[1, 2, 3]).predict()
            for given in ("US", table)
        )
        assert by_code.equals(by_dates)

    def test_they_reach_far_horizons(self, recwarn):
        holidays = calendar("DE").holidays
        holidays.warn_of_end(np.array(["2048-12-30"], dtype="M8[D]"))
        assert not recwarn.list

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("XX", "holidays='XX' is no country of the package holidays; pass a code such as 'DE'"),
            ("US-ZZ", "holidays='US-ZZ' is unknown: US has the subdivisions"),
            ("2021-01-01", "is no country"),
        ],
    )
    def test_unknown_codes(self, code, message):
        with pytest.raises(ValueError, match=message):
            calendar(code)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    message = r"holidays='DE' needs the package holidays, .* pip install 'skrnn\[holidays\]'"
    with pytest.raises(ImportError, match=message):
        Calendar.of(None, "DE", index_of("D", 50))
