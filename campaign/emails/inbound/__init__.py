"""What comes back by mail: addresses, bounds, bounces, and the folder where a server drops it."""
