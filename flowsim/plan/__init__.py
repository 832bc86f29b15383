"""Scenario and calibration -> a plan (plain data) and its draws (all the luck of a replication)."""
