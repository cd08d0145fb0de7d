"""Take-away sheets as PDF."""
