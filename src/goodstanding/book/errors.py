"""What stops an import. A bad row never does: it is a value, and goes to quarantine."""


class BookError(Exception):
    """One clear sentence: what, where, what was expected, what to do."""
