"""Events: create, fan out, find."""
