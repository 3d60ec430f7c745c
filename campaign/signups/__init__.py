"""Sign-ups: sign up, confirm, change, cancel."""
