"""Is never imported to its end.

Must get: TIMEOUT
"""

while True:
    pass
