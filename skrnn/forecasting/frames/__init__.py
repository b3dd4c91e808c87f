"""pandas without numerics: the index, columns, calendar and horizon of frames."""
