"""Features of whole sequences, computed by other libraries."""

from .random_convolutions import RandomConvolutions

__all__ = ["RandomConvolutions"]
