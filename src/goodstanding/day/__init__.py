"""The day's job on files: read, assess, choose, write, report. Pure decisions between a read and a write."""
