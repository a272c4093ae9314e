"""Tests of dojo/isolation."""
