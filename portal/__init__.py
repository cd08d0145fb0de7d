"""The project package, and the apps that are not about patients or pumps."""
