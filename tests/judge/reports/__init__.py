"""Tests of dojo/judge/reports."""
