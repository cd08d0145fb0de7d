"""What readers see: live pages, rendered and kept."""
