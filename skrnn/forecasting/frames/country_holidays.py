"""Holidays of a country, from the package holidays."""

from __future__ import annotations

YEARS_AHEAD = 25  # after the training data, for later updates and horizons


def country_holidays(code, first, last):
    """Return the names of the holidays of a country by date.

    Parameters
    ----------
    code : str
        Country, or country and subdivision: "DE" or "US-CA".
    first, last : numpy.datetime64[D]
        First and last day of the training data.

    Raises
    ------
    ImportError
        If the package holidays is not installed.
    ValueError
        If it does not know the country or the subdivision.
    """
    try:
        from holidays import country_holidays, list_supported_countries
    except ImportError as error:
        raise ImportError(
            f"holidays={code!r} needs the package holidays, which is not installed; install it "
            "with pip install 'skrnn[holidays]', or pass dates."
        ) from error
    begin, end = (int(day.astype("M8[Y]").astype(int)) + 1970 for day in (first, last))
    country, _, subdivision = code.partition("-")
    years = range(begin - 1, end + YEARS_AHEAD + 1)
    known = list_supported_countries()
    if country not in known:
        raise ValueError(
            f"holidays={code!r} is no country of the package holidays; pass a code such as 'DE' or "
            "'US-CA', or dates."
        )
    if subdivision and subdivision not in known[country]:
        raise ValueError(
            f"holidays={code!r} is unknown: {country} has the subdivisions {known[country]}."
        )
    return dict(country_holidays(country, subdiv=subdivision or None, years=years))
