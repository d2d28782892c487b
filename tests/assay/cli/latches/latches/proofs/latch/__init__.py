"""The ties of the model of latches."""
