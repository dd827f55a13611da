"""The letter that says that nothing is overdue any more, or that the loan is settled, with its certificate."""
