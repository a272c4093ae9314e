"""Tests of dojo/judge/cluster."""
