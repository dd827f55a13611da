"""How a payment is spread over what is owed."""
