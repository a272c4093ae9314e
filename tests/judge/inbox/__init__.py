"""Tests of dojo/judge/inbox."""
