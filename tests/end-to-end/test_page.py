"""The page at /, its CSV at /figures.csv, signing in, and `ladder report`."""

import base64
import csv
import hashlib
import html
import io
import re
import urllib.parse
from datetime import date, timedelta
from html.parser import HTMLParser

import harness
from harness import day, event

SHARED = ("--seed", "7", "--until", day(-1))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COOKIE = "ladderd_session"


class Reader(HTMLParser):
    """The words of a page, its tags and links, and whether its elements are closed."""

    VOID = {"meta", "link", "input", "br"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words, self.loose = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.loose.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag, **attributes):
        return [found for name, found in self.tags if name == tag
                and all(found.get(key) == value for key, value in attributes.items())]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def shows_figures(daemon, path):
    return b"Gepubliceerde cijfers" in daemon.get(path).body


def content(page):
    """What is between <main> and </main>, without links: the same on the page and in the file."""
    inside = re.search(r"<main.*?</main>", page, re.S).group(0)
    inside = re.sub(r'<ul class="links">.*?</ul>\n', "", inside)
    return re.sub(r' (?:href|download)="[^"]*"', "", inside)


class Page(harness.Case):
    partners = {"isd": {}}
    analysts = {"council": {"municipalities": "GM0823"}, "both": {"municipalities":
                "GM0823, GM0757"}, "all": {"municipalities": "*"}}
    sections = "[municipality GM0823]\nname = 's-Gravenmoer & Ré\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quarters = []
        for arguments in (("--people", "100", "--years", "3", "--municipalities", "GM0823",
                           "--publish"),
                          ("--people", "8", "--years", "2", "--municipalities", "GM0757")):
            events = harness.generated(*SHARED, *arguments)
            cls.quarters += [one["report_published"]["as_of"] for one in events
                             if "report_published" in one]
            cls.daemon.accept(*events)
        last = max(cls.quarters)
        harness.until(lambda: shows_figures(cls.daemon, f"/?municipality=GM0823&as_of={last}"),
                    "the publications are folded")

    def page(self, path="/?municipality=GM0823", status=200, **options):
        answer = self.daemon.get(path, **options)
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.header("Content-Type"), "text/html; charset=utf-8")
        return answer.body.decode()

    def sign_in(self, who="council", headers=None, **fields):
        fields = {"token": self.daemon.tokens.get(who, who), **fields}
        return self.daemon.request("POST", "/sign-in", urllib.parse.urlencode(fields),
                                   {**FORM, **(headers or {})})

    def cookie(self, answer):
        return answer.header("Set-Cookie").split(";")[0]

    # -- the document

    def test_the_chooser_says_which_municipality_is_shown(self):
        """Also one of which nothing was reported."""
        for code in ("GM0823", "GM0099"):
            page = self.page(f"/?municipality={code}", who="all")
            self.assertEqual(re.findall(r'<option value="(\w+)" selected>', page), [code])

    def test_every_element_is_closed_and_every_chart_has_its_table_and_csv(self):
        for who in (None, "council"):
            read = Reader(self.page(who=who))
            self.assertEqual((read.loose, read.open), ([], []))
            sections = [one for one in read.all("section") if one.get("class") == "card"]
            # Agreements and what changed are internal; the latter has no CSV.
            self.assertEqual(len(sections), 12 + 2 * (who is not None))
            tables = len(read.all("table"))
            self.assertGreaterEqual(tables, 15)
            self.assertEqual(len(read.all("a", **{"class": "csv"})), 12 + (who is not None))
            self.assertEqual(len(read.all("caption")), tables)
            self.assertEqual(len(read.all("h1")), 1)
            self.assertEqual([one for one in read.all("button") if "type" not in one], [])
            self.assertEqual(len(read.all("meta", name="description")), 1)
            self.assertGreater(len(read.all("svg", role="img")), 15)
            for chart in read.all("svg", role="img"):
                for label in chart["aria-labelledby"].split():
                    self.assertTrue([one for name, one in read.tags
                                     if name in ("title", "desc") and one.get("id") == label])

    def test_nothing_is_fetched_and_nothing_is_inline_but_by_hash(self):
        page = self.page()
        read = Reader(page)
        for _, attributes in read.tags:
            self.assertNotIn("style", attributes)
            self.assertFalse([name for name in attributes if name.startswith("on")])
            for name in ("src", "href", "action"):
                self.assertRegex(attributes.get(name, "/"), r"^(/[^/]|/$|#|data:image)")
        policy = self.daemon.get("/").header("Content-Security-Policy")
        self.assertTrue(policy.startswith("default-src 'none'; "))
        for tag in ("style", "script"):
            inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
            self.assertEqual(len(inside), 1)
            digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
            self.assertIn(f"{tag}-src 'sha256-{digest}';", policy)
        for rule in ("base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
            self.assertIn(rule, policy)
        self.assertNotIn("unsafe", policy)

    def test_pages_are_not_kept_by_caches_and_say_what_they_depend_on(self):
        for path in ("/", "/?municipality=GM0823", "/sign-in", "/?municipality=GM0001"):
            answer = self.daemon.get(path)
            self.assertEqual(answer.header("Cache-Control"), "no-store")
            self.assertEqual(answer.header("X-Content-Type-Options"), "nosniff")
            self.assertEqual(answer.header("Referrer-Policy"), "same-origin")
            for name in ("Cookie", "Accept-Language"):
                self.assertIn(name, answer.header("Vary"))

    def test_the_published_page_says_the_published_figures(self):
        figures = self.daemon.get("/v1/indicators", municipality="GM0823").json
        words = Reader(self.page()).text
        norm = figures["indicators"]["participation_norm"]
        self.assertIn(f"{figures['population']['persons']} volwassen statushouders", words)
        # Shares follow from rounded counts: they are said in fives, and that they are about so.
        fives = 5 * int(20 * norm["share"] + 0.5)
        self.assertIn(f"ca. {fives}% doet minstens twee uur", words)
        self.assertIn(f"ongeveer {figures['population']['persons']} volwassen", words)
        self.assertIn("veelvouden van 5", words)
        for rung in "123456":
            self.assertRegex(words, rf" {rung} [A-Z][^.]*? "
                             rf"{figures['indicators']['ladder_position'][rung] or '0 of enkele'} ")
        self.assertNotIn("Interne cijfers", words)

    def test_the_internal_page_says_the_figures_of_today(self):
        figures = self.daemon.figures("council", municipality="GM0823").json
        words = Reader(self.page(who="council")).text
        self.assertIn(f"{figures['population']['persons']} volwassen statushouders", words)
        for step in figures["indicators"]["ladder_step"]:
            self.assertIn(f"Op deze stap gekomen: {step['entered']}, hoger gekomen: "
                          f"{step['climbed']}", words)

    def test_figures_of_few_people_are_said_to_be_left_out(self):
        # As many as must live there for anything to be shown at all.
        self.daemon.accept(*[harness.settled(harness.fresh("s"), "2020-01-01", "GM0757")
                             for _ in range(10)])
        self.daemon.accept(event("report_published", {"as_of": max(self.quarters)},
                                 municipality="GM0757"))
        harness.until(lambda: shows_figures(self.daemon, "/?municipality=GM0757"), "published")
        words = Reader(self.page("/?municipality=GM0757")).text
        self.assertGreater(words.count("Te weinig mensen om een cijfer te tonen."), 3)
        self.assertIn("over te weinig mensen gaat", words)

    def test_a_municipality_is_called_by_its_name_with_the_code(self):
        page = self.page()
        name = "&#39;s-Gravenmoer &amp; Ré"
        self.assertIn(f"<h1>{name}</h1>", page)
        self.assertIn(f"<span>{name} (GM0823)</span>", page)
        self.assertIn(f"<title>{name} · ", page)
        self.assertIn(f"selected>{name} (GM0823)</option>", page)
        made = self.report("-m", "GM0823", "-n", "'s-Gravenmoer & Ré").stdout.decode()
        self.assertIn(f"<h1>{name}</h1>", made)
        self.assertIn("GM0757</option>", self.page("/?municipality=GM0757", who="both"))

    def test_municipalities_are_sorted_by_name(self):
        read = Reader(self.page(who="both"))
        values = [one["value"] for one in read.all("option")]
        # The one has a name, which goes before a code.
        self.assertEqual(values, ["GM0823", "GM0757"])

    def test_a_card_leads_to_its_definition_its_csv_and_its_permanent_address(self):
        for who in (None, "council"):
            page = self.page(who=who)
            found = re.findall(r'<ul class="links">(.*?)</ul>', page)
            self.assertGreaterEqual(len(found), 3)
            for links in found:
                definition, table, permanent = [html.unescape(one) for one
                                                in re.findall(r'href="(.*?)"', links)]
                name = definition.split("#")[1]
                for language in ("nl", "en"):
                    explained = self.page(definition.split("#")[0] + f"&lang={language}")
                    self.assertIn(f'id="{name}"', explained)
                self.assertEqual(self.daemon.get(table, who=who).status, 200)
                for part in ("municipality=GM0823", "as_of=", "known_at=", "definitions="):
                    self.assertIn(part, permanent)
                again = self.page(permanent, who=who)
                self.assertEqual(re.search(r"<h1>.*?</p>", page, re.S)[0],
                                 re.search(r"<h1>.*?</p>", again, re.S)[0])
            # What leads on from there stays with what was known.
            onward = re.findall(r'href="(/figures\.csv[^"]*|/\?[^"]*lang=en)"', again)
            self.assertGreater(len(onward), 12)
            for address in onward:
                self.assertIn("known_at=", address)
            for address in onward[:3]:
                self.assertEqual(self.daemon.get(html.unescape(address), who=who).status, 200)

    def test_internal_figures_of_then_are_those_of_a_replay(self):
        known_at = f"{day(-60)}T12:00:00.000000Z"
        query = f"/figures.csv?municipality=GM0823&as_of={day(-90)}&known_at={known_at}"
        self.assertEqual(
            self.daemon.get(query, who="council").body,
            harness.ladder("replay", "--format", "csv", "-m", "GM0823", "-p", day(-90), "-k",
                           known_at, self.daemon.store, check=0).stdout)
        self.page(f"/?municipality=GM0823&known_at={day(1)}T00:00:00Z", 400, who="council")

    def test_what_changed_tells_what_happened_from_what_was_reported_late(self):
        """A municipality of its own: ten people a year ago, one reported late, two since."""
        place, last = "GM0820", max(self.quarters)
        def settled(day_of):
            return harness.settled(harness.fresh("late"), day_of, place)
        self.daemon.accept(*[settled("2020-01-01") for _ in range(2)], settled(harness.day(0)))
        page = self.page(f"/?municipality={place}", who="all")
        row = re.search(r'id="changed".*?<th scope="row">Statushouders</th>(.*?)</tr>', page,
                        re.S)[1]
        # All of it was recorded today, so nothing was known at the quarter's end.
        self.assertEqual(re.findall("<td>(.*?)</td>", row), ["0", "+2", "+1", "3"])
        self.assertLess(last, harness.day(0))
        self.assertNotIn('id="changed"', self.page())

    # -- what a browser is told

    def test_another_municipality_is_shown_though_it_has_no_such_quarter(self):
        wrong = "/?municipality=GM0823&as_of=2019-12-31"
        self.page(wrong, 404)
        answer = self.daemon.get(wrong + "&of=GM0757&lang=en")
        self.assertEqual((answer.status, answer.header("Location")),
                         (303, "/?municipality=GM0823&lang=en"))
        self.page(wrong + "&of=GM0823", 404)
        last = max(self.quarters)
        self.page(f"/?municipality=GM0823&as_of={last}&of=GM0757")

    def test_a_session_that_ended_says_so_and_leads_back(self):
        ended = {"Cookie": f"{COOKIE}={'x' * 43}"}
        page = self.page("/?municipality=GM0823&as_of=" + max(self.quarters), headers=ended)
        self.assertIn("U bent niet meer ingelogd", page)
        back = html.unescape(re.search(r'href="(/sign-in[^"]*)"', page)[1])
        self.assertIn("GM0823", back)
        form = Reader(self.page(back))
        where = form.all("input", name="back")[0]["value"]
        self.assertEqual(where, f"/?municipality=GM0823&as_of={max(self.quarters)}&lang=nl")
        self.assertEqual(self.sign_in(back=where).header("Location"), where)
        self.assertNotIn("niet meer ingelogd", self.page())
        # A file of what is published would pass for one of internal figures.
        self.assertProblem(self.daemon.get("/figures.csv?municipality=GM0823", headers=ended),
                           403)

    def test_signing_in_leads_nowhere_else(self):
        for back in ("//example.org", "https://example.org/", "/\\example.org", "/?a=%0d%0a",
                     "/x?" + "a" * 300, "javascript:alert(1)"):
            self.assertEqual(self.sign_in(back=back).header("Location"), "/?lang=nl", back)

    def test_a_browser_gets_a_page_where_a_program_gets_a_problem(self):
        browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        for path, status in (("/nothing", 404), ("/v1/nothing", 404), ("/sign-out", 405),
                             ("/figures.csv?part=x&municipality=GM0823", 404)):
            answer = self.daemon.get(path, headers=browser)
            self.assertEqual(answer.status, status, path)
            self.assertEqual(answer.header("Content-Type"), "text/html; charset=utf-8")
            read = Reader(answer.body.decode())
            self.assertEqual((read.loose, read.open, len(read.all("h1"))), ([], [], 1))
            self.assertIn("default-src 'none'", answer.header("Content-Security-Policy"))
            for accept in ({}, {"Accept": "application/json"}, {"Accept": "*/*"}):
                self.assertProblem(self.daemon.get(path, headers=accept), status)

    # -- language

    def test_dutch_unless_english_is_asked_for_or_preferred(self):
        for query, header, language in (
                ("", None, "nl"), ("", "en", "en"), ("", "en-GB,en;q=0.9,nl;q=0.8", "en"),
                ("", "nl-BE,en;q=0.9", "nl"), ("", "fr,de;q=0.7", "nl"), ("", "en;q=0.4,nl", "nl"),
                ("&lang=en", "nl", "en"), ("&lang=nl", "en", "nl"), ("&lang=xx", None, "nl")):
            with self.subTest(query=query, header=header):
                answer = self.daemon.get("/?municipality=GM0823" + query,
                                         headers={"Accept-Language": header} if header else None)
                self.assertEqual(answer.header("Content-Language"), language)
                self.assertIn(f'<html lang="{language}">', answer.body.decode())

    def test_both_languages_have_the_same_numbers(self):
        numbers = []
        for language in ("nl", "en"):
            page = self.page(f"/?municipality=GM0823&lang={language}")
            numbers.append(re.findall(r'(?:width|cx|cy)="[\d.%]+"', page))
        self.assertEqual(*numbers)
        self.assertGreater(len(numbers[0]), 100)

    # -- what is shown to whom

    def test_without_a_token_no_internal_number_is_on_the_page(self):
        other = day(-20)
        for path in (f"/?municipality=GM0823&as_of={other}", "/?municipality=all",
                     "/?municipality=GM0001", f"/?as_of={day(0)}"):
            answer = self.daemon.get(path)
            self.assertIn(answer.status, (200, 404), path)
            read = Reader(answer.body.decode())
            self.assertEqual(read.all("svg", role="img"), [], path)
            self.assertNotIn("Interne cijfers", read.text)
        before = {one["as_of"] for one in rows(self.daemon.get(
            "/figures.csv?municipality=GM0823&part=trend").body.decode())}
        self.assertLessEqual(before, set(self.quarters))

    def test_a_scraper_or_partner_sees_what_anybody_sees(self):
        for who in ("isd", "prometheus"):
            self.assertIn("Gepubliceerde cijfers", self.page(who=who))

    def test_an_analyst_sees_its_municipalities_only(self):
        self.assertIn("Interne cijfers", self.page("/", who="council"))
        for path in ("/?municipality=GM0757", "/?municipality=all"):
            self.assertIn("U mag de cijfers van deze gemeente niet zien", self.page(path, 403, who="council"))
            csv = self.daemon.get("/figures.csv" + path[1:], who="council")
            self.assertProblem(csv, 403)
            self.assertIn("may not see the figures", csv.json["detail"])
        choice = Reader(self.page("/", who="both")).all("option")
        self.assertEqual([one["value"] for one in choice], ["GM0823", "GM0757"])
        everything = Reader(self.page("/", who="all"))
        self.assertIn("Alle gemeenten samen", everything.text)
        self.assertEqual(self.daemon.get("/", token="wrong").status, 401)

    def test_wrong_addresses_are_explained_and_repeat_nothing(self):
        for who in (None, "council"):
            for query in ("municipality=x", "municipality=<b>", "municipality=GM0823&as_of=x",
                          "as_of=2026-02-30", "as_of=1980-01-01", "definitions=0",
                          "definitions=1000", "definitions=x", "as_of=<script>"):
                page = self.page("/?" + urllib.parse.quote(query, safe="=&"), 400, who=who)
                self.assertIn("Dit adres klopt niet", page)
                self.assertNotIn("<b>", page.split("<main")[1].split("</main>")[0]
                                 if "<b>" in query else "")
        self.page("/?as_of=" + day(2), 400, who="council")
        self.page("/?municipality=GM0823&as_of=&utm=1")

    def test_another_day_is_folded_with_its_trend(self):
        as_of = day(-200)
        page = self.page(f"/?municipality=GM0823&as_of={as_of}", who="council")
        figures = self.daemon.figures("council", municipality="GM0823", as_of=as_of).json
        self.assertIn(f"<strong>{figures['population']['persons']}</strong>", page)
        again = self.page(f"/?municipality=GM0823&as_of={day(-199)}", who="council")
        self.assertEqual(len(Reader(again).all("svg", role="img")),
                         len(Reader(page).all("svg", role="img")))

    # -- CSV

    def test_the_csv_has_the_rows_of_a_replay(self):
        as_of = day(-30)
        answer = self.daemon.get("/figures.csv", who="council", municipality="GM0823",
                                 as_of=as_of)
        found = rows(answer.body.decode())
        self.assertEqual(answer.media_type, "text/csv")
        self.assertIn(f"GM0823-{as_of}-figures.csv", answer.header("Content-Disposition"))
        replayed = harness.ladder("replay", "--format", "csv", "-m", "GM0823", "-p", as_of, "-k",
                                found[0]["known_at"], self.daemon.store, check=0).stdout.decode()
        self.assertEqual(answer.body.decode(), replayed)
        part = self.daemon.get("/figures.csv", who="council", municipality="GM0823",
                               as_of=as_of, part="ladder_step").body.decode()
        strip = [{**one, "known_at": ""} for one in rows(part)]
        self.assertEqual(strip, [{**one, "known_at": ""} for one in found
                                 if one["indicator"] == "ladder_step"])

    def test_the_csv_of_the_trend_has_rows_of_the_answers_themselves(self):
        for who in (None, "council"):
            trend = rows(self.daemon.get("/figures.csv?municipality=GM0823&part=trend",
                                         who=who).body.decode())
            days = sorted({one["as_of"] for one in trend})
            self.assertGreater(len(days), 4)
            for as_of in (days[0], days[-2]):
                at = next(one["known_at"] for one in trend if one["as_of"] == as_of)
                whole = (harness.ladder("replay", "--format", "csv", "-m", "GM0823", "-p", as_of,
                                      "-k", at, self.daemon.store, check=0).stdout.decode()
                         if who else self.daemon.get("/figures.csv", municipality="GM0823",
                                                     as_of=as_of).body.decode())
                for one in trend:
                    if one["as_of"] == as_of:
                        self.assertIn(one, rows(whole))

    def test_the_table_for_excel_has_the_figures_of_the_csv(self):
        """A row for each of the CSV: its numbers with a comma, all words Dutch or English."""
        for who, part, language in ((None, None, "nl"), ("council", None, "nl"),
                                    ("council", "trend", "nl"), ("council", None, "en")):
            asked = {"municipality": "GM0823", **({"part": part} if part else {})}
            plain = rows(self.daemon.get("/figures.csv", who=who, **asked).body.decode())
            answer = self.daemon.get("/figures.csv", who=who, lang=language, **asked,
                                     **{"for": "excel"})
            self.assertEqual(answer.media_type, "text/csv")
            self.assertIn("-excel.csv", answer.header("Content-Disposition"))
            text = answer.body.decode()
            self.assertTrue(text.startswith("\ufeffGemeente;Gemeentecode;Peildatum;"
                                            if language == "nl" else "\ufeffMunicipality;"))
            table = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
            self.assertEqual(len(table), len(plain) + 1)
            for row, cells in zip(plain, table[1:]):
                self.assertEqual(len(cells), len(table[0]))
                self.assertEqual([cells[1], cells[2]], [row["municipality"], row["as_of"]])
                for name, cell in zip(("value", "low", "high"), cells[-3:]):
                    if re.fullmatch(r"-?[\d.]+|", row[name]):
                        self.assertEqual(cell, row[name].replace(".", ","))
                    elif language == "nl":
                        self.assertNotEqual(cell, row[name])
                # A name of the CSV that has no words stands there as it is.
                words = " ".join(cells[4:6] + cells[8:10])
                self.assertNotRegex(words, "[a-z]_[a-z]|[A-Z]_[A-Z]")
                for name in row["figure"].split("."):
                    if language == "nl" and not name.isdigit():
                        self.assertNotIn(name, cells[5].split(": "), row)

    def test_the_page_leads_to_the_table_for_excel(self):
        for who in (None, "council"):
            links = [link["href"] for link in Reader(self.page(who=who)).all("a")
                     if "for=excel" in link["href"]]
            self.assertEqual(len(links), 1)
            self.assertTrue(self.daemon.get(links[0], who=who).body.startswith(b"\xef\xbb\xbf"))

    def test_what_is_for_no_known_program_is_refused(self):
        self.assertProblem(self.daemon.get("/figures.csv?municipality=GM0823&for=lotus"), 400)
        self.assertEqual(self.daemon.get("/figures.csv?municipality=GM0823&for=").body,
                         self.daemon.get("/figures.csv?municipality=GM0823").body)

    def test_every_csv_that_a_page_leads_to_is_there(self):
        for who in (None, "council"):
            for link in Reader(self.page(who=who)).all("a"):
                if link["href"].startswith("/figures.csv"):
                    answer = self.daemon.get(link["href"], who=who)
                    self.assertEqual(answer.status, 200, link)
                    self.assertGreater(len(rows(answer.body.decode())), 1, link)

    def test_a_csv_that_is_not_there_is_a_problem(self):
        for query, status in (("municipality=GM0823&part=x", 404),
                              ("municipality=x", 400), ("municipality=GM0001", 404),
                              (f"municipality=GM0823&as_of={day(-20)}", 404)):
            self.assertProblem(self.daemon.get("/figures.csv?" + query), status)

    def test_a_parameter_that_does_nothing_is_refused_by_the_csv(self):
        """Who asks with known_at must not take figures of today for those of then."""
        for query in ("known_at=yesterday", "window=90", "municipality=GM0757"):
            for who in (None, "council"):
                answer = self.daemon.get("/figures.csv?municipality=GM0823&" + query, who=who)
                self.assertProblem(answer, 400)
        self.page("/?municipality=GM0823&utm_source=letter")

    # -- signing in

    def test_a_token_becomes_a_session_that_is_not_the_token(self):
        answer = self.sign_in()
        self.assertEqual((answer.status, answer.header("Location")), (303, "/?lang=nl"))
        cookie = answer.header("Set-Cookie")
        value = cookie.split("=", 1)[1].split(";")[0]
        for flag in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"):
            self.assertIn("; " + flag, cookie)
        self.assertNotIn("Secure", cookie)
        self.assertNotEqual(value, self.daemon.tokens["council"])
        self.assertGreaterEqual(len(value), 43)
        page = self.page("/", headers={"Cookie": f"a=b; {COOKIE}={value}"})
        self.assertIn("Ingelogd als council", page)
        self.assertIn("Interne cijfers", page)
        self.assertNotIn(value, page)
        self.assertIn("Gepubliceerde", self.page(headers={"Cookie": f"{COOKIE}={value}x"}))

    def test_under_tls_the_cookie_is_secure(self):
        for headers in ({"X-Forwarded-Proto": "https"}, {"Forwarded": "for=x;proto=https"}):
            self.assertIn("; Secure", self.sign_in(headers=headers).header("Set-Cookie"))

    def test_a_cookie_opens_the_page_and_its_csv_and_nothing_else(self):
        headers = {"Cookie": self.cookie(self.sign_in("all"))}
        self.assertEqual(self.daemon.get("/figures.csv?municipality=GM0757",
                                         headers=headers).status, 200)
        self.assertProblem(self.daemon.get(f"/v1/indicators?municipality=GM0757&as_of={day(-9)}",
                                           headers=headers), 403)
        self.assertProblem(self.daemon.get("/v1/log", headers=headers), 401, 403)
        self.assertNotIn(b"ladderd_", self.daemon.get("/metrics", headers=headers).body)

    def test_wrong_tokens_are_told_and_give_no_cookie(self):
        for token in ("", "x", "prometheus", "%00", "x" * 400):
            answer = self.sign_in(token)
            self.assertEqual(answer.status, 403, token)
            self.assertIsNone(answer.header("Set-Cookie"))
            self.assertIn("Dit token is hier niet bekend", answer.body.decode())
            self.assertIn("This token is not known", self.sign_in(token, lang="en").body.decode())
        self.assertIsNone(self.sign_in("prometheus").header("WWW-Authenticate"))

    def test_a_pasted_token_may_have_blanks_around_it(self):
        token = f" {self.daemon.tokens['council']}\r\n"
        self.assertEqual(self.sign_in("", token=token).status, 303)

    def test_a_form_of_another_site_is_refused(self):
        host = f"127.0.0.1:{self.daemon.port}"
        ours = ({}, {"Origin": f"http://{host}"}, {"Sec-Fetch-Site": "same-origin"})
        foreign = ({"Origin": "http://example.org"}, {"Origin": "null"},
                   {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{host}"},
                   {"Sec-Fetch-Site": "same-site"})
        for headers in ours:
            self.assertEqual(self.sign_in(headers=headers).status, 303, headers)
        for headers in foreign:
            answer = self.sign_in(headers=headers)
            self.assertEqual(answer.status, 403, headers)
            self.assertIsNone(answer.header("Set-Cookie"), headers)
            cookie = self.cookie(self.sign_in())
            out = self.daemon.request("POST", "/sign-out", "", {**FORM, **headers,
                                                                "Cookie": cookie})
            self.assertEqual(out.status, 403)
            self.assertIn("Ingelogd als", self.page("/", headers={"Cookie": cookie}))

    def test_signing_out_ends_the_session(self):
        cookie = self.cookie(self.sign_in())
        out = self.daemon.request("POST", "/sign-out", "", {**FORM, "Cookie": cookie})
        self.assertEqual(out.status, 303)
        self.assertIn("Max-Age=0", out.header("Set-Cookie"))
        self.assertNotIn("Ingelogd als", self.page(headers={"Cookie": cookie}))

    def test_forms_are_small_and_plain(self):
        self.assertEqual(self.sign_in("x" * 5000).status, 413)
        answer = self.daemon.request("POST", "/sign-in", "{}", {"Content-Type": "text/plain"})
        self.assertProblem(answer, 415)
        for method, path in (("GET", "/sign-out"), ("POST", "/"), ("PUT", "/sign-in")):
            answer = self.daemon.request(method, path)
            self.assertProblem(answer, 405)
            self.assertIn("POST" if path != "/" else "GET", answer.header("Allow"))

    def test_the_page_is_packed_when_that_is_accepted(self):
        import gzip
        for who in (None, "council"):
            packed = self.daemon.get("/?municipality=GM0823", who=who,
                                     headers={"Accept-Encoding": "gzip"})
            self.assertEqual(packed.header("Content-Encoding"), "gzip")
            self.assertGreaterEqual(
                len(Reader(gzip.decompress(packed.body).decode()).all("table")), 15)

    # -- the file

    def report(self, *arguments, check=0):
        return harness.ladder("report", *arguments, self.daemon.store, check=check)

    def test_the_report_is_the_page(self):
        internal = self.page(f"/?municipality=GM0823&as_of={day(-40)}", who="council")
        known = rows(self.daemon.get(f"/figures.csv?municipality=GM0823&as_of={day(-40)}",
                                     who="council").body.decode())[0]["known_at"]
        made = self.report("-m", "GM0823", "-p", day(-40), "-k", known,
                           "-n", "'s-Gravenmoer & Ré").stdout.decode()
        same = [re.sub(r", \d\d:\d\d", "", content(page)) for page in (internal, made)]
        self.assertEqual(re.sub(r"<footer.*", "", same[0], flags=re.S), same[1])
        for language in ("nl", "en"):
            public = self.page(f"/?municipality=GM0823&lang={language}")
            made = self.report("--public", "-m", "GM0823", "--language", language,
                               "-n", "'s-Gravenmoer & Ré").stdout.decode()
            self.assertEqual(content(public), content(made))

    def test_the_report_stands_alone_with_its_csv_in_it(self):
        place = self.daemon.place / "report.html"
        self.report("-m", "GM0823", "-o", place)
        page = place.read_text()
        read = Reader(page)
        self.assertEqual((read.loose, read.open), ([], []))
        self.assertEqual(read.all("form"), [])
        found = {}
        for link in read.all("a"):
            self.assertRegex(link["href"], r"^(#figures|data:text/csv)")
            if link["href"].startswith("data:"):
                text = urllib.parse.unquote(link["href"].split(",", 1)[1])
                found[link["download"]] = rows(text)
        self.assertEqual(len(found), 13)
        today = date.fromisoformat(harness.today().isoformat())
        self.assertIn(f"GM0823-{today}-ladder_step.csv", found)
        whole = rows(harness.ladder("replay", "--format", "csv", "-m", "GM0823", "-k",
                                  found[f"GM0823-{today}-contact.csv"][0]["known_at"],
                                  self.daemon.store, check=0).stdout.decode())
        for name, some in found.items():
            self.assertGreater(len(some), 1, name)
            if "trend" not in name:
                for one in some:
                    self.assertIn(one, whole)
        policy = html.unescape(read.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]
                               ["content"])
        self.assertIn("default-src 'none'", policy)

    def test_a_report_of_an_earlier_quarter(self):
        as_of = sorted(self.quarters)[-3]
        made = self.report("--public", "-m", "GM0823", "-p", as_of).stdout.decode()
        self.assertIn("veelvouden van 5", made)
        self.assertNotIn(max(self.quarters), made)

    def test_what_a_report_cannot_be_is_said(self):
        for arguments, code in ((("-m", "x"), 64), (("--language", "fr"), 64), (("--public",), 64),
                                (("--public", "-m", "GM0001"), 66), (("-p", day(3)), 64),
                                (("--public", "-m", "GM0823", "-p", day(-1)), 66),
                                (("-k", "yesterday"), 64), (("--round-to", "4"), 64),
                                (("-o", "/nowhere/report.html"), 73)):
            done = self.report(*arguments, check=code)
            self.assertEqual(done.stdout, b"")
            self.assertIn(b"ladder report: ", done.stderr)


class Nothing(harness.OwnDaemon):
    def test_before_anything_is_published_the_page_says_so(self):
        daemon = self.ladderd()
        answer = daemon.get("/")
        self.assertEqual(answer.status, 200)
        self.assertIn("Er is nog niets gepubliceerd", answer.body.decode())
        internal = daemon.get("/", who="analyst").body.decode()
        self.assertIn("Interne cijfers", internal)
        self.assertIn("Hierover is nog niets te zeggen", internal)

    def test_of_several_municipalities_one_is_chosen(self):
        daemon = self.ladderd()
        quarter = harness.today().replace(day=1)
        while quarter.month not in (1, 4, 7, 10):
            quarter = (quarter - timedelta(days=1)).replace(day=1)
        as_of = (quarter - timedelta(days=1)).isoformat()
        daemon.accept(*[harness.settled(harness.fresh("s"), "2020-01-01", place)
                        for place in ("GM0823", "GM0757") for _ in range(10)])
        daemon.accept(*[event("report_published", {"as_of": as_of}, municipality=place)
                        for place in ("GM0823", "GM0757")])
        harness.until(lambda: shows_figures(daemon, "/?municipality=GM0757"), "published")
        read = Reader(daemon.get("/").body.decode())
        self.assertIn("Kies een gemeente", read.text)
        self.assertEqual([one["value"] for one in read.all("option")], ["GM0757", "GM0823"])

    def test_sighup_ends_the_session_of_an_analyst_that_is_gone(self):
        daemon = self.ladderd(analysts={"council": {"municipalities": "*"},
                                        "other": {"municipalities": "*"}})
        cookies = {}
        for who in ("council", "other"):
            answer = daemon.request("POST", "/sign-in", f"token={daemon.tokens[who]}", FORM)
            cookies[who] = {"Cookie": answer.header("Set-Cookie").split(";")[0]}
            self.assertIn(f"als {who}", daemon.get("/", headers=cookies[who]).body.decode())
        # A new token of the same name ends what began with the old one.
        del daemon.analysts["council"]
        daemon.new_token("other")
        daemon.write_config()
        daemon.hang_up()
        for who in ("council", "other"):
            harness.until(lambda who=who: "Ingelogd als" not in
                        daemon.get("/", headers=cookies[who]).body.decode(), "signed out")
