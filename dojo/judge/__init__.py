"""The judge: checks other people's answers, which it never loads itself."""
