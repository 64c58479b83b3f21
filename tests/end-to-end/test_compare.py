"""Municipalities side by side, at /compare: by a naive twin, and for whom."""

import json
import math
import re

import harness
from harness import day, event, fresh, retraction, settled
from test_page import Reader, SHARED

# What is generated says a model too, of an earlier day.
MODELS = {"GM0823": "CAFETARIA", "GM0757": "PARTICIPATION_COMPANY", "GM0344": "CAFETARIA",
          "GM0439": "OTHER"}
NAMES = {"GM0823": "'s-Gravenmoer & Ré", "GM0757": "Boxtel", "GM0344": "Aalst"}
GROUPS = {None: ["Cafeteria model", "Participation company"], "some": ["Cafeteria model"],
          "isd": ["Cafeteria model", "Participation company"],
          "all": ["Cafeteria model", "Chain model (3D)", "Organised in another way"]}


def z_of(comparisons):
    low, high = 0, 8
    for _ in range(60):
        middle = (low + high) / 2
        low, high = ((middle, high) if math.erfc(middle / math.sqrt(2)) > .05 / comparisons
                     else (low, middle))
    return high


def wilson(yes, n, z):
    p, w = yes / n, z * z / n
    width = z * math.sqrt(p * (1 - p) / n + w / 4 / n) / (1 + w)
    return (p + w / 2) / (1 + w) - width, (p + w / 2) / (1 + w) + width


def verdict(others, own, z):
    """Newcombe's method 10, of exact counts."""
    (y1, n1), (y2, n2) = others, own
    (l1, u1), (l2, u2) = wilson(y1, n1, z), wilson(y2, n2, z)
    p1, p2 = y1 / n1, y2 / n2
    reach = math.hypot(u1 - p1, p2 - l2) if p2 > p1 else math.hypot(p1 - l1, u2 - p2)
    return "differs" if abs(p2 - p1) > reach else "not shown to differ"


class Table(Reader):
    """Each table of the page, by its caption: the cells of its rows, by the name."""

    def __init__(self, text):
        self.tables, self.cells, self.name, self.inside = {}, None, None, None
        super().__init__(text)

    def handle_starttag(self, tag, attributes):
        super().handle_starttag(tag, attributes)
        if tag in ("caption", "th", "td"):
            self.inside = [tag, ""]
        elif tag == "tr":
            self.cells = []

    def handle_data(self, data):
        super().handle_data(data)
        if self.inside:
            self.inside[1] += data

    def handle_endtag(self, tag):
        super().handle_endtag(tag)
        if tag == "caption":
            self.name = self.inside[1]
            self.tables[self.name] = []
        elif tag in ("th", "td"):
            self.cells.append(" ".join(self.inside[1].split()))
        elif tag == "tr":
            self.tables[self.name].append(self.cells)
        if self.inside and tag == self.inside[0]:
            self.inside = None


