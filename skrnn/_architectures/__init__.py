"""Architectures as mixins of estimators and forecasters: parameters, and the network spec."""
