"""Why a job stopped: one sentence that says what, where, and what to do."""


class Stopped(Exception):
    """The job can't go on. The message is the whole of what a person is shown."""
