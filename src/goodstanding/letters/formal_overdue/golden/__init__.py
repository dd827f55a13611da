"""Golden letters: hand-made loans, the letters they give, and the text that each must read."""
