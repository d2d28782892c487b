"""A small project of another kind: doors with a latch. The tool must serve it as it is."""
