"""Exact arithmetic and decisions. Standard library only; no clock, disk, network or framework."""
