"""The judge's side of the sandbox: its layers, its zygote, and its workers as seen from here."""
