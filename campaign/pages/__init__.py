"""Pages of no capability: ways in, privacy, contact, credits."""
