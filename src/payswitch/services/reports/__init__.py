"""The analysis: facts for the columnar store, failures, weekly and daily reports with their proposals."""
