"""The book: a lender's portfolio at a cut-off, from flat files to one row per loan."""
