"""Search over pages, questions and words."""
