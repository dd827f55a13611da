"""Golden letters of this kind, and the loans they are written from."""
