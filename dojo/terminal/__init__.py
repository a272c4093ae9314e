"""What fits on a terminal, and can be read and typed there."""
