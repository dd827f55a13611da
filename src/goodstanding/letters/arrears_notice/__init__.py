"""The notice of sums in arrears (United Kingdom, Consumer Credit Act 1974, ss. 86B and 86C)."""
