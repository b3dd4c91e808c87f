"""The tables of docs/accuracy.rst, made from the rows of `accuracy.py`.

Models are rows and sets are columns; the best figure of a column is bold. If forecasts start from
several origins, tables that compare models use the sample of origins that each model has.
"""

import pandas as pd
from _baselines import MODELS
from _datasets import ETT_HORIZONS, SETS
from _process import MISSING, write

LEAD = "LSTMForecaster"  # the one that the page compares with the best of the others
NAMES = {
    "m4_hourly": "M4 hourly",
    "m1_yearly": "M1 yearly",
    "m1_quarterly": "M1 quarterly",
    "m1_monthly": "M1 monthly",
    "fred_md": "FRED-MD",
    "us_births": "US births",
    "vehicle_trips": "vehicle trips",
    "r": "R",
    **{f"etth1_{horizon}": f"ETTh1, {horizon} h" for horizon in ETT_HORIZONS},
}
MEASURES = {"m4_hourly": "OWA", **{f"etth1_{horizon}": "MSE" for horizon in ETT_HORIZONS}}
COVERAGES = ("80%", "95%")


def make_pages(rows, of_cutoffs, folder):
    """Write the tables of the page, one file each.

    Parameters
    ----------
    rows, of_cutoffs : pd.DataFrame
        The tables of `accuracy.py`: from the end of the training part, and from several cutoffs.
    folder : Path
        Where to write them.
    """
    compared, together = comparable(rows), of_cutoffs[of_cutoffs["part"] == "all"]
    for name, table in {
        "points": points(compared),
        "best": against_best(compared),
        "coverage": coverage(compared),
        "msis": bold(wide(compared, "MSIS"), "{:.2f}"),
        "pinball": bold(wide(compared, "pinball"), "{:.3f}"),
        "seconds": costs(compared),
        "origins": every_origin(rows),
        "cutoffs": bold(wide(together, "MASE"), "{:.3f}"),
        "cutoffs_coverage": coverage(together),
        "cutoffs_each": at_each_cutoff(of_cutoffs),
    }.items():
        write(table.rename(columns=NAMES), folder / f"accuracy_{name}.csv")


def comparable(rows):
    """Return the rows of the origins that every model has."""
    sampled = rows.loc[rows["part"] == "sample", "set"].unique()
    return rows[(rows["part"] == "sample") | ~rows["set"].isin(sampled)]


# -- shapes --------------------------------------------------------------------------------------


def wide(rows, measure):
    """Return a measure with a row for each model and a column for each set."""
    table = rows.pivot(index="model", columns="set", values=measure).dropna(how="all")
    models = [name for name in MODELS if name in table.index]
    return table.reindex(index=models, columns=[name for name in SETS if name in table])


def bold(table, form):
    """Return figures as text, the lowest of each column in bold."""
    lowest = table.min()

    def column(figures):
        texts = figures.map(form.format, na_action="ignore")
        best = texts == form.format(lowest[figures.name])
        return texts.where(~best, "**" + texts + "**")

    return as_rows(table.apply(column))


def as_rows(table):
    """Return a table with its index as the first column, and a sign for missing values."""
    return table.astype(object).where(table.notna(), MISSING).reset_index()


def beside(first, second, form):
    """Return the figures of two tables in one, as text."""
    texts = [t.map(form.format, na_action="ignore").astype(object) for t in (first, second)]
    return as_rows(texts[0] + "/" + texts[1])


# -- tables --------------------------------------------------------------------------------------


def main_measure(rows):
    """Return the measure that each set is known by, MASE if there is no other."""
    tables = {name: wide(rows, name) for name in ("MASE", "OWA", "MSE")}
    columns = {name: tables[MEASURES.get(name, "MASE")][name] for name in tables["MASE"]}
    return pd.DataFrame(columns, index=tables["MASE"].index)


def points(rows):
    """Return the accuracy of all models on all sets."""
    table = bold(main_measure(rows), "{:.3f}")
    return table.rename(columns={name: f"{NAMES[name]}, {m}" for name, m in MEASURES.items()})


def against_best(rows):
    """Return the ratio of our first model to the best of the others, the worst set first."""
    table = main_measure(rows)
    others = table[[not MODELS[name].ours for name in table.index]].dropna(axis=1, how="all")
    table = table[others.columns]
    ours = table.reindex([LEAD]).loc[LEAD]
    found = pd.DataFrame(
        {
            "set": [NAMES.get(name, name) for name in table],
            "measure": [MEASURES.get(name, "MASE") for name in table],
            LEAD: ours.to_numpy(),
            "best of the others": others.idxmin().to_numpy(),
            "its figure": others.min().to_numpy(),
        }
    )
    found["ratio"] = found[LEAD] / found["its figure"]
    found = found.sort_values("ratio", ascending=False, na_position="last", kind="stable")
    for name, form in {LEAD: "{:.3f}", "its figure": "{:.3f}", "ratio": "{:.2f}"}.items():
        found[name] = found[name].map(form.format, na_action="ignore")
    return found.astype(object).where(found.notna(), MISSING)


def coverage(rows):
    """Return the percentages of values within both intervals."""
    return beside(*(100 * wide(rows, name) for name in COVERAGES), "{:.0f}")


def at_each_cutoff(rows):
    """Return the coverage of our first model from each cutoff, the last one first."""
    rows = rows[(rows["model"] == LEAD) & (rows["part"] != "all")]
    rows = rows.assign(earlier=rows["part"].str.removeprefix("cutoff "))
    names = [name for name in SETS if name in set(rows["set"])]
    shares = (100 * rows.pivot(index="earlier", columns="set", values=c)[names] for c in COVERAGES)
    return beside(*shares, "{:.0f}").rename(columns={"earlier": "horizons before the end"})


def costs(rows):
    """Return the seconds on each set, and the most memory on any of them."""
    seconds = wide(rows, "seconds")
    table = seconds.map(lambda s: f"{s:,.1f}" if s < 9.95 else f"{s:,.0f}", "ignore")
    most = rows.groupby("model")["peak_mb"].max().reindex(table.index)
    return as_rows(table.assign(**{"memory, MB": most.map("{:,.0f}".format)}))


def every_origin(rows):
    """Return MSE and MAE of ETTh1 from every hour, as they are published."""
    names = [f"etth1_{horizon}" for horizon in ETT_HORIZONS]
    chosen = rows[(rows["part"] == "all") & rows["set"].isin(names)]
    ours = [name for name in MODELS if MODELS[name].ours and name in chosen["model"].to_numpy()]
    tables = [
        chosen.pivot(index="model", columns="set", values=name).reindex(index=ours, columns=names)
        for name in ("MSE", "MAE")
    ]
    return beside(*tables, "{:.3f}")
