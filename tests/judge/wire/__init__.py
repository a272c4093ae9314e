"""Tests of dojo/judge/wire."""
