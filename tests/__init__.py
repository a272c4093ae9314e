"""The repository's own tests: plain `pytest` runs these."""
