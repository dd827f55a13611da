"""What bench/arrears.py measures."""
