"""What a disk was asked to write, as the kernel's dm-log-writes notes it, and what may be left.

It notes a write when a flush after it is done, and one that is to be safe by itself (FUA) when it
is done: all that stands before a flush was safe then, and at the end what was not safe is missing.
A word that somebody marks comes between. So after each flush the disk may be what all before makes
of it, or that and any part of what the next flush is to make safe.
"""

import os
import struct

SECTOR, BLOCK = 512, 4096
SUPER, ENTRY = struct.Struct("<QQQI"), struct.Struct("<QQQQ")
MAGIC, VERSION = 0x6A736677736872, 1
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


class WriteLog:
    """`entries` are (flags, where on the disk, bytes): of a mark the bytes are its word."""

    def __init__(self, path):
        self.entries = []
        with open(path, "rb") as file:
            magic, version, count, sector = SUPER.unpack(file.read(SUPER.size))
            if magic == 0:
                return  # nothing was ever flushed
            assert (magic, version, sector) == (MAGIC, VERSION, SECTOR), (magic, version, sector)
            at = SECTOR
            for _ in range(count):
                file.seek(at)
                to, sectors, flags, length = ENTRY.unpack(file.read(ENTRY.size))
                at += SECTOR
                if flags & MARK:
                    data = file.read(length)
                elif flags & DISCARD:
                    data = bytes(sectors * SECTOR)
                else:
                    file.seek(at)
                    data = file.read(sectors * SECTOR)
                    at += sectors * SECTOR
                assert len(data) == (length if flags & MARK else sectors * SECTOR), "it is cut"
                self.entries.append((flags, to * SECTOR, data))

    def safe_ends(self):
        """After each of these many entries all of them are safe."""
        return [number + 1 for number, (flags, _, _) in enumerate(self.entries)
                if flags & (FLUSH | FUA)]

    def flushed_together(self):
        """The (begin, end) of the writes that a flush, and nothing before it, made safe."""
        groups, begin = [], None
        for number, (flags, _, _) in enumerate(self.entries):
            if flags in (0, 16):  # a write; 16 says that it is a file system's own
                begin = number if begin is None else begin
            else:
                if flags & FLUSH and begin is not None:
                    groups.append((begin, number))
                begin = None
        return groups

    def marks(self, end):
        return [data.decode() for flags, _, data in self.entries[:end] if flags & MARK]

    def write(self, disk, begin, end, chance=None):
        """Does these entries on an image; with chance, each block of them or not, by itself."""
        fd = os.open(disk, os.O_WRONLY)
        try:
            for flags, where, data in self.entries[begin:end]:
                if flags & MARK:
                    continue
                for start in range(0, len(data), BLOCK):
                    if chance is None or chance.random() < 0.5:
                        os.pwrite(fd, data[start:start + BLOCK], where + start)
        finally:
            os.close(fd)
