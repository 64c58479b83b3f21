"""The manual, the completion of bash and what `make install` writes: made of the tables of the
programs, so that they say what the programs do."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from harness import ROOT

OUT = Path(harness.LADDERD).resolve().parent
PAGES = OUT / "man"


def helped(*words):
    return harness.ladder(*words, "--help", check=0).stdout.decode()


def commands():
    return re.findall(r"^  ([a-z]+) +\S", helped().split("Exit status")[0], re.M)


def options_of(command):
    """{long name: letter or None} of what the help lists."""
    text = helped(command).split("\nOptions:\n")[1].split("\nExample:")[0]
    return {name: letter or None for letter, name in
            re.findall(r"^  (?:-(\w), |    )--([a-z-]+)", text, re.M)}


def page(name):
    return (PAGES / name).read_text()


class Manual(unittest.TestCase):
    def test_each_command_has_a_page_with_all_its_options_and_its_example(self):
        self.assertGreaterEqual(len(commands()), 16)
        self.assertEqual({file.name for file in PAGES.glob("ladder-*.1")},
                         {f"ladder-{name}.1" for name in commands()})
        for name in commands():
            text = page(f"ladder-{name}.1")
            for option, letter in options_of(name).items():
                start = f".It Fl {letter} , Fl \\-{option}" if letter else f".It Fl \\-{option}"
                self.assertRegex(text, rf"(?m)^{re.escape(start)}( Ar .*)?$", (name, option))
            example = helped(name).split("\nExample:\n")[1].strip().splitlines()[0]
            self.assertIn(example.strip().replace("\\", "\\e"), text, name)
            self.assertIn(f"Xr ladder-{name} 1\n", page("ladder.1"))

    def test_every_flag_of_the_daemon_is_on_its_page(self):
        said = harness.run(harness.LADDERD, "--help", check=0).stdout.decode()
        flags = set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", said, re.M))
        self.assertGreaterEqual(len(flags), 7)
        self.assertEqual(set(re.findall(r"Fl \\-([a-z-]+)", page("ladderd.8"))), flags)

    def test_every_key_of_the_configuration_is_on_its_page_with_its_default(self):
        printed = harness.run(harness.LADDERD, "--print-config", check=0).stdout.decode()
        self.assertEqual((PAGES / "ladderd.conf").read_text(), printed)
        wanted, section = [], None
        for line in printed.splitlines():
            if re.fullmatch(r"#?\[.*\]", line):
                section = line.strip("#")
            key = re.fullmatch(r"#(\w+) = ?(.*)", line)
            if key:
                wanted.append((section, *key.groups()))
        found, section = [], None
        for line in page("ladderd.conf.5").splitlines():
            if line.startswith(".Ss "):
                section = line[4:].removesuffix("\\&")
            key = re.fullmatch(r'\.It Ic (\w+) No =(?: "(.*)"| Op Ar value)', line)
            if key:
                found.append((section, key.group(1), key.group(2) or ""))
        self.assertGreater(len(wanted), 40)
        self.assertEqual(found, wanted)

    def test_mandoc_finds_nothing_to_say(self):
        place = Path(tempfile.mkdtemp(prefix="ladderd-man-"))
        self.addCleanup(shutil.rmtree, place, True)
        pages = sorted(PAGES.glob("*.[158]"))
        self.assertGreater(len(pages), 18)

        def lint(*files):
            done = subprocess.run(["mandoc", "-Tlint", *map(str, files)], capture_output=True,
                                  timeout=60)
            said = (done.stdout + done.stderr).decode().splitlines()
            # It looks for other pages where the system has its own: ours are beside each other.
            return [line for line in said if not (
                (other := re.search(r"referenced manual not found: Xr (\S+) (\d)$", line))
                and (PAGES / ".".join(other.groups())).is_file())]
        self.assertEqual(lint(*pages), [])
        # It does find what is wrong.
        wrong = place / "wrong.1"
        wrong.write_text(page("ladder-push.1").replace(".Sh NAME", ".Sh NAME\n.Nonsense"))
        self.assertIn("Nonsense", " ".join(lint(wrong)))

    def test_what_a_page_says_reads_as_the_help_does(self):
        shown = subprocess.run(["mandoc", "-Tascii", str(PAGES / "ladder-push.1")], timeout=60,
                               capture_output=True, check=True).stdout.decode()
        words = " ".join(re.sub(r".\x08", "", shown).split())
        purpose = helped("push").split("\n\n")[1]
        self.assertIn(" ".join(purpose.split())[:60], words)
        self.assertIn("--token-file FILE", words)


class Completion(unittest.TestCase):
    def complete(self, *words):
        """What bash offers for the last of the words."""
        program = words[0]
        script = (f"source '{PAGES}/ladder.bash'\nCOMP_WORDS=({' '.join(map(repr, words))})\n"
                  f"COMP_CWORD={len(words) - 1}\n_{program}\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"")
        done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, timeout=60,
                              cwd=ROOT)
        self.assertEqual((done.returncode, done.stderr), (0, b""), words)
        return set(done.stdout.decode().split())

    def test_commands_options_words_and_files(self):
        self.assertEqual(self.complete("ladder", ""), {*commands(), "--help", "--version"})
        self.assertEqual(self.complete("ladder", "pus"), {"push"})
        for name in commands():
            self.assertEqual(self.complete("ladder", name, "--"),
                             {f"--{option}" for option in options_of(name)} | {"--version"}, name)
        self.assertEqual(self.complete("ladder", "push", "--via", ""), {"http", "stream"})
        self.assertEqual(self.complete("ladder", "report", "-l", "n"), {"nl"})
        self.assertIn("README.md", self.complete("ladder", "push", "READ"))
        self.assertIn("README.md", self.complete("ladder", "push", "--token-file", "READ"))
        self.assertEqual(self.complete("ladderd", "--check"), {"--check-config"})
        self.assertIn("README.md", self.complete("ladderd", "-c", "READ"))


class Install(unittest.TestCase):
    def test_what_is_installed_is_whole_and_is_removed_again(self):
        place = Path(tempfile.mkdtemp(prefix="ladderd-install-"))
        self.addCleanup(shutil.rmtree, place, True)

        def make(target):
            done = subprocess.run(
                ["make", "-s", target, f"BUILD={OUT.parent}", f"VARIANT={OUT.name}",
                 f"DESTDIR={place}", "PREFIX=/opt"], cwd=ROOT, capture_output=True, timeout=300)
            self.assertEqual(done.returncode, 0, done.stderr.decode()[-2000:])
        make("install")
        top = place / "opt"
        self.assertEqual([one.name for one in place.iterdir()], ["opt"])
        files = {str(file.relative_to(top)): file for file in top.rglob("*") if not file.is_dir()}
        for name in ("bin/ladder", "sbin/ladderd"):
            self.assertEqual(files[name].stat().st_mode & 0o777, 0o755)
            done = subprocess.run([files[name], "--version"], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0)
        for name in ("share/man/man8/ladderd.8", "share/man/man5/ladderd.conf.5",
                     "share/man/man1/ladder.1", "share/man/man1/ladder-push.1",
                     "share/bash-completion/completions/ladder",
                     "share/bash-completion/completions/ladderd",
                     "share/doc/ladderd/examples/ladderd.conf", "share/doc/ladderd/README.md",
                     "share/doc/ladderd/docs/privacy.nl.md", "lib/sysusers.d/ladderd.conf",
                     "lib/systemd/system/ladderd.socket", "lib/systemd/system/ladderd.service"):
            self.assertEqual(files[name].stat().st_mode & 0o777, 0o644, name)
        unit = files["lib/systemd/system/ladderd.service"].read_text()
        self.assertIn("ExecStart=/opt/sbin/ladderd ", unit)
        self.assertNotIn("/usr/", re.sub(r"^#.*", "", unit, flags=re.M))
        # The example changes nothing, and is right.
        done = subprocess.run(
            [files["sbin/ladderd"], "--check-config", "-c",
             files["share/doc/ladderd/examples/ladderd.conf"]], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        make("uninstall")
        self.assertEqual([file for file in top.rglob("*") if not file.is_dir()], [])


if __name__ == "__main__":
    unittest.main()
