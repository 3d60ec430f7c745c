"""Keys, sealing, shredding."""
