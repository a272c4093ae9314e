"""Opening a file of answers, and what is said where it cannot be used."""
