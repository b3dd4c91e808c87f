"""Forecasting engine, without pandas: planning, training, calibration and prediction."""
