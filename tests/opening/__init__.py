"""Tests of dojo/opening."""
