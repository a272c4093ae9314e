"""Tests of dojo/spec."""
