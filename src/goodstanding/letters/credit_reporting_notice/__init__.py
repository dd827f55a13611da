"""The notice that comes before arrears are reported to the credit database (China)."""
