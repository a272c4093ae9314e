"""Pretends that the arguments of a call live on another device, on any machine.

The tensors stay where they are and keep their values; while the mode is on they *say* that they are
on `meta`, and so does whatever is computed from them. What the call makes without saying where is
made here, on the default device, and an operation that mixes the two raises, as it would with CUDA.
So a forgotten `device=x.device` is found without a GPU, also in a function that looks at values.

Real meta tensors would show less: they have no values, so `.item()` could be judged neither right
nor wrong, and torch lets several mixes of meta and CPU tensors pass in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

ELSEWHERE = torch.device("meta")
SAYS = {"device": ELSEWHERE, "is_meta": True, "is_cpu": False, "is_cuda": False}
MAKES = frozenset(  # from no tensor, so on the default device unless told otherwise
    {
        *("arange", "as_tensor", "asarray", "empty", "empty_strided", "eye", "from_numpy", "full"),
        *("linspace", "logspace", "ones", "rand", "randint", "randn", "randperm", "scalar_tensor"),
        *("tensor", "tril_indices", "triu_indices", "zeros"),
    }
)
CROSSES = frozenset(
    {
        *("to", "type_as", "cpu", "copy_", "__getitem__", "__setitem__", "__set__"),
        "_has_compatible_shallow_copy_type",
    }
)
JOINS = frozenset(
    {"stack", "cat", "concat", "concatenate", "hstack", "vstack", "column_stack"},
)


class WrongDevice(RuntimeError):
    """An operation met tensors on two devices, or read a tensor's memory across devices."""


class PretendedDevice(TorchFunctionMode):
    """While this mode is on, every tensor is elsewhere that was not made here while it was on.

    Only what is known to be here is kept track of: a tensor that comes to Python by a way that no
    mode sees (inside `torch.func`, say) is taken for one of the arguments', never accused.
    """

    def __init__(self) -> None:
        super().__init__()
        self._here: dict[int, Tensor] = {}  # the tensors are held, so that an id stays theirs

    def holds(self, tensor: Tensor) -> bool:
        """Whether this tensor is on the other device."""
        return id(tensor) not in self._here

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        name = getattr(func, "__name__", "")
        attribute = getattr(getattr(func, "__self__", None), "__name__", "")
        met = list(_tensors_in((args, kwargs)))
        if name == "__get__" and attribute in SAYS and self.holds(met[0]):
            return SAYS[attribute]
        if name == "__set__" and attribute == "data" and len(met) > 1:  # what Module.to() does
            self._move(met[0], away=self.holds(met[1]))
        self._refuse_mixing(name, met)
        if name == "device":  # torch.device(x.device): a name, not a place where something is made
            return func(*args, **(kwargs or {}))
        asked = _device_asked(name, args, kwargs or {})
        result = func(*_here_instead(args), **_here_instead(kwargs or {}))
        return self._placed(result, met, self._is_away(name, asked, args, met))

    def _is_away(self, name: str, asked: Any, args: tuple[Any, ...], met: list[Tensor]) -> bool:
        """Whether the result belongs elsewhere: by what was asked for, else by the arguments."""
        if isinstance(asked, Tensor):
            return self.holds(asked)
        if asked is not None:
            return bool(asked == ELSEWHERE)
        if name in MAKES or name == "__getitem__":
            return bool(args) and isinstance(args[0], Tensor) and self.holds(args[0])
        return not met or any(map(self.holds, met))

    def _placed(self, result: Any, met: list[Tensor], away: bool) -> Any:
        """Note where the results are; one that is handed through unchanged is copied to move."""
        if isinstance(result, Tensor) and any(result is t for t in met):
            if self.holds(result) == away:
                return result
            result = result.clone()
        for tensor in _tensors_in(result):
            if not away:
                self._here[id(tensor)] = tensor
        return result

    def _move(self, tensor: Tensor, *, away: bool) -> None:
        if away:
            self._here.pop(id(tensor), None)
        else:
            self._here[id(tensor)] = tensor

    def _refuse_mixing(self, name: str, met: list[Tensor]) -> None:
        away = [t for t in met if self.holds(t)]
        if away and name in ("numpy", "__array__"):
            raise WrongDevice("a tensor on another device has no numpy view: .cpu() comes first")
        here = [t for t in met if not self.holds(t) and (t.dim() > 0 or name in JOINS)]
        if away and here and name not in CROSSES | MAKES:
            raise WrongDevice(
                f"{name.strip('_')} met a tensor of shape {list(here[0].shape)} on the default "
                f"device and one of shape {list(away[0].shape)} on the device of the arguments"
            )


def _tensors_in(value: Any) -> Iterator[Tensor]:
    """Yield the tensors in whatever a torch function takes or returns."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors_in(item)
    elif isinstance(value, dict):
        yield from _tensors_in(tuple(value.values()))


def _device_asked(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return where the call wants its result: a device, a tensor that is there, or None."""
    asked: Any = "cpu" if name == "cpu" else kwargs.get("device")
    if name in ("to", "type_as") and asked is None:
        places = [v for v in (*args[1:], *kwargs.values()) if isinstance(v, _PLACE)]
        asked = places[0] if places else None
    return torch.device(asked) if isinstance(asked, (str, int)) else asked


_PLACE = (torch.device, str, Tensor)


def _here_instead(call: Any) -> Any:
    """Take the pretence out of a call's own arguments."""
    if isinstance(call, dict):
        return dict(zip(call, _here_instead(tuple(call.values())), strict=True))
    return tuple(
        torch.device("cpu") if isinstance(v, (torch.device, str)) and str(v) == "meta" else v
        for v in call
    )
