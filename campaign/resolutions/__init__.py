"""Resolutions: from the adopted text to clauses, demands and calls."""
