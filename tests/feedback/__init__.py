"""Tests of dojo/feedback."""
