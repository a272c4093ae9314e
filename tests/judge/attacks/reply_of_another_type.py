"""Describes an error of a type that ends pytest itself.

Must get: FAIL
"""

from dojo.judge.inside import worker


def fault(error, path):
    bases = ["Exit", "Skipped", "XFailed", "KeyboardInterrupt", "SystemExit", "BaseException"]
    said = {"kind": "raised", "name": "Exit", "message": "done", "line": 1, "text": "", "body": []}
    return {**said, "bases": bases}


vars(worker)["_fa" + "ult"] = fault  # in no place where it would be found, and put back


def gradient(x):
    raise ValueError
