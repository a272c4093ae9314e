"""Tests of the judge: its wire, its sandbox, its door, and attacks on all of them."""
