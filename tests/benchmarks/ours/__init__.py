"""Our rows: the katas' solutions, a learner's answers, and kata 07 tuned for speed."""
