"""Takes all memory, piece by piece.

Must get: OUT-OF-MEMORY
"""


def gradient(x):
    held = []
    while True:
        held.append(bytearray(1 << 20))
