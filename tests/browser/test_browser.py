"""The page in a real Chromium: page.mjs looks, and this starts what it looks at."""

import json
import math
import re
import unittest
from datetime import date, timedelta

from chromium import Looks, tests_of

import harness

NAME = "Nuenen, Gerwen en Nederwetten"
MONTHS = ("januari februari maart april mei juni juli augustus september oktober november "
          "december").split()
VERDICT = "(▲ |▼ )?(beter|slechter|ongeveer gelijk)"


def percent(share):
    whole = math.floor(100 * share + .5 + 1e-9)
    return f"{max(whole, 1) if share > 1e-9 else whole}%" if share < 1 - 1e-9 else "100%"


def months(days):
    return f"{math.floor(days / 30.4375 + .5)} maanden"


def year_before(day):
    """The quarter's end nearest to a year before."""
    ends = [date(year, month, 1) - timedelta(1) for year in (day.year - 1, day.year)
            for month in (1, 4, 7, 10)]
    return min(ends, key=lambda end: abs((day - timedelta(365) - end).days))


def slowest(steps):
    """What may be said of which rung takes longest, and what then of whether it gets better.

    Of a rung on which fewer than five are watched for so long half the time is not told, which the
    figures do not say: its row has a share then, or nothing.
    """
    said = []
    for one in steps:
        rung = one["rung"]
        longer = [other["rung"] for other in steps
                  if (other["median_days"] or 0) > (one["median_days"] or 0)]
        for within in one["within"]:
            if within["share"] is not None:
                said.append((f"Stap {rung} duurt het langst: na {within['months']} maanden is "
                             f"{percent(within['share'])} verder", rung, [rung]))
        if one["median_days"] is not None:
            for begin in (f"Stap {rung} duurt", f"Voor zover bekend duurt stap {rung}"):
                said.append((f"{begin} het langst: de helft is na {months(one['median_days'])} "
                             "verder", rung, longer))
    return "|".join(
        re.escape(sentence)
        + "".join(rf"(?=.* {other} [A-Z][a-z ]+ (\d+% na|–))" for other in without)
        + rf".*(Vanaf stap {rung} \d+% \d+% {VERDICT}|"
          rf"Stap {rung} duurt het langst\. Of dat beter gaat, is nog niet te zeggen)"
        for sentence, rung, without in said)


def questions(now, before):
    """What a council member asks, and what a person finds on the first screen: expressions."""
    figures, then, day = now["indicators"], before["indicators"], date.fromisoformat(now["as_of"])
    work = next(one for one in figures["rung_reached"] if one["rung"] == 4)
    norm = figures["participation_norm"]
    plan, plan_then = figures["plan"]["in_force_share"], then["plan"]["in_force_share"]
    unknown = norm["unknown"] / (norm["yes"] + norm["no"] + norm["unknown"])
    if work["median_days"] is not None:
        until_work = f"Na {months(work['median_days'])} heeft de helft werk"
    else:
        within = [one for one in work["within"] if one["share"] is not None][-1]
        until_work = f"Na {within['months']} maanden heeft {percent(within['share'])} werk"
    return {
        "Which rung takes longest, and is it better than a year ago?": [
            slowest(figures["ladder_step"])],
        "How long until half have work?": [re.escape(until_work)],
        "Does everybody take part two hours a week, and of how many is it not known?": [
            rf"(Nee|Ja)\. Van {percent(norm['share'])} is gemeld",
            f"Van {percent(unknown)} is niets gemeld"],
        "Have more people a plan than a year ago?": [
            "Jaar eerder Nu Verschil.* Geldig plan "
            f"{percent(plan_then)} {percent(plan)} {VERDICT}"],
        "Whose figures are these, of which day, of how many, and may I pass them on?": [
            re.escape(NAME), f"Stand op {day.day} {MONTHS[day.month - 1]} {day.year}",
            rf"{now['population']['persons']} volwassen statushouders", "Interne cijfers"],
    }


class Page(Looks, harness.Case):
    partners = {"isd": {}}
    analysts = {"council": {"municipalities": "*"}}
    sections = (f"[municipality GM0823]\nname = {NAME}\n"
                "[municipality GM0757]\nname = Bodegraven-Reeuwijk\n")
    script = "page.mjs"
    seconds = 400
    checks = (
        "signs in and out by keyboard alone",
        "axe-core finds nothing, in light and in dark",
        "fits 320 pixels without scrolling sideways, and 768",
        "long names fit at every 40 pixels from 320 to 1920",
        "five questions are answered on the first screen, and on two of a phone",
        "no figure of a curve stands upon another",
        "the keyboard reaches everything, and shows where it is",
        "the first stop is a way past the frame to the figures",
        "a table opens by keyboard and its CSV comes down",
        "the report of a file has its CSV in it",
        "without a script nothing is missing",
        "one quarter is shown in all charts of the trend at once",
        "the choice of another quarter keeps the language",
        "the language of the browser is that of the page",
        "it prints on a few sheets, without what a sheet has no use for",
        "the browser has nothing to complain of",
        "a script that is not of the page does not run",
    )

    @classmethod
    def ask(cls):
        count = 0
        for arguments in (("--people", "120", "--years", "4", "--municipalities", "GM0823",
                           "--publish"),
                          ("--people", "9", "--years", "2", "--municipalities", "GM0757")):
            events = harness.generated("--seed", "7", "--until", harness.day(-1), *arguments)
            for place in range(0, len(events), 5000):
                cls.daemon.accept(*events[place:place + 5000])
            count += len(events)
        cls.daemon.follow(count)
        report = cls.daemon.place / "report.html"
        harness.ladder("report", "-m", "GM0823", "-o", report, cls.daemon.store, check=0)
        return {"report": str(report), "token": cls.daemon.tokens["council"],
                "questions": cls.asked()}

    @classmethod
    def asked(cls):
        def figures(**parameters):
            return json.loads(cls.daemon.get("/v1/indicators", who="council",
                                             municipality="GM0823", **parameters).body)
        now = figures()
        then = year_before(date.fromisoformat(now["as_of"]))
        return questions(now, figures(as_of=then.isoformat()))


tests_of(Page)

if __name__ == "__main__":
    unittest.main()
