"""What a file of answers changes for the whole process stays in that file."""
