"""Passages that several letters have, each with its sentences: who, what is overdue, what may follow, ways out, whom to reach."""
