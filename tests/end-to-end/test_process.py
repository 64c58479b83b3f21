"""What the process gives up, and what it is compiled with."""

import re
import subprocess
import unittest
from pathlib import Path

import harness

RELEASE = Path(harness.LADDERD).parent.name == "release"


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], stdout=subprocess.PIPE, check=True,
                          timeout=60).stdout.decode()


@unittest.skipUnless(RELEASE, "only a release is hardened")
class Binary(unittest.TestCase):
    """Both programs, as the compiler and the linker left them."""

    programs = (harness.LADDERD, harness.LADDER)

    def test_it_lies_anywhere_and_nothing_of_it_can_be_rebound(self):
        for program in self.programs:
            with self.subTest(program):
                self.assertRegex(readelf("-h", program), r"Type: +DYN")
                dynamic = readelf("-d", program)
                self.assertRegex(dynamic, r"\(FLAGS\).*BIND_NOW")
                self.assertRegex(dynamic, r"\(FLAGS_1\).*NOW.*PIE")
                headers = readelf("-l", program)
                self.assertIn("GNU_RELRO", headers)
                self.assertRegex(headers, r"GNU_STACK.* RW +0x")
                self.assertNotRegex(headers, r"LOAD.* RWE ")

    def test_the_stack_and_the_sizes_of_buffers_are_guarded(self):
        for program in self.programs:
            with self.subTest(program):
                symbols = readelf("--dyn-syms", program)
                self.assertIn("__stack_chk_fail", symbols)
                for name in ("__memcpy_chk", "__snprintf_chk"):
                    self.assertIn(name, symbols)
                data = Path(program).read_bytes()
                if b"GNU C11" in data:  # gcc notes its options for debuggers
                    self.assertIn(b"-fstack-clash-protection", data)

    def test_calls_land_on_pads_and_returns_have_a_shadow(self):
        for program in self.programs:
            with self.subTest(program):
                if "X86-64" not in readelf("-h", program):
                    self.skipTest("CET is of x86")
                self.assertRegex(readelf("-n", program), r"x86 feature:.*SHSTK")
                section = re.search(r"\.text +PROGBITS +(\w+) (\w+)", readelf("-S", program))
                address, offset = (int(text, 16) for text in section.groups())
                data = Path(program).read_bytes()
                found = re.findall(r" (\w+) +\d+ FUNC +GLOBAL DEFAULT +\d+ (\w+)$",
                                   readelf("-s", program), re.M)
                ours = {name: int(place, 16) - address + offset for place, name in found
                        if name in ("main", "log_open", "event_decode", "live_refresh")}
                self.assertGreaterEqual(len(ours), 3, found[:10])
                for name, place in ours.items():
                    self.assertEqual(data[place:place + 4], b"\xf3\x0f\x1e\xfa", name)


if __name__ == "__main__":
    unittest.main()
