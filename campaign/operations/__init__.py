"""What runs the installation: health, figures, backup, check."""
