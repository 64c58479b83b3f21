"""The device mapper of a kernel that test_system_dies.py kills, as guest.py uses it.

DISK is /dev/ubda, or lies on it: `linear` gives it as it is, `dropping` takes writes and flushes
and does nothing of them, `logged` writes to /dev/ubdb all that comes, with each flush, in an order
in which it was safe; write_log.py reads it.
"""

import ctypes
import fcntl
import os
import struct
from pathlib import Path

FOLDER = "/usr/lib/uml/modules/{}/kernel/drivers/md/{}.ko"
DISK = "/dev/dm-0"
# Of linux/dm-ioctl.h: commands, a struct dm_ioctl, a struct dm_target_spec and what a flag says.
CREATE, SUSPEND, LOAD, MESSAGE = 3, 6, 9, 14
HEAD, SPEC = struct.Struct("=3I7IQ128s129s7x"), struct.Struct("=QQiI16s")
NOW_SUSPENDED, WITHOUT_FREEZING = 1 << 1, 1 << 10
_control = None


def _module(name):
    with open(FOLDER.format(os.uname().release, name), "rb") as file:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(313, file.fileno(), b"", 0) != 0:  # finit_module
            raise OSError(ctypes.get_errno(), f"the module {name} cannot be loaded")


def _ask(command, flags=0, targets=0, data=b""):
    size = HEAD.size + len(data)
    asked = HEAD.pack(4, 0, 0, size, HEAD.size, targets, 0, flags, 0, 0, 0, b"disk", b"") + data
    fcntl.ioctl(_control, 0xC138FD00 | command, bytearray(asked))


def _become(target, rest):
    sectors = int(Path("/sys/class/block/ubda/size").read_text())
    line = rest.encode() + bytes(8 - len(rest) % 8)
    spec = SPEC.pack(0, sectors, 0, SPEC.size + len(line), target.encode())
    _ask(LOAD, targets=1, data=spec + line)
    _ask(SUSPEND)  # without the flag: it goes on, with what was loaded


def begin(kind):
    """Makes DISK of /dev/ubda: `linear` or `logged`."""
    global _control
    for name in ("dm-mod", "dm-flakey", "dm-log-writes"):
        _module(name)
    _control = os.open("/dev/mapper/control", os.O_RDWR)
    _ask(CREATE)
    if kind == "logged":
        _become("log-writes", "/dev/ubda /dev/ubdb")
    else:
        _become("linear", "/dev/ubda 0")


def drop():
    """From now on what is written is lost, and no call says so; what comes before is done."""
    _ask(SUSPEND, flags=NOW_SUSPENDED | WITHOUT_FREEZING)
    _become("flakey", "/dev/ubda 0 0 10000 1 drop_writes")


def mark(word):
    """Writes a word among the logged writes: what was flushed before stands before it."""
    text = f"mark {word}".encode()
    _ask(MESSAGE, data=struct.pack("=Q", 0) + text + bytes(8 - len(text) % 8))
