"""The letter that confirms a promise to pay."""
