"""The page of a class: how far everyone is, and what to teach again."""
