"""The page of municipalities of 0 to 5,000 people, thirty of them in the chooser, at every width,
in light, dark, forced colours and print. The pictures stay in BUILD/pictures for people."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "browser"))

import chromium  # noqa: E402

import harness  # noqa: E402
from harness import assessed, fresh, settled  # noqa: E402

SIZES = {0: "GM0799", 1: "GM0800", 12: "GM0801", 60: "GM0802", 400: "GM0803", 5000: "GM0804"}
NAMES = ("Nuenen, Gerwen en Nederwetten", "Bodegraven-Reeuwijk", "Capelle aan den IJssel",
         "Sint-Michielsgestel", "Noardeast-Fryslân", "Haarlemmermeer", "'s-Hertogenbosch")
PICTURES = chromium.MODULES.parent / "pictures"


class Pictures(chromium.Looks, harness.Case):
    partners = {"isd": {"types": "*, report_published, agreement_made",
                        "municipalities": "*, " + ", ".join(SIZES.values())}}
    analysts = {"council": {"municipalities": "*"}}
    sections = "".join(f"[municipality GM{799 + i:04}]\nname = {NAMES[i % len(NAMES)]}\n"
                       for i in range(30))
    script = "../pictures/pictures.mjs"
    seconds = 800
    checks = tuple(check for size in SIZES
                   for check in (f"{size} people fit at every width",
                                 f"axe-core finds nothing with {size} people, in light and in dark"))

    @classmethod
    def ask(cls):
        PICTURES.mkdir(parents=True, exist_ok=True)
        sent = [settled(fresh("s"), "2024-01-01", f"GM{799 + i:04}") for i in range(10, 30)]
        for size, code in SIZES.items():
            if size in (60, 400):
                cls.send(harness.generated("--seed", str(size), "--until", harness.day(-1),
                                           "--people", str(size), "--years", "2",
                                           "--municipalities", code))
                continue
            for number in range(size):
                person = fresh("s")
                sent += [settled(person, "2024-01-01", code),
                         assessed(person, "2024-06-01", number % 4 + 1, code),
                         assessed(person, "2024-11-01", number % 5 + 1, code)]
        cls.send(sent)
        return {"token": cls.daemon.tokens["council"], "pictures": str(PICTURES),
                "sizes": {str(size): code for size, code in SIZES.items()}}

    @classmethod
    def send(cls, events):
        for begin in range(0, len(events), 9000):
            cls.daemon.accept(*events[begin:begin + 9000])


chromium.tests_of(Pictures)

if __name__ == "__main__":
    unittest.main()
