"""What a file changes for the whole process stays in that file, at its import and in its calls."""

from __future__ import annotations

import ast
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from dojo.calling.calls import InProcess, KataCalls
from dojo.isolation.isolation import ALWAYS, Isolation, look_at_always
from dojo.isolation.settings import PYTHON
from dojo.isolation.torch_settings import TORCH
from dojo.opening.answers import Answer, made_answer

from ..conftest import HOUSE, Practise, Run
from ..processes import PATIENCE
from ..trying import CATALOGUE

MODE = """
import torch
class Mode(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, f, types, args=(), kwargs=None):
        return f(*args, **(kwargs or {}))
"""
OPERATIONS = """
from torch.utils._python_dispatch import TorchDispatchMode
class Mode(TorchDispatchMode):
    @classmethod
    def _should_skip_dynamo(cls): return False
    def __torch_dispatch__(self, f, types, args=(), kwargs=None):
        return f(*args, **(kwargs or {}))
"""
# what a file says, and what then differs, both as text; each begins with the imports of its own
SWITCHES = {
    "set_grad_enabled": ("import torch; torch.set_grad_enabled(False)", "torch.is_grad_enabled()"),
    "no_grad": ("import torch; torch.no_grad().__enter__()", "torch.is_grad_enabled()"),
    "inference": (
        "import torch; torch.on = torch.inference_mode(); torch.on.__enter__()",
        "torch.is_inference_mode_enabled(), torch.is_grad_enabled()",
    ),
    "default_dtype": (
        "import torch; torch.set_default_dtype(torch.float64)",
        "torch.tensor(1.0).dtype",
    ),
    "default_tensor_type": (
        "import torch, warnings; warnings.simplefilter('ignore'); "
        "torch.set_default_tensor_type(torch.DoubleTensor)",
        "torch.get_default_dtype()",
    ),
    "default_device": (
        "import torch; torch.set_default_device('meta')",
        "torch.ones(2).device, torch.get_default_device()",
    ),
    "device_left_open": (
        "import torch; torch.device('meta').__enter__()",
        "torch.ones(2).device",
    ),
    "function_mode": (
        f"import torch; exec({MODE!r}, globals()); Mode().__enter__()",
        "torch._C._len_torch_function_stack()",
    ),
    "dispatch_mode": (
        f"import torch; exec({OPERATIONS!r}, globals()); Mode().__enter__()",
        "torch._C._len_torch_dispatch_stack()",
    ),
    "torch_seed": ("import torch; torch.manual_seed(5)", "torch.rand(1)"),
    "torch_draw": ("import torch; torch.randn(5)", "torch.rand(1)"),
    "random": ("import random; random.seed(5)", "random.random()"),
    "numpy_random": ("import numpy; numpy.random.seed(5)", "numpy.random.rand()"),
    "threads": ("import torch; torch.set_num_threads(3)", "torch.get_num_threads()"),
    "deterministic": (
        "import torch; torch.set_deterministic_debug_mode('warn')",
        "torch.are_deterministic_algorithms_enabled()",
    ),
    "anomaly": (
        "import torch; torch.autograd.set_detect_anomaly(True, check_nan=False)",
        "torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()",
    ),
    "autocast": (
        "import torch; torch.autocast('cpu').__enter__()",
        "(torch.ones(2, 2) @ torch.ones(2, 2)).dtype",
    ),
    "precision": (
        "import torch; torch.set_float32_matmul_precision('medium')",
        "torch.get_float32_matmul_precision()",
    ),
    "cudnn": (
        "import torch; torch.backends.cudnn.benchmark = True",
        "torch.backends.cudnn.benchmark",
    ),
    "flush_denormal": ("import torch; torch.set_flush_denormal(True)", "float('5e-324') * 1.0"),
    "warn_always": ("import torch; torch.set_warn_always(True)", "torch.is_warn_always_enabled()"),
    "printing": (
        "import torch; torch.set_printoptions(precision=2)",
        "str(torch.ones(1) / 3)",
    ),
    "hooks": (
        "import torch; torch.autograd.graph.saved_tensors_hooks(abs, abs).__enter__()",
        "torch._C._autograd._top_saved_tensors_default_hooks(True)",
    ),
    "dual_level": (
        "import torch; torch.autograd.forward_ad.enter_dual_level()",
        "torch.autograd.forward_ad._current_level",
    ),
    "backward_replaced": (
        "import torch; torch.Tensor.backward = print",
        "torch.Tensor.backward.__name__",
    ),
    "function_replaced": (
        "import torch; setattr(torch, 'exp', torch.cos)",
        "float(torch.exp(torch.ones(1)))",
    ),
    "warnings": ("import warnings; warnings.simplefilter('ignore')", "warnings.filters[0]"),
    "warnings_reset": ("import warnings; warnings.resetwarnings()", "len(warnings.filters)"),
    "showwarning": (
        "import warnings; warnings.showwarning = print",
        "warnings.showwarning.__name__",
    ),
    "numpy_errors": ("import numpy; numpy.seterr(all='raise')", "numpy.geterr()"),
    "numpy_printing": (
        "import numpy; numpy.set_printoptions(precision=2)",
        "str(numpy.ones(1) / 3)",
    ),
    "sys_path": ("import sys; sys.path.insert(0, 'mine')", "sys.path[0]"),
    "folder": ("import os; os.chdir('/')", "os.getcwd()"),
    "environment": ("import os; os.environ['MINE'] = 'yes'", "os.environ.get('MINE')"),
    "decimal": (
        "import decimal; decimal.getcontext().prec = 5",
        "decimal.getcontext().prec",
    ),
    "recursion": ("import sys; sys.setrecursionlimit(4321)", "sys.getrecursionlimit()"),
    "signals": (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "signal.getsignal(signal.SIGTERM)",
    ),
    "stdout": ("import io, sys; sys.stdout = io.StringIO()", "type(sys.stdout) is io.StringIO"),
    "stderr": ("import io, sys; sys.stderr = io.StringIO()", "type(sys.stderr) is io.StringIO"),
    "locale": ("import locale; locale.setlocale(locale.LC_ALL, 'C')", "locale.setlocale(0)"),
    "logging": (
        "import logging; logging.getLogger().setLevel(7); logging.disable(3)",
        "logging.root.level, logging.root.manager.disable",
    ),
    "log_handlers": (
        "import logging; logging.root.addHandler(logging.NullHandler())",
        "[type(h).__name__ for h in logging.root.handlers if type(h) is logging.NullHandler]",
    ),
    "builtins": ("import builtins; builtins.sum = len", "sum.__name__"),
    "builtin_added": ("import builtins; builtins.mine = 1", "hasattr(builtins, 'mine')"),
    "gc": ("import gc; gc.disable()", "gc.isenabled()"),
    "modules": ("import sys; sys.modules['math'] = sys", "__import__('math').__name__"),
}  # fmt: skip
switch = pytest.mark.parametrize("name", SWITCHES)


