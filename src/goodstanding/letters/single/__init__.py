"""A single letter that staff put together from approved paragraphs."""
