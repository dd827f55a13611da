"""The letter that offers ways out of arrears."""
