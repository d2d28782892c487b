"""How the states of the kernel's threads are called in the model."""

from assay.lang.values import parse
from models.teardown.state import Life
from reference_kernel.state import ThreadState

LIFE = {each: parse(each, Life.sort()) for each in ("READY", "RUNNING", "BLOCKED", "DEAD")}
LEFT = {each: parse(each, Life.sort()) for each in ("LIMBO", "SETTLING", "DYING", "STOPPED")}
"""A processor is on the stack of such a thread still."""
BY_STATE = {
    ThreadState.READY: LIFE["READY"],
    ThreadState.RUNNING: LIFE["RUNNING"],
    ThreadState.SUSPENDED: LIFE["BLOCKED"],
    ThreadState.DEAD: LIFE["DEAD"],
}
BY_STATE_LEFT = {
    ThreadState.READY: LEFT["LIMBO"],
    ThreadState.SUSPENDED: LEFT["SETTLING"],
    ThreadState.DEAD: LEFT["DYING"],
}
