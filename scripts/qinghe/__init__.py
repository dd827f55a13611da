"""The small Chinese sample book: an invented lender, its invented loans, and the people who owe them."""
