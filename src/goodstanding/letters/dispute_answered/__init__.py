"""The letter that answers a dispute: what was found, why, and what the figures are now."""
