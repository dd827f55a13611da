"""The letter that says: we have your dispute, this is what we do, and by when."""
