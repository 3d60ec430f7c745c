"""Turnout: observations and what is published of them."""
