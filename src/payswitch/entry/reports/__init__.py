"""周报与日报: as a page that needs nothing else, and as a PDF."""
