"""The recipes for learning platforms run, each where it is laid out as there."""
