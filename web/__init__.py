"""The sources of the pages that customers see, and how they get into the package."""
