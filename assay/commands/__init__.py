"""The commands, one file for each; engines are imported when a command runs."""
