"""The formal overdue letter: what is overdue, how it was worked out, what may follow, what to do, whom to reach."""
