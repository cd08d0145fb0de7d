"""Rich text: cleaned, in one written form, read apart, shown."""
