"""Tests of dojo/calling."""
