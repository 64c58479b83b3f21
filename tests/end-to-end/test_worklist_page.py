"""The work list in the browser: who signs in, what is shown, as a page and as tables."""

import csv
import io
import re
import urllib.parse

import harness
from harness import assessed, day, event, settled

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REASONS = {"rung_not_assessed": "De stap is lang niet gemeten.",
           "no_contact": "De klantmanager had lang geen contact."}


class WorkListPage(harness.Case):
    partners = {"isd": {}, "lev": {"municipalities": "GM0823"},
                "named": {"require_user": "yes"}, "silent": {}, "many": {}}
    analysts = {"council": {"municipalities": "*"}}
    sections = "[municipality GM0823]\nname = =Oirschot & <co>\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for who, count in (("isd", 12), ("lev", 3)):
            for place, days in (("GM0823", 160), ("GM0757", 230)):
                if who == "lev" and place != "GM0823":
                    continue
                for number in range(count):
                    subject = f"{who}-{place}-{number}"
                    cls.daemon.accept(settled(subject, "2024-01-01", place),
                                      assessed(subject, day(-days - number), 2, place), who=who)
        harness.until(lambda: cls.daemon.get("/v1/worklist", who="isd").json["total"] == 24
                      and cls.daemon.get("/v1/worklist", who="lev").json["total"] == 3,
                      "the lists have all")

    def sign_in(self, who="isd", headers=None, **fields):
        fields = {"token": self.daemon.tokens[who], **fields}
        return self.daemon.request("POST", "/sign-in", urllib.parse.urlencode(fields),
                                   {**FORM, **(headers or {})})

    def cookie(self, *arguments, **fields):
        answer = self.sign_in(*arguments, **fields)
        self.assertEqual(answer.status, 303, answer)
        return {"Cookie": answer.header("Set-Cookie").split(";")[0]}

    def page(self, query="", status=200, headers=None, who=None):
        answer = self.daemon.get("/worklist" + query, headers=headers, who=who)
        self.assertEqual(answer.status, status, answer)
        return answer.body.decode()

    @staticmethod
    def subjects(text):
        return re.findall(r'<bdi class="who">([^<]+)</bdi></th>', text)

    def test_a_partner_signs_in_and_is_at_its_list(self):
        answer = self.sign_in()
        self.assertEqual(answer.header("Location"), "/worklist?lang=nl")
        self.assertIn("SameSite=Lax", answer.header("Set-Cookie"))
        self.assertNotIn("Secure", answer.header("Set-Cookie"))
        tls = self.sign_in(headers={"X-Forwarded-Proto": "https"})
        self.assertRegex(tls.header("Set-Cookie"), "^__Host-.*; SameSite=Lax; Secure$")
        self.assertEqual(self.sign_in("council").header("Location"), "/?lang=nl")
        text = self.page(headers=self.cookie())
        self.assertEqual(len(self.subjects(text)), 24)
        self.assertIn("Ingelogd als isd", text)

    def test_the_page_has_the_rows_of_the_list_in_its_order(self):
        headers = self.cookie()
        for query in ("", "?silent=no", "?silent=yes", "?municipality=GM0823",
                      "?municipality=all&silent="):
            listed = self.daemon.get("/v1/worklist" + query.replace("&silent=", ""), who="isd")
            items = listed.json["items"]
            text = self.page(query, headers=headers)
            self.assertEqual(self.subjects(text), [one["subject"] for one in items], query)
            self.assertGreater(len(items), 3)
            self.assertEqual(text.count("al verlopen</em>"),
                             sum(one["falls_silent_on"] <= day() for one in items))
            self.assertEqual(text.count(REASONS["rung_not_assessed"]), len(items))

    def test_what_others_sent_is_not_there(self):
        text = self.page(headers=self.cookie("lev"))
        self.assertEqual(len(self.subjects(text)), 3)
        self.assertNotIn("isd-", text)
        self.assertNotIn("GM0757", text)
        self.assertTrue("niemand op deze lijst" in self.page(headers=self.cookie("silent")))

    def test_the_choice_has_the_municipalities_of_the_list(self):
        text = self.page("?municipality=GM0757", headers=self.cookie())
        self.assertEqual(re.findall(r'<option value="(GM\d+)"( selected)?>([^<]*)<', text),
                         [("GM0757", " selected", "GM0757"),
                          ("GM0823", "", "=Oirschot &amp; &lt;co&gt;")])

    def test_for_excel_it_is_a_table_with_words(self):
        headers = self.cookie()
        items = self.daemon.get("/v1/worklist", who="isd").json["items"]
        for language in ("nl", "en"):
            answer = self.daemon.get(f"/worklist?for=excel&lang={language}", headers=headers)
            self.assertEqual(answer.media_type, "text/csv")
            text = answer.body.decode()
            self.assertTrue(text.startswith("\ufeffNieuws verloopt op;" if language == "nl"
                                            else "\ufeffNews runs out on;"))
            table = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
            self.assertEqual([[row[0], row[2], row[4], row[7], row[8]] for row in table[1:]],
                             [[one["falls_silent_on"], one["subject"], one["municipality"],
                               one["since"], str(one["days"])] for one in items])
            if language == "nl":
                self.assertEqual({row[5] for row in table[1:]}, {REASONS["rung_not_assessed"]})
            # What the operator called a municipality is no formula.
            self.assertEqual({row[3] for row in table[1:]}, {"GM0757", "'=Oirschot & <co>"})
        plain = self.daemon.get("/worklist?for=csv&silent=no", headers=headers)
        self.assertEqual(plain.body, self.daemon.get(
            "/v1/worklist?silent=no", who="isd", headers={"Accept": "text/csv"}).body)

    def test_every_link_of_the_page_leads_somewhere(self):
        headers = self.cookie()
        links = re.findall(r'href="(/[^"]*)"', self.page("?silent=no", headers=headers))
        self.assertGreater(len(links), 3)
        for link in links:
            answer = self.daemon.get(link.replace("&amp;", "&"), headers=headers)
            self.assertEqual(answer.status, 200, link)
            if "for=" in link:
                self.assertEqual(answer.body.count(b"GM0757"), 0, "the choice is kept")

    def test_who_is_not_signed_in_goes_on_to_the_form(self):
        stale = {"Cookie": "ladderd_session=" + "A" * 43}
        for headers in (None, stale, self.cookie("council")):
            answer = self.daemon.get("/worklist?lang=en", headers=headers)
            self.assertEqual((answer.status, answer.header("Location")),
                             (303, "/sign-in?lang=en"))
            self.assertNotIn(b"isd-", answer.body)
        headers = self.cookie()
        self.daemon.request("POST", "/sign-out", "", {**FORM, **headers})
        self.page(status=303, headers=headers)

    def test_a_session_opens_pages_and_nothing_else(self):
        headers = self.cookie()
        for path in ("/v1/worklist", "/v1/log", "/v1/events/x", "/v1/agreements"):
            self.assertEqual(self.daemon.get(path, headers=headers).status, 401, path)
        answer = self.daemon.request("POST", "/v1/events", '{"events":[]}',
                                     {**headers, "Content-Type": harness.JSON})
        self.assertEqual(answer.status, 401)
        # Of figures a partner sees what anybody sees.
        for path in ("/", "/figures.csv", "/v1/indicators", "/metrics"):
            self.assertEqual(self.daemon.get(path, headers=headers).status,
                             self.daemon.get(path).status, path)

    def test_the_audit_names_whom_the_list_was_shown_to_whatever_cookie_came_along(self):
        for other in ("silent", "council"):
            headers, before = self.cookie(other), len(self.daemon.audit())
            self.assertEqual(len(self.subjects(self.page(headers=headers, who="lev"))), 3)
            self.assertEqual([line["who"] for line in self.daemon.audit()[before:]],
                             ["partner lev"] * 2)

    def test_who_must_say_who_looks_is_asked_by_the_form(self):
        for user, sentence in ((None, "Vul ook in wie u bent"), ("", "Vul ook in wie u bent"),
                               ("a/b", "klopt zo niet"), ("123456782", "klopt zo niet"),
                               ("u" * 65, "klopt zo niet")):
            answer = self.sign_in("named", **({} if user is None else {"user": user}))
            self.assertEqual(answer.status, 400, user)
            self.assertIsNone(answer.header("Set-Cookie"))
            text = answer.body.decode()
            self.assertIn(sentence, text)
            self.assertNotIn(self.daemon.tokens["named"], text)
            if user:
                self.assertNotIn(user, text)
        headers = self.cookie("named", user="j.smit")
        self.assertIn("Ingelogd als j.smit, van named", self.page(headers=headers))
        # By its token it must say so in the header, as ever.
        self.page(status=400, who="named")
        lines = [line for line in self.daemon.audit() if line["who"].startswith("partner named")]
        self.assertEqual([(line["audit"], line["who"], line["what"], line["outcome"])
                          for line in lines],
                         [("sign_in", "partner named", "POST /sign-in", "refused")] * 5
                         + [("sign_in", "partner named/j.smit", "POST /sign-in", "accepted"),
                            ("read", "partner named/j.smit", "GET /worklist", "shown")])

    def test_wrong_addresses_are_pages_that_say_so(self):
        for headers, query, status in (
                (self.cookie(), "?municipality=<b>", 400), (self.cookie(), "?silent=maybe", 400),
                (self.cookie(), "?for=lotus", 400),
                (self.cookie("lev"), "?municipality=GM0757", 403)):
            answer = self.daemon.get("/worklist" + urllib.parse.quote(query, safe="?=&"),
                                     headers=headers)
            self.assertEqual((answer.status, answer.media_type), (status, "text/html"), query)
            text = answer.body.decode()
            self.assertNotIn("<b>", text)
            self.assertIn("Terug naar de hele lijst", text)
        self.page("?utm_source=letter", headers=self.cookie())

    def test_nothing_may_be_loaded_or_sent_by_the_page(self):
        headers = self.cookie()
        answer = self.daemon.get("/worklist", headers=headers)
        policy = answer.header("Content-Security-Policy")
        self.assertIn("default-src 'none'", policy)
        for word in ("unsafe", "connect-src", "http", "*"):
            self.assertNotIn(word, policy)
        self.assertEqual(answer.header("Cache-Control"), "no-store")
        text = answer.body.decode()
        for pattern in (r"\sstyle=", r"\son[a-z]+=", r"\ssrc=", r"https?:"):
            self.assertNotRegex(re.sub(r"<style>.*?</style>|<link[^>]*>", "", text, flags=re.S),
                                pattern)
        # The chooser of the file is in no form, and has no name to be sent by.
        chooser = re.search(r'<input id="table"[^>]*>', text).group()
        self.assertNotIn("name=", chooser)
        self.assertFalse(re.search(r"<form[^>]*>(?:(?!</form>).)*type=\"file\"", text, re.S))

    def test_a_long_list_is_cut_with_a_word_and_the_table_has_all(self):
        daemon = self.daemon
        events = []
        for number in range(510):
            subject = f"many-{number}"
            events += [settled(subject, "2024-01-01"), assessed(subject, day(-170), 2)]
        events.append(event("contact_held", {"by": "CASE_MANAGER", "two_way": True},
                            subject="many-0", occurred_on=day(-75)))
        daemon.accept(*events, who="many")
        harness.until(lambda: daemon.get("/v1/worklist?limit=1", who="many").json["total"] > 509,
                      "the list has all")
        headers = self.cookie("many")
        text = self.page(headers=headers)
        self.assertEqual(len(self.subjects(text)), 500)
        self.assertTrue("U ziet de eerste 500." in text and "data-whole" not in text)
        total = daemon.get("/v1/worklist?limit=1", who="many").json["total"]
        table = daemon.get("/worklist?for=excel", headers=headers).body.decode()
        self.assertEqual(len(table.splitlines()), total + 1)
        self.assertTrue(REASONS["no_contact"] in table)
        self.assertEqual(self.subjects(self.page("?municipality=GM0757", headers=headers)), [])
