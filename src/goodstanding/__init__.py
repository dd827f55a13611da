"""Goodstanding: arrears worked out to the cent, letters a borrower can check, and a way back that they can afford."""

__version__ = "0.1.0.dev0"
