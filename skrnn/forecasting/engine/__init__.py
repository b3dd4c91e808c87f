"""Forecasting without pandas: plan, candidates, learning, calibration, prediction."""
