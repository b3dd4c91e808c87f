"""Architectures as mixins for the estimators of both facades: parameters, and the encoder."""
