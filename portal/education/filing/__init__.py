"""Pages and libraries as files: shipped, exported, imported."""
