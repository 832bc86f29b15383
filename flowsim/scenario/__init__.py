"""A scenario: its file, its bases and its changes as one model for each period, and the list of what changed."""

from flowsim.scenario.loading import AppliedChange, Scenario, load, resolved

__all__ = ["AppliedChange", "Scenario", "load", "resolved"]
