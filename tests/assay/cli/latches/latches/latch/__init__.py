"""The model of latches."""
