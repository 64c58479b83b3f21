"""The commands of docs/excel.md as they stand, and what a real LibreOffice makes of the tables."""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import xml.etree.ElementTree
import zipfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RELEASE = Path(os.environ.get("RECORDS", ROOT / "build/release/records")).parent
os.environ.setdefault("LADDERD", str(RELEASE / "ladderd"))
os.environ.setdefault("LADDER", str(RELEASE / "ladder"))
sys.path.insert(0, str(ROOT / "tests/end-to-end"))

import harness  # noqa: E402

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SECONDS = 240  # a first start of LibreOffice writes a profile


def cells(workbook):
    """The cells of the first sheet by their place, numbers as such; and the formulas in it."""
    with zipfile.ZipFile(workbook) as parts:
        words = ["".join(text.text or "" for text in one.iter(SHEET + "t"))
                 for one in xml.etree.ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))]
        sheet = xml.etree.ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    found = {}
    for cell in sheet.iter(SHEET + "c"):
        value = cell.find(SHEET + "v")
        if value is not None:
            found[cell.get("r")] = (words[int(value.text)] if cell.get("t") == "s"
                                    else float(value.text))
    return found, list(sheet.iter(SHEET + "f"))


class Office(harness.Case):
    partners = {"isd": {}}
    analysts = {"council": {"municipalities": "*"}}
    sections = "[municipality GM0823]\nname = =SUM(1;2) Ænima\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        events = harness.generated("--seed", "7", "--until", harness.day(-1), "--people", "40",
                                   "--years", "3", "--municipalities", "GM0823")
        cls.daemon.accept(*events)
        harness.until(lambda: cls.daemon.figures("council", municipality="GM0823").json
                      ["population"]["persons"], "the figures have all")
        cls.place = Path(tempfile.mkdtemp(prefix="ladderd-office-"))
        cls.address = f"http://127.0.0.1:{cls.daemon.port}"

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place, ignore_errors=True)
        super().tearDownClass()

    def shell(self, block):
        """Runs commands with a profile of LibreOffice of our own."""
        block = block.replace("soffice ", f"soffice -env:UserInstallation=file://{self.place}/lo ")
        done = subprocess.run(
            ["sh", "-ec", block], cwd=self.place, capture_output=True, timeout=SECONDS,
            env={**os.environ, "LADDERD": self.address,
                 "TOKEN": self.daemon.tokens["council"]})
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-2000:])

    def test_the_commands_of_the_guides_make_a_workbook_with_the_figures(self):
        blocks = [re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(), re.S)[0]
                  for name in ("docs/excel.md", "docs/excel.nl.md")]
        self.assertEqual(*blocks)
        self.shell(blocks[0])
        found, formulas = cells(self.place / "cijfers.xlsx")
        self.assertEqual(formulas, [], "no cell of it is reckoned")
        plain = self.daemon.get("/figures.csv", who="council", municipality="GM0823")
        rows = [line.split(",") for line in plain.body.decode().splitlines()]
        self.assertEqual(found["A1"], "Gemeente")
        self.assertIn("=SUM(1;2) Ænima", found["A2"])
        self.assertGreater(len(rows), 300)
        numbers = 0
        for number, row in enumerate(rows[1:], 2):
            # What LibreOffice took for a number, in the columns of value and limits.
            for column, text in zip("KLM", row[-3:]):
                cell = found.get(f"{column}{number}")
                if re.fullmatch(r"-?[\d.]+", text):
                    self.assertAlmostEqual(cell, float(text), places=9, msg=row)
                    numbers += 1
                elif text == "":
                    self.assertIsNone(cell, row)
        self.assertGreater(numbers, 300)
        # Days are days: 2026-11-30 is the 46356th of a spreadsheet.
        as_of = date.fromisoformat(rows[1][0])
        self.assertEqual(found["C2"], (as_of - date(1899, 12, 30)).days)

    def test_the_work_list_opens_too_and_runs_nothing(self):
        self.daemon.accept(harness.settled("p-1", "2024-01-01"),
                           harness.assessed("p-1", harness.day(-160), 2))
        harness.until(lambda: b"p-1" in self.daemon.get("/worklist", who="isd").body,
                      "the list has p-1")
        table = self.daemon.get("/worklist?for=excel", who="isd").body
        (self.place / "lijst.csv").write_bytes(table)
        self.shell("soffice --headless --convert-to xlsx "
                   "--infilter='CSV:59,34,76,1,,1043,false,true' lijst.csv")
        found, formulas = cells(self.place / "lijst.xlsx")
        self.assertEqual((found["A1"], found["C1"], formulas), ("Nieuws verloopt op", "Wie", []))
        self.assertEqual(len({place for place in found if re.fullmatch(r"I\d+", place)}),
                         len(table.splitlines()))
        self.assertIsInstance(found["I2"], float)

    def test_power_query_is_given_an_address_and_columns_that_there_are(self):
        for name in ("docs/excel.md", "docs/excel.nl.md"):
            query = re.search(r"```\n(let\n.*?)```", (ROOT / name).read_text(), re.S).group(1)
            path = re.search(r'RelativePath = "([^"]+)"', query).group(1)
            asked = dict(re.findall(r'(\w+) = "([^"]*)"',
                                    re.search(r"Query = \[(.*?)\]", query, re.S).group(1)))
            client = harness.Client(self.daemon.port)
            credentials = f"council:{self.daemon.tokens['council']}".encode()
            answer = client.request(
                "GET", f"/{path}?{urllib.parse.urlencode(asked)}", None,
                {"Authorization": "Basic " + base64.b64encode(credentials).decode()})
            client.close()
            self.assertEqual(answer.status, 200)
            heading = answer.body.decode()[1:].split("\n")[0].split(";")
            columns = re.findall(r'\{"([^"]+)", (?:type \w+|Int64\.Type)\}', query)
            self.assertEqual(len(columns), 6)
            self.assertLessEqual(set(columns) | {"Onderwerp"}, set(heading))
            self.assertIn('Delimiter = ";"', query)
            self.assertIn("Encoding = 65001", query)


if __name__ == "__main__":
    unittest.main()
