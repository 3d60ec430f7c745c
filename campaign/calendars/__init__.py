"""Calendars: events as iCalendar; the only place that knows RFC 5545."""
