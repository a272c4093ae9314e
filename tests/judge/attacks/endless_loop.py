"""Never returns.

Must get: TIMEOUT
"""


def gradient(x):
    while True:
        pass
