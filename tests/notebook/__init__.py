"""Tests of katas in a notebook."""
