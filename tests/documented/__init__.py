"""Documented facts that no kata function can show: torch's own behaviour, rounding artefacts.

`entries.csv` lists every entry of the documents: its id, the kata that it belongs to, and, for
those that state neither a number nor a behaviour, why nothing pins them. `test_entries.py` counts
them.
"""
