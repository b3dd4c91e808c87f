"""Addresses of the project, and the link of its classes to their pages."""

from __future__ import annotations

import sys

DOCS = "https://skrnn.readthedocs.io/en/stable"


class Documented:
    """Mixin for classes whose HTML repr links to the documentation."""

    def _get_doc_link(self) -> str:
        """Return the address of the page of the class; scikit-learn and sktime ask for it."""
        cls = type(self)
        package, *rooms = cls.__module__.split(".")
        if package != __package__:  # a class of a user
            return ""
        if getattr(sys.modules[package], cls.__name__, None) is not cls:
            package = f"{package}.{rooms[0]}"
        return f"{DOCS}/generated/{package}.{cls.__name__}.html"
