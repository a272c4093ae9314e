"""The system calls that a worker may make: a list of what is allowed (seccomp)."""

from __future__ import annotations

import errno
import tempfile

# what Python, torch and threads need, and nothing that reaches another process or the network
ALLOWED = frozenset(
    {
        *("access", "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "close"),
        *("close_range", "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait"),
        *("epoll_wait", "eventfd2", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64"),
        *("fstat", "fstatfs", "futex", "get_robust_list", "getcwd", "getdents64", "getegid"),
        *("geteuid", "getgid", "getpid", "getppid", "getrandom", "getrlimit", "getrusage"),
        *("gettid", "gettimeofday", "getuid", "lseek", "lstat", "madvise", "membarrier", "mmap"),
        *("mprotect", "mremap", "munmap", "nanosleep", "newfstatat", "open", "openat", "pipe"),
        *("pipe2", "poll", "ppoll", "pread64", "preadv", "pselect6", "read", "readlink"),
        *("readlinkat", "readv", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask"),
        *("rt_sigreturn", "rt_sigtimedwait", "sched_getaffinity", "sched_yield", "select"),
        *("set_robust_list", "set_tid_address", "sigaltstack", "stat", "statfs", "statx"),
        *("sysinfo", "time", "times", "uname", "write", "writev"),
    }
)
CLONE_THREAD = 0x00010000
ARGUMENTS = (  # allowed with these values of one argument alone
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC; F_SETOWN would send signals
    ("fcntl", 1, (0, 1, 2, 3, 4, 1030)),
    ("ioctl", 1, (0x5401, 0x5413, 0x5451)),  # TCGETS, TIOCGWINSZ, FIOCLEX: open() and print() ask
    ("prctl", 0, (15, 16)),  # PR_SET_NAME, PR_GET_NAME: threads have names
)


def system_call_filter() -> bytes:
    """Return the BPF program that a worker puts itself under: a list of what is allowed.

    Anything else fails with "Operation not permitted". clone3 is said not to exist, so that the C
    library makes threads with clone, whose flags a filter can see.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        rules.add_rule(seccomp.ALLOW, name)
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    thread = seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, CLONE_THREAD)
    rules.add_rule(seccomp.ALLOW, "clone", thread)
    for name, at, values in ARGUMENTS:
        for value in values:
            rules.add_rule(seccomp.ALLOW, name, seccomp.Arg(at, seccomp.EQ, value))
    own, ask = seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0)
    rules.add_rule(seccomp.ALLOW, "prlimit64", own, ask)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
