"""scripts/tidy finds what it is there for: each rule is broken in a small tree of its own."""
import importlib.machinery
import importlib.util
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
TIDY = Path(__file__).resolve().parents[2] / "scripts" / "tidy"


def source(path, text):
    """A source or a header at `path` as the rules want it, with `text` in it."""
    head = f"/*\n * {path} - for a test.\n */\n"
    if not path.endswith(".h"):
        return head + text
    guard = re.sub(r"[^A-Z0-9]", "_", path.upper())
    return f"{head}#ifndef {guard}\n#define {guard}\n\n{text}\n#endif\n"


def problems_of(files, raw=()):
    """What tidy says of a tree of `files` (path: text); those in `raw` are taken as they are."""
    loader = importlib.machinery.SourceFileLoader("tidy", str(TIDY))
    tidy = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
    loader.exec_module(tidy)
    with tempfile.TemporaryDirectory() as top:
        rooms = "\n".join(f"{room}/" for room in tidy.ARROWS)
        files = {"ARCHITECTURE.md": rooms, **files}
        for path, text in files.items():
            whole = os.path.join(top, path)
            os.makedirs(os.path.dirname(whole), exist_ok=True)
            is_code = path.endswith((".c", ".h")) and path not in raw
            Path(whole).write_text(source(path, text) if is_code else text)
        tidy.TOP, tidy.CC = top, os.environ.get("CC", "cc").split()
        tidy.check()
    return tidy.problems


