"""What of torch a file may change for the whole process, and how each of it is read and put back.

Not here are torch's inter-op threads: they can be set once, so nobody can put them back.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import _tensor_str
from torch.autograd import forward_ad
from torch.utils import _device

from dojo.isolation.settings import setting

AUTOCAST = ("cpu", "cuda")
TINY = 5e-324  # the smallest float, which a processor may be told to take for 0
C: Any = torch._C
autocast: Any = torch  # its counts of nesting are not typed
held: list[Any] = []  # guards of inference mode: torch undoes what one did when it is gone


def default_device() -> list[Any]:
    """Return the mode of torch's that makes the default device what it is, if there is one."""
    if not C._len_torch_function_stack():
        return []
    context = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    return [] if context is None else [context]


def function_modes() -> list[Any]:
    """Return the modes that are asked before a function of torch, but for the default device's."""
    if not C._len_torch_function_stack():
        return []
    modes = [C._get_function_stack_at(i) for i in range(C._len_torch_function_stack())]
    return [mode for mode in modes if mode not in default_device()]


def _set_default_device(default: list[Any]) -> None:
    others = function_modes()
    context = default[0] if default else None
    torch._GLOBAL_DEVICE_CONTEXT.device_context = context
    _device.CURRENT_DEVICE = None if context is None else context.device
    _stack_function_modes([*default, *others])


def _set_function_modes(modes: list[Any]) -> None:
    _stack_function_modes([*default_device(), *modes])


def _stack_function_modes(modes: list[Any]) -> None:
    while C._len_torch_function_stack():
        C._pop_torch_function_stack()
    for mode in modes:
        C._push_on_torch_function_stack(mode)


def dispatch_modes() -> list[Any]:
    """Return the modes that are asked before an operation of torch."""
    if not C._len_torch_dispatch_stack():
        return []
    return [C._get_dispatch_stack_at(i) for i in range(C._len_torch_dispatch_stack())]


def _set_dispatch_modes(modes: list[Any]) -> None:
    while C._len_torch_dispatch_stack():
        C._pop_torch_dispatch_stack(None)
    for mode in modes:
        C._push_on_torch_dispatch_stack(mode)


def _gradients() -> tuple[bool, bool]:
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled()


def _set_gradients(wanted: tuple[bool, bool]) -> None:
    """Make both what they were: each mode of inference brings its own mode of gradients."""
    recorded, inference = wanted
    if torch.is_inference_mode_enabled() != inference and held:
        held.pop().__exit__(None, None, None)
    if torch.is_inference_mode_enabled() != inference:
        held.append(C._InferenceMode(inference))
        held[-1].__enter__()
    torch.set_grad_enabled(recorded)


def _autocast() -> tuple[Any, ...]:
    kinds = [(torch.is_autocast_enabled(d), torch.get_autocast_dtype(d)) for d in AUTOCAST]
    return _nesting(), torch.is_autocast_cache_enabled(), *kinds


def _nesting() -> int:
    depth = int(autocast.autocast_increment_nesting())
    autocast.autocast_decrement_nesting()
    return depth - 1


def _set_autocast(wanted: tuple[Any, ...]) -> None:
    depth, cached, *kinds = wanted
    for device, (enabled, dtype) in zip(AUTOCAST, kinds, strict=True):
        torch.set_autocast_enabled(device, enabled)
        torch.set_autocast_dtype(device, dtype)
    torch.set_autocast_cache_enabled(cached)
    for _ in range(depth, _nesting()):
        autocast.autocast_decrement_nesting()
    for _ in range(_nesting(), depth):
        autocast.autocast_increment_nesting()


def _generators() -> list[bytes]:
    """Return the states of the generators that torch draws from where it is given none."""
    states = [torch.get_rng_state()]
    if torch.cuda.is_initialized():
        states += torch.cuda.get_rng_state_all()
    return [state.numpy().tobytes() for state in states]


def _set_generators(states: list[bytes]) -> None:
    cpu, *cuda = (torch.frombuffer(bytearray(state), dtype=torch.uint8) for state in states)
    torch.set_rng_state(cpu)
    if cuda:
        torch.cuda.set_rng_state_all(cuda)


def _anomaly() -> tuple[bool, bool]:
    return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()


def _precision() -> str | None:
    try:
        return torch.get_float32_matmul_precision()
    except RuntimeError:  # it was said in torch's older and newer words at once
        return None


def _set_precision(precision: str) -> None:
    torch.set_float32_matmul_precision(precision)


def _cudnn() -> tuple[bool, bool, bool]:
    return C._get_cudnn_enabled(), C._get_cudnn_benchmark(), C._get_cudnn_deterministic()


def _set_cudnn(wanted: tuple[bool, bool, bool]) -> None:
    enabled, benchmark, deterministic = wanted
    C._set_cudnn_enabled(enabled)
    C._set_cudnn_benchmark(benchmark)
    C._set_cudnn_deterministic(deterministic)


