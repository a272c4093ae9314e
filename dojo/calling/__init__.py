"""What happens at one call of an answer's function: it is made, copied, and looked at."""
