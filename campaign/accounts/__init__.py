"""Organizers and coordinators: invite, sign in, roles."""
