"""The reference kernel: one whole kernel that runs, as plain Python over immutable states."""
