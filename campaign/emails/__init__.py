"""The outbox and its transport; the only place that knows SMTP."""
