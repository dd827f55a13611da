"""What drafted offers cost, for many loans at once: `core.plans.pricing` and the guard rails over tables of whole numbers.

Core is the reference, and agrees on every offer. A loan of which anything is in doubt isn't priced here: core does it.
"""
