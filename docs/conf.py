"""Sphinx configuration. Nothing is fetched during the build."""

import inspect
import os
import re
import sys
from pydoc import locate

from numpydoc.docscrape import NumpyDocString
from sphinx.util.logging import getLogger

import skrnn

logger = getLogger(__name__)
os.environ["MPLBACKEND"] = "agg"

project = "skrnn"
author = copyright = "the skrnn developers"
release = version = skrnn.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "**/sg_execution_times.rst", "sg_execution_times.rst"]
templates_path = ["_templates"]
add_module_names = False

numpydoc_show_class_members = False
python_maximum_signature_line_length = 88
autodoc_typehints = "none"  # the docstrings tell the types

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "ignore_pattern": r"^_",
    "filename_pattern": r"/plot_",  # run; the others are shown
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "ignore_repr_types": "matplotlib",
    "image_srcset": ["2x"],
    "parallel": 2,
    "min_reported_time": 1e9,
}

html_theme = "pydata_sphinx_theme"
html_title = "skrnn"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
# Pages without subpages, and those whose code needs the width.
html_sidebars = {"accuracy": [], "install": [], "auto_examples/*": []}
html_theme_options = {
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "show_prev_next": False,
}


# The methods that a class page describes, in this order. The others are in a table below them.
autosummary_context = {
    "used_first": [
        "fit",
        "predict",
        "predict_interval",
        "predict_quantiles",
        "predict_proba",
        "predict_var",
        "predict_step",
        "sample_paths",
        "update",
        "update_predict",
        "update_predict_single",
        "backtest",
        "feature_importances",
        "score",
        "align_targets",
        "partial_fit",
        "pretrain",
        "fit_predict",
        "predict_residuals",
        "get_params",
        "set_params",
    ]
}
PACKAGES = {"skrnn": project, "sklearn": "scikit-learn", "sktime": "sktime", "skbase": "sktime"}
TESTS_ONLY = {"get_test_params", "create_test_instance", "create_test_instances_and_names"}


def skip_member(app, what, name, obj, skip, options):
    """Leave out defaults of parameters, and what only the tests of sktime call."""
    if name in TESTS_ONLY or not (callable(obj) or isinstance(obj, property)):
        return True
    return None  # as without this function: private names are left out, too


def shorten_inherited(app, what, name, obj, options, lines):
    """Keep the summary, parameters and results of what scikit-learn and sktime document."""
    if what not in ("method", "property"):
        return
    package = documented_in(name)
    if package == project:
        return
    given, short = NumpyDocString("\n".join(lines)), NumpyDocString("")
    for section in ("Summary", "Parameters", "Returns"):
        short[section] = given[section]
    short["Extended Summary"] = [f"Inherited from {package}."]
    text = re.sub(
        r":(?:term|ref):`([^`<]+?)(?: <.*?>)?`", r"\1", str(short)
    )  # targets of their site
    text = re.sub(r"(?<![`\w])([\w.]+)_(?![\w`])", r"\1\_", text)  # attributes, not links
    lines[:] = text.splitlines()


def documented_in(name):
    """Return the package whose docstring a method or property of a class has."""
    path, _, member = name.rpartition(".")
    for base in locate(path).__mro__:
        if member in vars(base):
            found = getattr(base, member)
            found = inspect.unwrap(getattr(found, "fget", found))
            if found.__doc__:
                return PACKAGES[found.__module__.partition(".")[0]]
    return project


def head_parameters(app, what, name, obj, options, lines):
    """Put a heading before each group of parameters, whose order the docstring tells."""
    names = list(inspect.signature(obj).parameters) if what == "class" else []
    if "trainer" not in names:
        return
    if "target" in names:  # a forecaster
        network = names[names.index("target") + 1]
        heads = {names[0]: "Data and baseline", network: "Network", "learning_rate": "Training"}
    else:
        heads = {names[0]: "Network", "n_channels": "Data", "loss": "Training"}
    for first, title in {**heads, "trainer": "Running"}.items():
        at = next(i for i, line in enumerate(lines) if line.startswith(f"    **{first}** :"))
        lines[at:at] = [f"    .. rubric:: {title}", ""]


def warn_of_paths(app, page, template, context, doctree):
    """Warn of a page that shows where this machine keeps its files, as warnings do."""
    for folder in (sys.prefix, app.srcdir.parent):
        if str(folder) in context.get("body", ""):
            logger.warning("%s shows the path %s", page, folder)


def setup(app):
    app.connect("html-page-context", warn_of_paths)
    app.connect("autodoc-skip-member", skip_member)
    app.connect("autodoc-process-docstring", shorten_inherited, priority=400)  # before numpydoc
    app.connect("autodoc-process-docstring", head_parameters, priority=600)  # after numpydoc
