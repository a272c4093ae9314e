"""Tests of dojo/terminal."""
