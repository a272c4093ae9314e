"""Tests of dojo/judge/inside."""
