"""Takes all memory while it is imported.

Must get: OUT-OF-MEMORY
"""

held = [0]
while True:
    held = held * 2
