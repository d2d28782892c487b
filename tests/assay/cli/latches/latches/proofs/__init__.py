"""How the model of latches and the doors that run belong together."""
