"""The first notice: short, that something was not paid, how much it is, and how to pay or ask for help."""
