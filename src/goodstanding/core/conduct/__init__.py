"""May we? The gate that every contact passes: facts and rules in, a verdict with every reason out."""
