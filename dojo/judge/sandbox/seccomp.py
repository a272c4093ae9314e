"""The system calls that may be made in the sandbox: lists of what is allowed (seccomp).

One list is a worker's. The other is for all of the outer layer: what the zygote needs as well, to
fork workers and to lock them in. Both know this machine's own system calls only: a process that
makes another architecture's (32-bit, x32) is ended by the kernel.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

# what Python, torch and threads need, and nothing that reaches another process or the network
ALLOWED = frozenset(
    {
        *("access", "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "close"),
        *("close_range", "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait"),
        *("epoll_wait", "eventfd2", "exit", "exit_group", "faccessat", "faccessat2"),
        *("fstat", "fstatfs", "futex", "get_robust_list", "getcwd", "getdents64", "getegid"),
        *("geteuid", "getgid", "getpid", "getppid", "getrandom", "getrlimit", "getrusage"),
        *("gettid", "gettimeofday", "getuid", "lseek", "lstat", "membarrier", "mmap"),
        *("mprotect", "mremap", "munmap", "nanosleep", "newfstatat", "open", "openat", "pipe"),
        *("pipe2", "poll", "ppoll", "pread64", "preadv", "pselect6", "read", "readlink"),
        *("readlinkat", "readv", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask"),
        *("rt_sigreturn", "rt_sigtimedwait", "sched_getaffinity", "sched_yield", "select"),
        *("set_robust_list", "set_tid_address", "sigaltstack", "stat", "statfs", "statx"),
        *("sysinfo", "time", "times", "uname", "write", "writev"),
    }
)
# what the zygote needs beside: to be started, to fork and end workers, to speak to the judge over a
# socket that it is given, and to put a worker into the inner layer
ZYGOTE = frozenset(
    {
        *("arch_prctl", "execve", "fork", "getsockname", "getsockopt", "landlock_add_rule"),
        *("landlock_create_ruleset", "landlock_restrict_self", "pidfd_open", "recvfrom"),
        *("recvmsg", "seccomp", "sendmsg", "sendto", "setrlimit", "vfork", "wait4", "waitid"),
    }
)
CLONE_THREAD = 0x00010000
CLONE_NEW = 0x7E020000  # all kinds of namespaces that clone can make
ALL_PROCESSES = 0xFFFFFFFF  # what kill takes for -1
SIGKILL = 9
ARGUMENTS = (  # allowed with these values of one argument alone
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC; F_SETOWN would send signals
    ("fcntl", 1, (0, 1, 2, 3, 4, 1030)),
    ("ioctl", 1, (0x5401, 0x5413, 0x5451)),  # TCGETS, TIOCGWINSZ, FIOCLEX: open() and print() ask
    # MADV_DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE, GUARD_INSTALL, GUARD_REMOVE: what allocators ask
    # for; others merge equal pages with those of other processes, or drop what others read
    ("madvise", 2, (4, 8, 14, 15, 102, 103)),
    ("prctl", 0, (15, 16)),  # PR_SET_NAME, PR_GET_NAME: threads have names
)
OF_THE_ZYGOTE = (
    ("madvise", 2, (25,)),  # MADV_COLLAPSE: what is forked lies in large pages
    ("prctl", 0, (1, 4, 22, 38)),  # PR_SET_PDEATHSIG, _DUMPABLE, _SECCOMP, _NO_NEW_PRIVS
)


def system_call_filter() -> bytes:
    """Return the BPF program that a worker puts itself under: a list of what is allowed.

    Anything else fails with "Operation not permitted". It makes threads, and no process.
    """
    import pyseccomp as seccomp

    rules = _rules(ALLOWED, ARGUMENTS)
    thread = seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, CLONE_THREAD)
    rules.add_rule(seccomp.ALLOW, "clone", thread)
    own, ask = seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0)
    rules.add_rule(seccomp.ALLOW, "prlimit64", own, ask)
    return _exported(rules)


def outer_filter() -> bytes:
    """Return the BPF program that bubblewrap starts the zygote under, which its workers inherit.

    It makes processes, and no namespace; it signals none but all at once, which ends what earlier
    workers left; it limits itself. Anything else fails with "Operation not permitted".
    """
    import pyseccomp as seccomp

    rules = _rules(ALLOWED | ZYGOTE, (*ARGUMENTS, *OF_THE_ZYGOTE))
    rules.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_NEW, 0))
    rules.add_rule(seccomp.ALLOW, "prlimit64", seccomp.Arg(0, seccomp.EQ, 0))
    everyone = seccomp.Arg(0, seccomp.MASKED_EQ, ALL_PROCESSES, ALL_PROCESSES)
    rules.add_rule(seccomp.ALLOW, "kill", everyone, seccomp.Arg(1, seccomp.EQ, SIGKILL))
    return _exported(rules)


def signal_filter() -> bytes:
    """Return the BPF program that a worker puts itself under where the outer layer is alone.

    The zygote needs signals to end what workers leave; no worker may end the zygote by them.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in ("kill", "pidfd_open"):
        rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
    return _exported(rules)


def _rules(allowed: Iterable[str], arguments: Sequence[tuple[str, int, tuple[int, ...]]]) -> Any:
    """Begin a list. clone3 is said not to exist, so that the C library makes threads with clone.

    A filter sees the flags of clone, which are an argument, and not those of clone3.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in allowed:
        rules.add_rule(seccomp.ALLOW, name)
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for name, at, values in arguments:
        for value in values:
            rules.add_rule(seccomp.ALLOW, name, seccomp.Arg(at, seccomp.EQ, value))
    return rules


def _exported(rules: Any) -> bytes:
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
