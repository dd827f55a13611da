"""The reminder before a payment falls due."""