class Tidy(unittest.TestCase):
    maxDiff = None

    def assert_says(self, sentence, files, raw=()):
        """Exactly one problem is found, and `sentence` is in it."""
        problems = problems_of(files, raw)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(sentence, problems[0])

    def test_a_tree_without_faults_has_no_problem(self):
        self.assertEqual(problems_of({
            "base/a.h": "struct a {\n\tint b;\n};\n\nint a_get(const struct a *a);\n"
                        "int a_more(void); /* in more.c */\n",
            "base/a.c": '#include "base/a.h"\n\nstatic int twice = 2;\n\n'
                        "int a_get(const struct a *a)\n{\n\treturn twice * a->b;\n}\n\n"
                        "int a_get_inside(void)\n{\n\treturn 0;\n}\n",
            "base/more.c": "struct forward;\n\nint a_more(void)\n{\n\treturn 1;\n}\n",
            "base/a_inside.h": "int a_get_inside(void);\n",
            "base/b.c": '/* int a_more(void); */\nstatic int twice = 1;\n\n'
                        'static const char *say(void)\n{\n\treturn "strcpy(";\n}\n',
            "daemon/main.c": "int main(void)\n{\n\treturn 0;\n}\n",
            "tools/main.c": "int main(void)\n{\n\treturn 0;\n}\n",
        }), [])

    def test_a_room_must_not_know_one_above_it(self):
        self.assert_says("base/ must not know store/", {
            "base/a.c": '#include "store/a.h"\n', "store/a.h": "enum { A };\n"})

    def test_a_room_in_a_room_must_not_know_the_one_around_it(self):
        self.assert_says("indicators/person/ must not know indicators/", {
            "indicators/person/a.c": '#include "indicators/a.h"\n',
            "indicators/a.h": "enum { A };\n"})

    def test_a_room_in_a_room_must_not_know_one_beside_it(self):
        self.assert_says("daemon/http/ must not know daemon/web/", {
            "daemon/http/a.c": '#include "daemon/web/a.h"\n', "daemon/web/a.h": "enum { A };\n"})
        self.assert_says("tools/common/ must not know tools/push/", {
            "tools/common/a.c": '#include "tools/push/a.h"\n', "tools/push/a.h": "enum { A };\n"})

    def test_a_room_must_not_know_a_room_in_a_room_that_its_row_does_not_name(self):
        self.assert_says("store/ must not know indicators/person/", {
            "store/a.c": '#include "indicators/person/a.h"\n',
            "indicators/person/a.h": "enum { A };\n"})

    def test_a_folder_that_is_no_room_is_told(self):
        self.assert_says("base/deep/ is no room", {"base/deep/a.c": ""})

    def test_a_header_that_is_not_there_is_told(self):
        self.assert_says("there is no base/a.h", {"base/a.c": '#include "base/a.h"\n'})

    def test_a_library_is_for_its_rooms_only(self):
        self.assert_says("lmdb.h is only for", {"engine/a.c": "#include <lmdb.h>\n"})
        self.assert_says("is a library that no room has", {"base/a.c": "#include <ncurses.h>\n"})

    def test_two_externals_of_one_name_are_refused(self):
        function = "int twice(void)\n{\n\treturn 2;\n}\n"
        self.assert_says("the external twice is one of daemon/server/a.c too", {
            "daemon/server/a.c": function, "tools/push/b.c": function})
        self.assert_says("the external table is one of base/a.c too", {
            "base/a.c": "const int table[2] = { 1, 2 };\n", "page/b.c": "int table;\n"})
        self.assert_says("the external long_one is one of base/a.c too", {
            "base/a.c": "const char *long_one(\n\tint a, void (*b)(int c))\n{\n\treturn 0;\n}\n",
            "page/b.c": "int long_one = 1;\n"})

    def test_two_tags_of_one_name_are_refused(self):
        self.assert_says("the tag walk is one of engine/a.c too", {
            "engine/a.c": "struct walk {\n\tint a;\n};\n", "page/b.c": "enum walk { A };\n"})
        self.assert_says("the tag walk is one of engine/a.c too", {
            "engine/a.c": "struct a {\n\tunion walk {\n\t\tint a;\n\t} b;\n};\n",
            "page/b.c": "struct walk {\n\tint a;\n};\n"})

    def test_a_header_must_not_declare_what_is_defined_elsewhere(self):
        elsewhere = "int lost(void)\n{\n\treturn 0;\n}\n"
        sentence = "lost() is defined neither in its .c nor in one beside it"
        self.assert_says(sentence, {"base/a.h": "int lost(void);\n"})
        self.assert_says(sentence, {"base/a.h": "int lost(void);\n", "base/b.c": elsewhere})
        self.assert_says(sentence, {
            "base/a.h": "/* page/b.c */\nint lost(void);\n", "page/b.c": elsewhere})
        self.assert_says(sentence, {
            "base/a.h": "int lost(void);\n", "base/a.c": "static " + elsewhere})

    def test_a_source_begins_with_its_name_and_a_header_is_guarded_by_it(self):
        self.assert_says("must begin with a comment", {"base/a.c": "int a;\n"}, raw=["base/a.c"])
        self.assert_says("its guard must be BASE_A_H", {
            "base/a.h": "/*\n * base/a.h - a.\n */\n#ifndef A_H\n#define A_H\n#endif\n"},
            raw=["base/a.h"])

    def test_a_header_must_compile_alone(self):
        self.assert_says("does not compile alone", {
            "base/a.h": "struct a {\n\tuint32_t b;\n};\n"})

    def test_long_functions_and_lines_are_told(self):
        def function(lines):
            return "static void a(void)\n{\n" + "\t;\n" * lines + "}\n"
        self.assertEqual(problems_of({"base/a.c": function(70)}), [])
        self.assert_says("a function of 71 lines", {"base/a.c": function(71)})
        self.assertEqual(problems_of({"base/a.c": "\t/* " + "a" * 86 + " */\n"}), [])
        self.assert_says("longer than 100 columns", {
            "base/a.c": "\t/* " + "a" * 87 + " */\n"})

    def test_banned_functions_are_told(self):
        self.assert_says("strcpy() is banned", {
            "base/a.c": "static void a(char *b, char *c)\n{\n\tstrcpy(b, c);\n}\n"})
        self.assert_says("realloc() is only for base/grow.c", {
            "base/a.c": "static void *a(void *b)\n{\n\treturn realloc(b, 2);\n}\n"})
        for room in "indicators", "indicators/person", "indicators/disclosure":
            self.assert_says(f"{room}/ is pure: no malloc()", {
                f"{room}/a.c": "static void *a(void)\n{\n\treturn malloc(2);\n}\n"})

    def test_the_picture_must_name_every_room(self):
        self.assert_says("does not name base/", {
            "ARCHITECTURE.md": "\n".join(f"{top}/" for top in (
                "proto secret tls looks ingest indicators store engine page manual daemon tools tests").split())})


if __name__ == "__main__":
    unittest.main()
