"""The final notice: once more, before the lender decides how to go on."""
