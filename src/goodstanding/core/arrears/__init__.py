"""What is due and unpaid as of a day, to the cent, and how it was worked out."""
