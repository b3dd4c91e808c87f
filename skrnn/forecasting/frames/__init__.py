"""Reading of pandas frames: index, columns, calendar and horizon. No numerics."""