def _printing() -> dict[str, Any]:
    return dict(vars(_tensor_str.PRINT_OPTS))


def _set_printing(options: dict[str, Any]) -> None:
    vars(_tensor_str.PRINT_OPTS).update(options)


def _hooks() -> Any:
    """Return the innermost pair of hooks for what is kept for a backward pass, None if none is."""
    return C._autograd._top_saved_tensors_default_hooks(True)


def _set_hooks(wanted: Any) -> None:
    while _hooks() not in (None, wanted):
        C._autograd._pop_saved_tensors_default_hooks()
    if _hooks() != wanted:
        C._autograd._push_saved_tensors_default_hooks(*wanted)


def _set_dual_level(wanted: int) -> None:
    while forward_ad._current_level > wanted:
        forward_ad.exit_dual_level()
    while forward_ad._current_level < wanted:
        forward_ad.enter_dual_level()


def _is_flushing() -> bool:
    """Whether the processor takes the smallest numbers for 0, Python's own as well."""
    return not TINY * 1.0


TORCH = (  # what holds for every operation comes first: reading the rest may be one
    setting(
        "default device",
        "changes the default device",
        default_device,
        _set_default_device,
        "set_default_device set_default_tensor_type DeviceContext",
        always=True,
    ),
    setting(
        "function modes",
        "leaves a mode of torch on",
        function_modes,
        _set_function_modes,
        "TorchFunctionMode __enter__ enter_context device",
        always=True,
    ),
    setting(
        "dispatch modes",
        "leaves a mode of torch on",
        dispatch_modes,
        _set_dispatch_modes,
        "TorchDispatchMode __enter__ enter_context",
        always=True,
    ),
    setting(
        "gradients",
        "switches gradients off",
        _gradients,
        _set_gradients,
        "set_grad_enabled no_grad enable_grad inference_mode _set_grad_enabled",
        always=True,
    ),
    setting(
        "default dtype",
        "changes the default dtype",
        torch.get_default_dtype,
        torch.set_default_dtype,
        "set_default_dtype set_default_tensor_type",
        always=True,
    ),
    setting(
        "torch's random numbers",
        "sets torch's random numbers",
        _generators,
        _set_generators,
        "manual_seed seed random set_rng_state rand randn randint randperm rand_like randn_like "
        "randint_like normal normal_ uniform_ random_ bernoulli bernoulli_ multinomial poisson "
        "exponential_ cauchy_ geometric_ log_normal_ dropout dropout1d dropout2d dropout3d "
        "alpha_dropout feature_alpha_dropout rrelu gumbel_softmax Dropout distributions nn init "
        "utils",
    ),
    setting(
        "threads",
        "changes the number of threads",
        torch.get_num_threads,
        torch.set_num_threads,
        "set_num_threads threadpoolctl threadpool_limits",
    ),
    setting(
        "determinism",
        "asks torch for deterministic algorithms",
        torch.get_deterministic_debug_mode,
        torch.set_deterministic_debug_mode,
        "use_deterministic_algorithms set_deterministic_debug_mode deterministic",
    ),
    setting(
        "anomalies",
        "lets autograd look for anomalies",
        _anomaly,
        lambda wanted: torch.set_anomaly_enabled(*wanted),
        "set_detect_anomaly detect_anomaly set_anomaly_enabled",
    ),
    setting(
        "autocast",
        "computes in a lower precision (autocast)",
        _autocast,
        _set_autocast,
        "autocast amp set_autocast_enabled set_autocast_dtype set_autocast_cache_enabled",
    ),
    setting(
        "precision",
        "changes the precision of matrix products",
        _precision,
        _set_precision,
        "set_float32_matmul_precision allow_tf32 fp32_precision",
    ),
    setting("cudnn", "changes how cuDNN computes", _cudnn, _set_cudnn, "cudnn"),
    setting(
        "flushing",
        "takes the smallest numbers for 0",
        _is_flushing,
        torch.set_flush_denormal,
        "set_flush_denormal",
    ),
    setting(
        "warning always",
        "changes which warnings are shown",
        torch.is_warn_always_enabled,
        torch.set_warn_always,
        "set_warn_always",
    ),
    setting(
        "torch's printing",
        "changes how tensors are printed",
        _printing,
        _set_printing,
        "set_printoptions PRINT_OPTS _tensor_str",
    ),
    setting(
        "hooks",
        "leaves hooks on what is kept for backward",
        _hooks,
        _set_hooks,
        "saved_tensors_hooks save_on_cpu",
    ),
    setting(
        "autograd's threads",
        "changes autograd's threads",
        C._is_multithreading_enabled,
        C._set_multithreading_enabled,
        "set_multithreading_enabled",
    ),
    setting(
        "dual level",
        "leaves forward mode on",
        lambda: forward_ad._current_level,
        _set_dual_level,
        "forward_ad enter_dual_level dual_level",
    ),
)
