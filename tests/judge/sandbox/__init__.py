"""Tests of dojo/judge/sandbox."""