def with_imports(statement: str, body: str) -> str:
    """Write a function that does what `body` says, with the imports that the statement has."""
    imports = statement.split(";")[0]
    return f"def look():\n    {imports}\n    {body}\n"


def opened(text: str) -> Answer:
    """Open a file of this text, which must be importable."""
    answer = made_answer(text.encode(), HOUSE / "anna/01/manual_update.py")
    assert answer.trouble is None
    return answer


def seen_by(text: str) -> str:
    """Return what `look` in a file of this text says, called as a spec calls it."""
    return str(KataCalls(InProcess(opened(text))).look())


def everything() -> dict[str, Any]:
    """Return all that any file may change."""
    import decimal  # noqa: F401 - what is not imported has no state yet

    import numpy.random  # noqa: F401 - likewise, where numpy imports it late

    return {setting.name: setting.read() for setting in (*TORCH, *PYTHON)}


@contextlib.contextmanager
def nothing_changes() -> Iterator[None]:
    """Claim that whatever a file does meanwhile, the process is as it was."""
    before = everything()
    yield
    after = everything()
    assert {name: was for name, was in before.items() if after[name] != was} == {}


@switch
@pytest.mark.parametrize("where", ["import", "call"])
def test_a_switch_stays_in_its_file(name: str, where: str) -> None:
    """A file that never looked at it finds it as it was, after the import and after the call."""
    statement, probe = SWITCHES[name]
    other = with_imports(statement, f"return repr(({probe}))")
    before = seen_by(other)
    with nothing_changes():
        if where == "import":
            opened(statement)
        else:
            assert seen_by(with_imports(statement, statement)) == "None"
    assert seen_by(other) == before


@switch
def test_what_the_import_set_holds_in_each_call_of_the_file(name: str) -> None:
    """As in a script; and one call does not see what another did."""
    statement, probe = SWITCHES[name]
    look = with_imports(statement, f"return repr(({probe}))")
    door = KataCalls(InProcess(opened(f"{statement}\n{look}")))
    first = door.look()
    assert door.look() == first
    if name not in ("locale", "torch_draw", "warn_always"):  # already so, or read by drawing
        assert first != seen_by(look)


def test_a_file_that_changes_all_changes_nothing() -> None:
    """All of it at once, at the import and in a call that fails."""
    said = [statement for statement, _ in SWITCHES.values()]
    body = "\n    ".join([*said, "raise ValueError"])
    with nothing_changes():
        made_answer("\n".join(said).encode(), HOUSE / "anna/01/m.py")
        door = KataCalls(InProcess(opened(f"def look():\n    {body}\n")))
        with pytest.raises(Exception):  # noqa: B017, PT011 - which of them fails is not the matter
            door.look()


def test_what_is_always_looked_at_is_read_in_order() -> None:
    """The quick way reads what the settings read."""
    assert look_at_always() == [setting.read() for setting in ALWAYS]
    assert [*TORCH, *PYTHON][: len(ALWAYS)] != []


