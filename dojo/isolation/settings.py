"""What of Python and numpy a file may change for the whole process: how it is read and put back.

A setting is read as a value that can be compared. Where a list or a dict is read (warning filters,
the environment), a file's own setting is what it changed in it. Not here is the trace function: it
is a debugger's.
"""

from __future__ import annotations

import contextlib
import gc
import locale
import logging
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

SIGNALS = signal.valid_signals()  # asked for once: it makes 64 numbers of the system's into names


@dataclass(frozen=True)
class Setting:
    """One thing that is global.

    does:   what a line that changes it does, after "Line 3 of katas/01/manual_update.py"
    read:   return its value, None where there is none (its module is not imported)
    write:  make a value that was read the one that holds
    words:  a line that changes it names one of these
    always: it is looked at whatever words a file has
    """

    name: str
    does: str
    read: Callable[[], Any]
    write: Callable[[Any], object]
    words: frozenset[str]
    always: bool = False


def setting(
    name: str,
    does: str,
    read: Callable[[], Any],
    write: Callable[[Any], object],
    words: str,
    *,
    always: bool = False,
) -> Setting:
    """Make a setting, its words given with blanks between them."""
    return Setting(name, does, read, write, frozenset(words.split()), always)


def _set_filters(filters: list[Any]) -> None:
    kept: Any = warnings.filters
    kept[:] = filters
    with warnings.catch_warnings():
        pass  # which tells the warnings module that its filters are others


def show_warning() -> tuple[Any, Any]:
    """Return what shows a warning, and what that calls."""
    return warnings.showwarning, getattr(warnings, "_showwarnmsg_impl", None)


def _set_show_warning(shown: tuple[Any, Any]) -> None:
    warnings.showwarning, implementation = shown
    if implementation is not None:
        setattr(warnings, "_showwarnmsg_impl", implementation)  # noqa: B010 - it is private


def _set_stream(name: str, stream: Any) -> None:
    with contextlib.suppress(Exception):  # it may be closed, or no stream at all
        getattr(sys, name).flush()
    setattr(sys, name, stream)


def _numpy_state() -> Any:
    """Return the state of numpy's global generator, its keys as bytes."""
    if "numpy.random" not in sys.modules:
        return None
    state: Any = np.random.get_state()
    kind, keys, *rest = state
    return kind, keys.tobytes(), *rest


def _set_numpy_state(state: Any) -> None:
    if state is not None:
        kind, keys, *rest = state
        np.random.set_state((kind, np.frombuffer(keys, dtype=np.uint32), *rest))


def _set_print_options(options: dict[str, Any]) -> None:
    np.set_printoptions(**options)


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - as os.chdir takes it
    except OSError:  # it was deleted
        return None


def _set_environment(wanted: dict[str, str]) -> None:
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted)


def _decimal() -> Any:
    module: Any = sys.modules.get("decimal")
    return None if module is None else repr(module.getcontext())


def _set_decimal(context: str | None) -> None:
    module: Any = sys.modules["decimal"]
    module.setcontext(module.Context() if context is None else eval(context, vars(module).copy()))


def _signals() -> dict[int, Any]:
    return {number: signal.getsignal(number) for number in SIGNALS}


def _set_signals(handlers: dict[int, Any]) -> None:
    if threading.current_thread() is threading.main_thread():  # nowhere else can they be set
        for number, handler in handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def _alarm() -> bool:
    """Whether an alarm is to ring. Its time runs on, so it is only ever taken away."""
    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def _set_alarm(on: bool) -> None:
    if not on and _alarm():
        signal.setitimer(signal.ITIMER_REAL, 0)


def _logging() -> tuple[int, int]:
    return logging.root.level, logging.root.manager.disable


def _set_logging(levels: tuple[int, int]) -> None:
    level, disabled = levels
    logging.root.setLevel(level)
    logging.disable(disabled)


def _set_handlers(handlers: list[logging.Handler]) -> None:
    logging.root.handlers[:] = handlers


def _matplotlib() -> dict[str, Any] | None:
    """Return matplotlib's parameters as they are: to ask for the backend would choose one."""
    module: Any = sys.modules.get("matplotlib")
    parameters = getattr(module, "rcParams", None)
    return None if parameters is None else dict(dict.items(parameters))


