"""What the numbers show where no known mistake matches: one module for each family of symptoms."""
