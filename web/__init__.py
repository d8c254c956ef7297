"""The sources of the pages that customers and operators see, and how they get into the package."""
