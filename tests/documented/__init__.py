"""Documented facts that no function of a kata can show."""
