"""The letter that holds a plan as it was agreed, with the form to sign."""
