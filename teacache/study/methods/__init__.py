"""The methods that can be set beside each other, one file a family, all in one form (method.py)."""

from teacache.study.methods.method import Cost, Knob, Method, Values, Way, at_share, cost
from teacache.study.methods.ours import FEWER_STEPS, NAIVE_TEACACHE, TEACACHE, UNIFORM
from teacache.study.methods.pab import PAB

__all__ = ["METHODS", "Cost", "Knob", "Method", "Values", "Way", "at_share", "cost"]

METHODS: dict[str, Method] = {
    method.name: method for method in (TEACACHE, NAIVE_TEACACHE, UNIFORM, FEWER_STEPS, PAB)
}
