"""The choices of every design question, as built first; each member's value is what it means."""
