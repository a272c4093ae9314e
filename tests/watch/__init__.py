"""Tests of dojo/watch."""
