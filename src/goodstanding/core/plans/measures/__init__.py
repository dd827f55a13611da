"""The measures: each a pure function from a loan's ground to a draft, the change that would be made and what would be paid."""
