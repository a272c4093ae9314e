"""The judge: other people's answers, behind a sandbox, by the specs that learners run."""
