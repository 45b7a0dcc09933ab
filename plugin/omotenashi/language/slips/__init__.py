"""Mistakes of writing, found in the text itself: the scan that knows what editors type better than a parser does."""
