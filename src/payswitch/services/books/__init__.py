"""The books: reconciliation with the channels' bills, and the auditor."""
