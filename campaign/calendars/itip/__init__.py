"""What calendars say to each other by mail: invitations and replies (RFC 5546, 6047)."""