def _set_matplotlib(parameters: dict[str, Any] | None) -> None:
    module: Any = sys.modules["matplotlib"]
    wanted = dict(dict.items(module.rcParamsOrig)) if parameters is None else parameters
    dict.clear(module.rcParams)
    dict.update(module.rcParams, wanted)


def _set_path(path: list[str]) -> None:
    sys.path[:] = path


def _set_collecting(on: bool) -> None:
    (gc.enable if on else gc.disable)()


def _set_locale(chosen: str) -> None:
    locale.setlocale(locale.LC_ALL, chosen)


PYTHON = (
    setting(
        "warnings",
        "changes which warnings are shown",
        lambda: warnings.filters[:],
        _set_filters,
        "warnings simplefilter filterwarnings resetwarnings catch_warnings",
        always=True,
    ),
    setting(
        "showwarning",
        "changes how warnings are shown",
        show_warning,
        _set_show_warning,
        "warnings showwarning catch_warnings captureWarnings",
        always=True,
    ),
    setting(
        "stdout",
        "replaces sys.stdout",
        lambda: sys.stdout,
        lambda stream: _set_stream("stdout", stream),
        "stdout redirect_stdout",
        always=True,
    ),
    setting(
        "stderr",
        "replaces sys.stderr",
        lambda: sys.stderr,
        lambda stream: _set_stream("stderr", stream),
        "stderr redirect_stderr",
        always=True,
    ),
    setting(
        "random",
        "sets Python's random numbers",
        random.getstate,
        random.setstate,
        "random seed setstate",
    ),
    setting(
        "numpy.random",
        "sets numpy's random numbers",
        _numpy_state,
        _set_numpy_state,
        "random seed",
    ),
    setting(
        "numpy errors",
        "changes what numpy does about errors in numbers",
        np.geterr,
        lambda kinds: np.seterr(**kinds),
        "seterr errstate",
    ),
    setting(
        "numpy error call",
        "changes what numpy does about errors in numbers",
        lambda: (np.geterrcall(),),
        lambda call: np.seterrcall(*call),
        "seterrcall errstate",
    ),
    setting(
        "numpy printing",
        "changes how numpy prints",
        np.get_printoptions,
        _set_print_options,
        "set_printoptions printoptions",
    ),
    setting("folder", "changes the working directory", _folder, os.chdir, "chdir fchdir"),
    setting(
        "environment",
        "changes environment variables",
        os.environ.copy,
        _set_environment,
        "environ environb putenv unsetenv",
    ),
    setting("sys.path", "changes sys.path", lambda: sys.path[:], _set_path, "sys addsitedir"),
    setting(
        "recursion",
        "changes the recursion limit",
        sys.getrecursionlimit,
        sys.setrecursionlimit,
        "setrecursionlimit",
    ),
    setting(
        "digits",
        "changes how many digits an int may have as text",
        sys.get_int_max_str_digits,
        sys.set_int_max_str_digits,
        "set_int_max_str_digits",
    ),
    setting(
        "switching",
        "changes how often threads take turns",
        sys.getswitchinterval,
        sys.setswitchinterval,
        "setswitchinterval",
    ),
    setting(
        "garbage collection",
        "switches garbage collection off",
        gc.isenabled,
        _set_collecting,
        "gc",
    ),
    setting(
        "garbage thresholds",
        "changes when garbage is collected",
        gc.get_threshold,
        lambda counts: gc.set_threshold(*counts),
        "gc",
    ),
    setting("decimal", "changes decimal's context", _decimal, _set_decimal, "decimal"),
    setting("signals", "changes what signals do", _signals, _set_signals, "signal faulthandler"),
    setting("alarm", "sets an alarm", _alarm, _set_alarm, "alarm setitimer"),
    setting(
        "locale",
        "changes the locale",
        lambda: locale.setlocale(locale.LC_ALL),
        _set_locale,
        "locale setlocale",
    ),
    setting("logging", "changes the level of logging", _logging, _set_logging, "logging"),
    setting(
        "logging handlers",
        "changes where logging goes",
        lambda: logging.root.handlers[:],
        _set_handlers,
        "logging",
    ),
    setting(
        "matplotlib",
        "changes matplotlib's settings",
        _matplotlib,
        _set_matplotlib,
        "matplotlib pyplot pylab",
    ),
)
