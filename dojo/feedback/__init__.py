"""What a learner reads: one outcome, the mistake behind it, and the end of a run."""