class Compare(harness.Case):
    partners = {"isd": {"types": "*, report_published, agreement_made",
                        "municipalities": "*, " + ", ".join(MODELS)}}
    analysts = {"all": {"municipalities": "*"}, "some": {"municipalities": "GM0823, GM0344"},
                "none": {}}
    sections = "".join(f"[municipality {code}]\nname = {name}\n" for code, name in NAMES.items())

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, code in enumerate(MODELS):
            people = (90, 60, 80, 4)[number]
            events = harness.generated(*SHARED, "--seed", str(number), "--people", str(people),
                                       "--years", "3", "--municipalities", code, "--publish")
            quarters = [one for one in events if "report_published" in one]
            cls.daemon.accept(*(one for one in events if one not in quarters[:-1]))
            cls.daemon.accept(event("service_model_set", {"model": MODELS[code]},
                                    municipality=code, occurred_on="2025-01-01"))
        # One that differs: nothing was reported about many of its people.
        cls.daemon.accept(*(settled(fresh("s"), "2025-01-01", "GM0757") for _ in range(80)))
        cls.daemon.accept(event("service_model_set", {"model": "CHAIN_3D"},
                                municipality="GM0757", occurred_on=day(0)))
        harness.until(lambda: all(name in cls.daemon.get("/compare").body for name in
                                  (b"Aalst", b"Boxtel", b"Gravenmoer")), "all that is published")
        harness.until(lambda: b"Chain model (3D)" in cls.daemon.get("/compare?lang=en", who="all")
                      .body, "all that was sent is in the figures")

    def page(self, who=None, **options):
        answer = self.daemon.get("/compare?lang=en", who=who, **options)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.header("Content-Type"), "text/html; charset=utf-8")
        return answer.body.decode()

    def internal(self, code):
        return json.loads(self.daemon.get("/v1/indicators", who="all", municipality=code).body)

    def test_groups_and_names_are_in_order_and_every_element_is_closed(self):
        for who, places in ((None, 3), ("all", 4), ("some", 2), ("isd", 3)):
            text = self.page(who)
            read = Table(text)
            self.assertEqual((read.open, read.loose), ([], []))
            self.assertEqual(len(set(re.findall(r'href="/\?municipality=(GM\d+)', text))), places)
            groups = re.findall(r'<h2 id="h-model-\d">(.*?)</h2>', text)
            self.assertEqual(groups, GROUPS[who])
            first = read.tables["Cafeteria model: taking part, work and language"]
            self.assertEqual([row[0] for row in first[1:]], ["Aalst", "'s-Gravenmoer & Ré"])
            self.assertNotIn("rank", read.text.replace("This is no ranking", ""))

    def test_an_analyst_sees_the_verdicts_of_the_naive_twin(self):
        read = Table(self.page("all"))
        figures = {code: self.internal(code)["indicators"] for code in MODELS}
        columns = {
            "Two hours a week, shown": ("participation_norm", "yes", ("yes", "no", "unknown")),
            "Combined pathway, shown": ("combined_pathway", "yes", ("yes", "no", "unknown")),
            "Plan in force": ("plan", "in_force", ("people",)),
            "No contact for over 90 days": ("contact", "over_90_days", ("people",)),
        }
        verdicts = sum(cell.endswith("differs") or cell.endswith("not shown to differ")
                       for table in read.tables.values() for row in table for cell in row)
        self.assertGreater(verdicts, 20)
        z, seen = z_of(verdicts), set()
        for title, rows in read.tables.items():
            for row in rows[1:]:
                code = next(one for one in MODELS if NAMES.get(one, one) == row[0])
                for name, (indicator, yes, whole) in columns.items():
                    if name not in rows[0]:
                        continue
                    counts = {one: (figures[one][indicator][yes],
                                    sum(figures[one][indicator][part] for part in whole))
                              for one in MODELS}
                    others = [sum(counts[one][i] for one in MODELS if one != code)
                              for i in (0, 1)]
                    with self.subTest(table=title, place=code, column=name):
                        cell = row[rows[0].index(name)]
                        if counts[code][1] == 0:
                            self.assertNotIn("differ", cell)
                            continue
                        wanted = verdict(others, counts[code], z)
                        self.assertTrue(cell.endswith(wanted), (cell, wanted, counts))
                        low, high = wilson(*counts[code], z_of(1))
                        percent = [round(100 * value) for value in (low, high)]
                        shown = [int(one) for one in re.findall(r"(\d+)%", cell)]
                        for told, meant in zip(shown[1:], percent):
                            self.assertLessEqual(abs(told - meant), 1, cell)
                        seen.add(wanted)
        self.assertEqual(seen, {"differs", "not shown to differ"})

    def test_what_anybody_sees_is_what_was_published(self):
        text = self.page()
        read = Table(text)
        self.assertIn("Published figures", read.text)
        self.assertNotIn("INTERNAL", text)
        self.assertNotIn("GM0439", text)  # four people: it is withheld
        for rows in read.tables.values():
            for row in rows[1:]:
                code = next(one for one in MODELS if NAMES.get(one, one) == row[0])
                published = json.loads(self.daemon.get(
                    "/v1/indicators", municipality=code).body)
                self.assertEqual(row[1], f'{published["population"]["persons"]:,}'
                                 .replace(",", "\u202f"))
                if "Two hours a week, shown" in rows[0]:
                    share = published["indicators"]["participation_norm"]["share"]
                    about = math.floor(share * 20 + .5) * 5
                    self.assertTrue(row[2].startswith(f"about {about}%"), row)
                else:
                    # Curves are too coarse to be compared.
                    self.assertNotIn("differ", " ".join(row))
        # Whoever sees no more than anybody gets the same bytes.
        for who in ("isd",):
            self.assertEqual(self.page(who), text)
        self.assertIn("There are no figures of a municipality", self.page("none"))

    def test_it_is_in_both_languages_and_the_pages_lead_to_it(self):
        dutch = self.daemon.get("/compare", headers={"Accept-Language": "nl"})
        self.assertIn('<html lang="nl">', dutch.body.decode())
        for words in ("Gemeenten naast elkaar", "Cafetariamodel", "geen ranglijst"):
            self.assertIn(words, dutch.body.decode())
        self.assertIn('href="/compare?lang=en"', dutch.body.decode())
        for path, who in (("/?municipality=GM0823&lang=en", None), ("/?lang=en", None),
                          ("/?lang=en", "some")):
            self.assertIn(b'<a href="/compare?lang=en">', self.daemon.get(path, who=who).body)
        back = re.search(r'href="(/sign-in[^"]*)"', dutch.body.decode())[1]
        form = self.daemon.get(back.replace("&amp;", "&")).body.decode()
        self.assertIn('name="back" value="/compare?lang=nl"', form)
        self.assertNotIn("/sign-in", self.page("all"))

    def test_a_page_that_is_kept_has_a_model_that_is_said_and_withdrawn_later(self):
        before = self.page()
        self.assertEqual(self.page(), before)
        self.daemon.accept(event("service_model_set", {"model": "CHAIN_3D"}, key="model",
                                 municipality="GM0757", occurred_on="2025-02-01"))
        harness.until(lambda: "Chain model (3D)" in self.page(), "the model of then is shown")
        self.daemon.accept(retraction(target_key="model"))
        harness.until(lambda: self.page() == before, "it is as it was")

    def test_a_model_holds_from_its_day_on(self):
        internal, public = self.page("all"), self.page()
        self.assertIn("Chain model (3D)", internal)
        self.assertNotIn("Participation company", internal)
        # What was published is of a quarter before.
        self.assertNotIn("Chain model (3D)", public)
        self.assertIn("Participation company", public)
