"""The validation notice (United States, Regulation F, 12 CFR 1006.34)."""
