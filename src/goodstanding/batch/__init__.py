"""Arrears of whole books, as columns."""
