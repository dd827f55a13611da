"""The letter that says that a plan no longer counts, and what can be done now."""
