"""The default notice (United Kingdom, Consumer Credit Act 1974, ss. 87 and 88)."""
