"""Schedules, and the ways out that are built from them."""
