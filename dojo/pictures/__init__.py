"""What a learner sees: a figure for each kata, imported with --plot only."""
