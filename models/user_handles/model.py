"""What a program keeps of its capabilities: bare ids in variables, or handles that own them.

A variable is a place of the program that may hold an id. The kernel's side is one space of which
the program alone destroys entries; what the program names weakly may die at any time.
"""

from models.user_handles import actions, guarantees
from models.user_handles.state import model

__all__ = ["actions", "guarantees", "model"]
