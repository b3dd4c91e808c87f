"""Sphinx configuration. Nothing is fetched during the build."""

import inspect
import os

import skrnn

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
exclude_patterns = ["_build", "sg_execution_times.rst"]
templates_path = ["_templates"]
add_module_names = False

numpydoc_show_class_members = False
autodoc_typehints = "none"  # the docstrings tell the types

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",  # run; the others are shown
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_memory": False,
    "min_reported_time": 1e9,
}

html_theme = "pydata_sphinx_theme"
html_title = "skrnn"
html_static_path = ["_static"]
html_show_sourcelink = False
# Pages without subpages, and those whose code needs the width.
html_sidebars = {"accuracy": [], "install": [], "auto_examples/*": []}
html_theme_options = {"navigation_with_keys": False, "show_prev_next": False}


def skip_foreign(app, what, name, obj, skip, options):
    """Leave out what scikit-learn and sktime document themselves."""
    function = inspect.unwrap(getattr(obj, "fget", None) or obj)
    home = getattr(function, "__module__", None) or project
    theirs = not home.startswith(project) or (inspect.isfunction(function) and not function.__doc__)
    return skip or theirs or name == "get_test_params"


def setup(app):
    app.connect("autodoc-skip-member", skip_foreign)
