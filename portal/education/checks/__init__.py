"""What is wrong with a page: reading grade, words, units, links, the two languages side by side."""
