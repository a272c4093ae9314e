"""Never returns, and ignores every signal that can be ignored.

Must get: TIMEOUT
"""

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def gradient(x):
    while True:
        pass