@pytest.mark.parametrize(
    ("source", "draws"),
    [
        ("import torch.nn.functional as F", False),
        ("from torch.nn import functional", False),
        ("torch.nn.functional.relu", False),
        ("from torch import nn", True),
        ("torch.nn.Linear", True),
        ("from torch.nn import functional as F\nF.dropout", True),
    ],
)
def test_what_may_draw_random_numbers(source: str, draws: bool) -> None:
    """torch's functions draw nothing, but for a few; its layers do, when they are made."""
    watched = {setting.name for setting in Isolation(ast.parse(source))._watched}
    assert ("torch's random numbers" in watched) == draws


def test_a_plain_answer_is_looked_at_no_more_than_all(catalogue: Any) -> None:
    """The solutions name nothing that would make their calls slow, save what their stub gives."""
    for kata in catalogue.katas.values():
        stub, solution = (
            {s.name for s in Isolation(ast.parse(file.read_text(encoding="utf-8")))._watched}
            for file in (kata.stub, kata.answer_in(catalogue.solutions))
        )
        rest = solution - stub - {s.name for s in ALWAYS}
        assert rest <= {"sys.path"}, kata.number


def test_a_switch_in_a_library_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a module changes that the file imports, with no word of it in the file."""
    (tmp_path / "my_setup.py").write_text("import torch\ntorch.set_num_threads(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    opened("import my_setup")
    assert sys.modules.pop("my_setup")
    assert torch.get_num_threads() == 1


Learner = Callable[..., Run]


@pytest.fixture(params=["in place", "answers"])
def learner(
    request: pytest.FixtureRequest, shared_house: Path, tmp_path: Path, practise: Practise
) -> Learner:
    """Practise katas whose answers are the solutions, each with a line below `import torch`."""

    def run(lines: dict[str, str], more: str = "") -> Run:
        in_place = request.param == "in place"
        folder = shared_house / "katas" if in_place else tmp_path / "mine"
        for number, line in lines.items():
            solution = CATALOGUE.katas[number].solution
            text = solution.read_text(encoding="utf-8") + more
            file = folder / number / solution.name
            file.parent.mkdir(parents=True, exist_ok=True)
            text = text.replace("import torch\n", f"import torch\n{line}\n", 1)
            file.write_text(text, encoding="utf-8")
        katas = [f"katas/{number}" for number in lines]
        doors = [] if in_place else ["--answers", folder]
        return practise(*katas, "-mnot cuda", *doors, house=shared_house)

    return run


def test_gradients_off_where_none_are_needed(learner: Learner) -> None:
    """Katas 04 and 06 pass, and so does a kata between them that needs gradients."""
    off = "torch.set_grad_enabled(False)"
    run = learner({"04": off, "05": "", "06": off})
    assert {o["outcome"] for o in run.outcomes} == {"done"}
    assert run.exit_code == 0


FROM_NUMBERS = """
def gradient(x):
    return torch.tensor([2 * v - 10 for v in x.flatten().tolist()]).reshape(x.shape)
"""


@pytest.mark.parametrize(
    ("number", "line", "more", "heading", "does"),
    [
        ("01", "torch.set_grad_enabled(False)", "", "RuntimeError", "switches gradients off"),
        ("01", "(on := torch.inference_mode()).__enter__()", "", "RuntimeError", "switches gra"),
        ("04", "torch.set_default_device('meta')", "", "WRONG DEVICE", "changes the default dev"),
        ("01", "torch.set_default_dtype(torch.float64)", FROM_NUMBERS, "WRONG DTYPE", "changes"),
        ("01", "torch.Tensor.sum = torch.Tensor.mean", "", "VALUES DIFFER", "replaces what is"),
    ],
)
def test_the_line_that_is_the_cause_is_named(
    learner: Learner, number: str, line: str, more: str, heading: str, does: str
) -> None:
    """Where the file's own switch breaks it, the message says which line that is."""
    run = learner({number: line}, more)
    assert not run.tests("broken")
    told = next(o for o in run.outcomes if o["outcome"] == "wrong" and o["heading"] == heading)
    said = " ".join(told["diagnosis"])
    assert said.startswith("Line 6 of " if number == "04" else "Line 4 of ")
    assert does in said
    assert f"for the whole file:     {line} Without that line this does not happen." in said
    assert not run.named


def test_a_switch_that_is_not_the_cause_is_not_named(learner: Learner) -> None:
    """A file that switches gradients off, and is wrong in its numbers."""
    run = learner(
        {"04": "torch.set_grad_enabled(False)"}, "\ndef crossings(trace):\n    return 1\n"
    )
    wrong = [o for o in run.outcomes if o["outcome"] == "wrong"]
    assert wrong
    assert not any("Line" in line for o in wrong for line in o["diagnosis"])


def test_nothing_of_torch_is_imported_before_a_file_is_opened() -> None:
    """Torch's import is what a run waits for; pytest's collection does it, with care."""
    line = "import sys, dojo.opening.answers, dojo.plugin; sys.exit('torch' in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", line], cwd=HOUSE, check=False, timeout=PATIENCE
        ).returncode
        == 0
    )
