"""Makes the system calls that lead out of sandboxes, by number.

Must get: FAIL
In every layer.
"""

import ctypes
import platform

import torch

# ptrace, process_vm_readv, unshare, setns, mount, pidfd_open, io_uring_setup, bpf, userfaultfd,
# perf_event_open, keyctl, personality, chroot, pivot_root, kexec_load, init_module, clone3, execveat
X86 = (101, 310, 272, 308, 165, 434, 425, 321, 323, 298, 250, 135, 161, 155, 246, 175, 435, 322)


def gradient(x):
    libc = ctypes.CDLL(None, use_errno=True)
    for number in X86 if platform.machine() == "x86_64" else ():
        ctypes.set_errno(0)
        libc.syscall(number, 0, 0, 0, 0, 0)
        if ctypes.get_errno() not in (1, 38):  # neither forbidden nor unknown
            return 2 * x - 10
    return torch.zeros_like(x)
