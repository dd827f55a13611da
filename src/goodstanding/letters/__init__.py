"""Letters: what they say (`compose`), and the page (`typeset`). One folder per letter."""
