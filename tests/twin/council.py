"""The second half of the twin: indicators 16 to 25, what the council asks (set 2).

Written from spec/indicators.md, "Set 2" and the sections after it, as twin.py is: naive,
and sharing nothing with the program.  twin.View is one of these."""
import math
from datetime import date, timedelta

from curve import TINY, Curve, estimates, wilson

ORG_TYPES = ["MUNICIPALITY", "ISD", "SW_COMPANY", "WELFARE", "VWN", "COA", "SCHOOL",
             "VOLUNTEERS", "EMPLOYER", "SELF", "OTHER"]
OUTCOMES = ["started", "refused_by_organisation", "refused_by_person", "budget_exhausted",
            "not_suitable", "other"]
MODULES = ["PARTICIPATION_DECLARATION", "LABOUR_MARKET", "SELF_RELIANCE"]
FIGURES = ["PARTICIPATION_NORM", "COMBINED_PATHWAY", "PLAN_IN_FORCE", "PLAN_WITH_PERSPECTIVE",
           "PLAN_WITHIN_70_DAYS", "CONTACT_WITHIN_90_DAYS", "INTAKE_COMPLETE", "FULLY_PAID",
           "LASTING_JOBS", "JOBS_LASTING_365_DAYS", "CLIMBED_WITHIN_12_MONTHS",
           "RUNG_HALF_TIME", "BENEFIT_LEFT", "LEVEL_B1_WITHIN_36_MONTHS",
           "LANGUAGE_SUPPORT_RECENT"]
# What set 1 does not know.
TYPES = ["benefit_confirmed", "referral_closed", "contact_person_assigned",
         "contact_person_ended", "module_completed", "agreement_made"]

# "Cause 1 goes before cause 2, both before any censoring (objection, then silence, then P)."
# An exit goes before another cause 2.
RANK = {"reached": 0, "exited": 1, "otherwise": 2, "censored": 3, "silent": 4, "end": 5}


def days(n):
    return timedelta(days=n)


def first_of(candidates):
    """The one that comes first of (day, how)."""
    return min(candidates, key=lambda c: (c[0], RANK[c[1]]))


def cause_of(how):
    return {"reached": 1, "exited": 2, "otherwise": 2}.get(how, 0)


def silence(first, news, most, end):
    """"as long as each next news comes at most G days after the one before. Else *silent*:
    censored G days after the last followed news"; the day, or None."""
    last = first
    for day in sorted(x for x in news if x >= first) + [end]:
        if (day - last).days > most:
            return last + days(most)
        last = max(last, day)
    return None


def is_objection(e):
    return e.type == "exited" and e["reason"] == "OBJECTION"


def exit_candidate(e):
    return (e.day, "censored" if is_objection(e) else "exited")


def adult_on(p, day):
    """"year of the start - `birth_year` in 18...66, or unknown"."""
    return p.registered is None or 18 <= day.year - p.registered["birth_year"] <= 66


def moves_of(p):
    """"A `MunicipalityLeft` to OTHER_MUNICIPALITY with effect, or a `MunicipalitySettled` in
    another municipality than the one last lived in (the first settlement is no move)." """
    found, lived = [], None
    for i, e in enumerate(p.moves):
        if e.type == "municipality_settled":
            if lived is not None and e.municipality != lived:
                found.append(e.day)
            lived = e.municipality
        elif e.type == "municipality_left" and e["to"] == "OTHER_MUNICIPALITY":
            if p.residence_after(p.moves[:i])[0] == e.municipality:
                found.append(e.day)
    return found


def near_move(p, day):
    return any(abs((day - x).days) <= 31 for x in moves_of(p))


def departures(p, since):
    """"the first exit, `MunicipalityLeft` with effect or move" from a day on."""
    return [(x, "censored") for x in [e.day for e in p.exits] + moves_of(p) if x >= since]


# ---------------------------------------------------------------- 17: spells of welfare

BENEFIT = ("benefit_started", "benefit_confirmed", "benefit_ended")


def benefit_spells(p, news, exits, end):
    """The spells that news make, looked at up to `end`: dicts with `open` (the event), `kind`,
    `how` (open, left, exited, silent), `day` and `back` (the day of the return)."""
    spells, now = [], None

    def over(how, day):
        nonlocal now
        now.update(how=how, day=day)
        spells.append(now)
        now = None

    def close_by(day):
        """Ends what ended before this day."""
        if now is None:
            return
        later = [x for x in exits if x > now["open"].day]
        if later and later[0] <= day and (later[0] - now["last"]).days <= 400:
            over("exited", later[0])
        elif (day - now["last"]).days > 400:
            over("silent", now["last"] + days(400))

    for i, e in enumerate(news):
        close_by(e.day)
        if e.type == "benefit_ended":
            if now is None:
                continue
            now["last"] = e.day
            starts = [x for x in news[i + 1:] if x.type == "benefit_started"]
            joins = starts and (starts[0].day - e.day).days <= 31 and not any(
                e.day <= x <= starts[0].day for x in exits)
            if not joins:
                back = [x.day for x in news[i + 1:] if x.type != "benefit_ended"]
                now["back"] = back[0] if back else None
                over("left", e.day)
            continue
        if now is None:
            now = {"open": e, "back": None}
        now.update(last=e.day, kind=e["kind"])
    close_by(end)
    if now is not None:
        over("open", end)
    return spells


def benefit_news(p):
    """The events that are news, in order, with their places."""
    exits = [e.day for e in p.exits]
    mine, ends, news = [], [], []
    for e in p.of(*BENEFIT):
        # "of a municipality in which the person lives at the beginning or the end of that day,
        # or of any if nowhere at both"
        places = {p.lives_in(e.day - days(1)), p.lives_in(e.day)} - {None}
        if not places or e.municipality in places:
            mine.append(e)
    for e in mine:
        before = [x for x in news if x.day < e.day]
        gone = [x for x in exits if x < e.day]
        spells = benefit_spells(p, before, gone, e.day)
        ready = any(s["how"] == "open" for s in spells) or any(
            s["how"] == "left" and (e.day - s["day"]).days <= 31
            and not any(s["day"] <= x for x in gone) for s in spells)
        # "starts and ends of one municipality on one day, with no spell open or joinable
        # before that day"
        types = {x.type for x in mine if x.day == e.day and x.municipality == e.municipality}
        meet = {"benefit_started", "benefit_ended"} <= types and not ready
        if e.type == "benefit_confirmed":
            # "a confirmation from an end on to 31 days later, of the same municipality, and
            # from an exit on to 31 days later, of any, until a start that is news"
            started = [x for x in news if x.type == "benefit_started"]
            since = p.place[started[-1].seq] if started else -1
            late = any(p.place[x.seq] > since and (e.day - x.day).days <= 31
                       and x.municipality == e.municipality for x in ends)
            late = late or any(p.place[x.seq] > since and x.day <= e.day
                               and (e.day - x.day).days <= 31 for x in p.exits)
            if not late:
                news.append(e)
            continue
        if e.type == "benefit_ended":
            ends.append(e)
        if not meet:
            news.append(e)
    return news


def spells_at(p):
    return benefit_spells(p, benefit_news(p), [e.day for e in p.exits], p.P)


def receiving(p):
    news = benefit_news(p)
    for s in spells_at(p):
        if s["how"] == "open":
            return s["kind"].lower()
    return "none" if news and news[-1].type == "benefit_ended" else "unknown"


# ---------------------------------------------------------------- 23: contact persons

def worker_of(e):
    return (e.partner, e["worker"])


def stretches_of(p):
    """(those that count, stretches).  A stretch: dict with `worker`, `first` (its assignment),
    `place` (of its last one), `from`, `until` (None: in force) and `event`."""
    counted, stretches, now = [], [], None

    def end(day, event):
        nonlocal now
        now.update(until=day, event=event)
        stretches.append(now)
        now = None

    for day in sorted({e.day for e in p.events}):
        todays = [e for e in p.events if e.day == day]
        assigned = [e for e in todays if e.type == "contact_person_assigned"]
        ended = {e.municipality for e in todays if e.type == "contact_person_ended"}
        begun = now["place"] if now is not None else None
        if now is not None:
            # "the other ends censor, and go first on one day"
            other = any(e.type == "municipality_settled" and e.municipality != now["place"]
                        for e in todays)
            other = other or any(e.day == day for e in p.exits) or any(
                e.type == "guidance_ended" and e["reason"] in ("SELF_SUFFICIENT", "OTHER")
                for e in todays)
            again = any(worker_of(e) == now["worker"] and e.municipality == now["place"]
                        for e in assigned)
            if other:
                end(day, False)
            elif now["place"] in ended and not again:
                end(day, True)
        for e in assigned:
            lives = p.lives_in(day)
            if lives != e.municipality:
                # "if at the end of its day the person has exited"
                by_then = [x for x in p.moves if x.day <= day]
                effects = p.residence_after(by_then)[1]
                gone = lives is None and effects and effects[-1] in p.exits and not any(
                    x.type == "municipality_settled" and p.place[x.seq] > p.place[effects[-1].seq]
                    for x in by_then)
                earlier = any(p.lives_in(x.day) == e.municipality
                              for x in p.moves if x.day < day)
                if gone or earlier:
                    continue
            if e.municipality in ended and begun != e.municipality:
                continue
            counted.append(e)
            if now is not None and now["worker"] != worker_of(e):
                end(day, True)
            if now is None:
                now = {"worker": worker_of(e), "first": e, "from": day}
            now["place"] = e.municipality
    if now is not None:
        now.update(until=None, event=False)
        stretches.append(now)
    return counted, stretches


class Council:
    """Indicators 16 to 25."""

    def curve_item(self, records, horizons, kind="incidence", name="within", **more):
        array, medians = estimates(records, horizons, kind, **more)
        return {name: array, **medians}

    @staticmethod
    def classes(found, names):
        """The counts by class; `censored` is the rest, `not_at_risk` in their class too."""
        out = {name: len([1 for how, _ in found if how == key]) for key, name in names}
        out["censored"] = len(found) - sum(out.values())
        out["not_at_risk"] = len([1 for _, (entry, end, _) in found if end <= entry])
        return out

    # ---- 16

    def guidance(self):
        found, not_followed, restarts = [], 0, []
        for p in self.people:
            if p.t0 is None or not self.home(p.settled) or not adult_on(p, p.t0):
                continue
            news = [e for e in p.events if e.day >= p.t0 and e.type not in (
                "person_registered", "household_role_set", "municipality_settled")]
            if not news:
                not_followed += 1
                continue
            first = news[0].day
            candidates = [(self.P, "end")]
            quiet = silence(first, [e.day for e in news], 400, self.P)
            if quiet is not None:
                candidates.append((quiet, "silent"))
            ends = [e for e in p.of("guidance_ended") if e.day > p.t0]
            candidates += [(e.day, "reached") for e in ends
                           if e["reason"] == "SELF_SUFFICIENT"][:1]
            other = [e for e in ends if e["reason"] == "OTHER" and not near_move(p, e.day)]
            if other:
                judged = (self.P - other[0].day).days > 31
                candidates.append((other[0].day, "otherwise" if judged else "censored"))
            if p.exit_from(p.t0) is not None:
                candidates.append(exit_candidate(p.exit_from(p.t0)))
            day, how = first_of(candidates)
            found.append((how, ((first - p.t0).days, (day - p.t0).days, cause_of(how))))
            if how == "reached":
                again = [(e.day, "reached") for e in p.of("guidance_started") if e.day > day]
                end, what = first_of(again[:1] + departures(p, day) + [(self.P, "end")])
                restarts.append((0, (end - day).days, cause_of(what)))
        records = [r for _, r in found]
        start = None
        for t in range(1, max([end for _, end, _ in records], default=0) + 1):
            if len([1 for entry, end, _ in records if entry < t <= end]) >= 10:
                start = t
                break
        out = {"people": len(found), "not_followed": not_followed}
        out.update(self.classes(found, [("reached", "self_sufficient"),
                                        ("otherwise", "ended_otherwise"),
                                        ("exited", "exited"), ("silent", "silent")]))
        out["from_days"] = start
        out.update(self.curve_item(records, [(3, 92), (6, 183), (12, 365), (24, 730), (36, 1096)],
                                   from_day=start, none_at_all=start is None))
        within = estimates(restarts, [(6, 183), (12, 365)], "failure")[0]
        out["restarted"] = {"people": len(restarts),
                            "restarted": len([1 for r in restarts if r[2] == 1]),
                            "within": within}
        return out

    # ---- 17

    def benefit_found(self):
        """Of each spell opened by Q with its home: (spell, how, day), cut at Q."""
        Q = self.back(32)
        for p in self.people:
            for s in spells_at(p):
                if s["open"].day > Q or not self.home(s["open"]):
                    continue
                candidates = [(Q, "end")]
                if s["how"] == "left" and s["day"] <= Q:
                    soon = [e for e in p.exits if s["day"] <= e.day <= s["day"] + days(31)]
                    how = "censored" if near_move(p, s["day"]) else "reached"
                    if soon:
                        how = exit_candidate(soon[0])[1]
                    candidates.append((s["day"], how))
                elif s["how"] == "exited":
                    leaving = [e for e in p.exits if e.day == s["day"]][0]
                    candidates.append(exit_candidate(leaving))
                elif s["how"] == "silent" and s["day"] < Q:
                    candidates.append((s["day"], "silent"))
                day, how = first_of(candidates)
                yield p, s, how, day

    def benefit(self):
        found, earlier, back = [], 0, []
        for p, s, how, day in self.benefit_found():
            if s["open"].type == "benefit_confirmed":
                earlier += 1
            else:
                found.append((how, (0, (day - s["open"].day).days, cause_of(how))))
            if how == "reached":
                again = [(s["back"], "reached")] if s["back"] is not None else []
                end, what = first_of(again + departures(p, day + days(1)) + [(self.P, "end")])
                back.append((0, (end - day).days, cause_of(what)))
        now = [receiving(p) for p in self.R]
        out = {"receiving": {x: now.count(x) for x in
                             ("full", "supplementary", "none", "unknown")},
               "spells": len(found), "begun_earlier": earlier}
        out.update(self.classes(found, [("reached", "left"), ("exited", "exited"),
                                        ("silent", "silent")]))
        out.update(self.curve_item([r for _, r in found], [(12, 365), (24, 730), (36, 1096)]))
        out["returned"] = {"spells_left": len(back),
                           "returned": len([1 for r in back if r[2] == 1]),
                           "within": estimates(back, [(6, 183), (12, 365)], "failure")[0]}
        return out

    # ---- 6 and 18

    def cut_spells(self):
        """(person, jobs, how, day, uncut): "that begin by Q, cut at Q: ended at e <= Q; silent
        before Q; (...) all else is censored at Q"."""
        Q = self.back(self.policy["bridge_days"] + 1)
        for p, jobs in self.spells():
            if jobs[0].started_by.day > Q:
                continue
            ends = [p.observed_end(job) for job in jobs]
            latest = max(day for day, _ in ends)
            kinds = [how for day, how in ends if day == latest]
            if any(how == "open" for _, how in ends):
                how, latest = "open", None
            else:
                how = "silent" if "silent" in kinds else "ended"
            day = latest
            if how == "open" or (how == "ended" and latest > Q) or (
                    how == "silent" and latest >= Q):
                how, day = "end", Q
            yield p, jobs, how, day, latest

    def durable_records(self):
        """(start, record, class) of indicator 6."""
        for p, jobs, how, day, _ in self.cut_spells():
            start = jobs[0].started_by.day
            yield start, (0, (day - start).days, 1 if how == "ended" else 0), how

    def job_growth(self):
        found = []
        limit = self.policy["news_days"]
        for p, jobs, how, day, latest in self.cut_spells():
            start = jobs[0].started_by.day
            if not any(j.open_on(start) and j.in_force(start)["funding"] == "SUBSIDISED"
                       for j in jobs):
                continue

            def observed(job, d, p=p):
                until, kind = p.observed_end(job)
                return job.started_by.day <= d and (
                    d < until or kind == "open" or (kind == "silent" and d == until))
            candidates = [(day, {"ended": "exited"}.get(how, how))]
            change = {x for j in jobs for e in j.terms for x in (e.day,)}
            change |= {p.observed_end(j)[0] + days(n) for j in jobs for n in (0, 1)}
            for d in sorted(x for x in change if start < x <= day):
                funding = [j.in_force(d)["funding"] for j in jobs if observed(j, d)]
                if "FULLY_PAID" in funding and "SUBSIDISED" not in funding:
                    candidates.append((d, "reached"))
                    break
            for j in jobs:
                until, kind = p.observed_end(j)
                if kind == "silent" and (latest is None or until < latest) and j.in_force(
                        until)["funding"] == "SUBSIDISED":
                    candidates.append((until, "censored"))
            assert limit > 0
            end, what = first_of(candidates)
            found.append((what, (0, (end - start).days, cause_of(what))))
        out = {"spells": len(found)}
        out.update(self.classes(found, [("reached", "fully_paid"), ("exited", "ended"),
                                        ("silent", "silent")]))
        out.update(self.curve_item([r for _, r in found], [(12, 365), (24, 730)]))
        return out

    # ---- 19

    def first_participation(self):
        found, not_followed, new = [], 0, 0
        for p in self.people:
            if p.t0 is None or not self.home(p.settled) or not adult_on(p, p.t0):
                continue
            if p.t0 >= self.back(91):
                new += 1
                continue
            process = [e for e in p.of("ladder_assessed", "intake_done", "plan_signed",
                                       "plan_reviewed", "activity_logged", "contact_held")
                       if e.day >= p.t0 and not (e.type == "contact_held" and not e["two_way"])
                       and not (e.type == "activity_logged"
                                and e["kind"] in self.PARTICIPATION_KINDS)]
            news = process + [e for e in p.of("activity_logged", "job_started", "job_changed",
                                              "job_confirmed", "job_ended") if e.day >= p.t0]
            if not any(e.day <= p.t0 + days(91) for e in process):
                not_followed += 1
                continue
            candidates = [(self.P, "end")]
            quiet = silence(p.t0, [e.day for e in news], 214, self.P)
            if quiet is not None:
                candidates.append((quiet, "silent"))
            if p.exit_from(p.t0) is not None:
                candidates.append(exit_candidate(p.exit_from(p.t0)))
            watched = first_of(candidates)[0]
            monday = p.t0
            while monday.weekday() != 0:
                monday += days(1)
            while monday + days(6) <= watched:
                if self.week_minutes(p, monday + days(6)) >= self.policy["norm_minutes"]:
                    candidates.append((monday + days(6), "reached"))
                    break
                monday += days(7)
            day, how = first_of(candidates)
            found.append((how, (0, (day - p.t0).days, cause_of(how))))
        out = {"people": len(found), "not_followed": not_followed, "new": new}
        out.update(self.classes(found, [("reached", "reached"), ("exited", "exited"),
                                        ("silent", "silent")]))
        out.update(self.curve_item([r for _, r in found],
                                   [(3, 92), (6, 183), (12, 365), (24, 730)]))
        return out

    # ---- 20, 21

    def standing_still(self):
        out = []
        for k in range(1, 6):
            people = here = over = 0
            for p in self.R:
                assessed = p.of("ladder_assessed")
                limit = self.policy["follow_days"]
                if not assessed or assessed[-1]["rung"] != k or (
                        self.P - assessed[-1].day).days > limit:
                    continue
                people += 1
                first = assessed[-1]
                for before in reversed(assessed[:-1]):
                    if before["rung"] != k or (first.day - before.day).days > limit:
                        break
                    first = before
                if p.t0 <= self.back(730):
                    here += 1
                    over += (self.P - first.day).days > 730
            out.append({"rung": k, "people": people, "here_730_days": here,
                        "over_730_days": over,
                        "over_730_days_share": over / here if here else None})
        return out

    def ladder_next_year(self):
        out = []
        for k in range(1, 6):
            records, years = [r for _, r in self.ladder_records(k)], []
            for a, b in ((0, 396), (396, 761), (761, 1126)):
                those = [(0, end - a, why) for entry, end, why in records
                         if end > a and end > entry]
                share = low = high = None
                curve = Curve(those)
                if len(those) >= 10 and curve.answers(b - a):
                    share = curve.incidence(b - a)
                    low, high = curve.incidence_limits(b - a)
                years.append({"from_days": a, "to_days": b, "at_risk": len(those),
                              "share": share, "low": low, "high": high})
            out.append({"rung": k, "years": years})
        return out

    # ---- 22

    def referrals(self):
        by = {}
        for org in ORG_TYPES:
            made, without, soon = [], 0, []
            for p in self.people:
                seen = set()
                for e in p.of("referral_made"):
                    ref = e.get("referral_ref")
                    if ref is None:
                        without += (e["to"] == org and self.home(e)
                                    and self.within_last(e.day, self.w))
                        continue
                    first = ref not in seen
                    seen.add(ref)
                    if not first or e["to"] != org or not self.home(e) or not self.within_last(
                            e.day, self.w):
                        continue
                    closed = [x for x in p.of("referral_closed") if x["referral_ref"] == ref
                              and p.place[x.seq] > p.place[e.seq]]
                    made.append((e, closed[0] if closed else None))
            soon = [(e, c) for e, c in made if e.day <= self.back(90)]
            started = len([1 for e, c in soon if c is not None and c["outcome"] == "STARTED"
                           and (c.day - e.day).days <= 90])
            unclosed = len([1 for _, c in soon if c is None])
            item = {"made": len(made)}
            for outcome in OUTCOMES:
                item[outcome] = len([1 for _, c in made
                                     if c is not None and c["outcome"].lower() == outcome])
            silent = len([1 for e, c in made if c is None and (self.P - e.day).days > 183])
            item.update({"silent": silent,
                         "open": len([1 for _, c in made if c is None]) - silent,
                         "without_ref": without,
                         "started_within_90_days": {
                             "made": len(soon),
                             "share": started / len(soon) if soon else None,
                             "max": (started + unclosed) / len(soon) if soon else None}})
            by[org] = item
        return {"by": by}

    # ---- 23

    def contact_person(self):
        assigned, changes = 0, {"0": 0, "1": 0, "2": 0}
        for p in self.G:
            counted, stretches = stretches_of(p)
            if not stretches or stretches[-1]["until"] is not None:
                continue
            assigned += 1
            place = stretches[-1]["place"]
            there = [e for e in counted if e.municipality == place]
            n = len([1 for a, b in zip(there, there[1:]) if worker_of(a) != worker_of(b)
                     and self.within_last(b.day, 365)])
            changes[str(min(n, 2))] += 1
        Q, pairs, contacts, own = self.back(32), [], 0, 0
        for p in self.people:
            counted, stretches = stretches_of(p)
            for s in stretches:
                if s["from"] > Q or not self.home(s["first"]):
                    continue
                end, how = Q, "end"
                if s["until"] is not None and s["until"] <= Q:
                    end = s["until"]
                    how = "reached" if s["event"] and not near_move(p, end) else "censored"
                pairs.append((how, (0, (end - s["from"]).days, cause_of(how))))
            partners = {e.partner for e in counted}
            for e in p.of("contact_held"):
                if (not e["two_way"] or e["by"] != "CASE_MANAGER" or e.get("worker") is None
                        or not self.home(e) or not self.within_last(e.day, 91)
                        or e.partner not in partners):
                    continue
                contacts += 1
                own += any(s["worker"] == worker_of(e) and s["from"] <= e.day
                           and (s["until"] is None or e.day <= s["until"]) for s in stretches)
        pairing = {"pairings": len(pairs)}
        pairing.update(self.classes(pairs, [("reached", "ended")]))
        pairing.update(self.curve_item([r for _, r in pairs],
                                       [(None, 183), (None, 365), (None, 730)], "survival",
                                       "lasting"))
        return {"people": len(self.G), "assigned": assigned,
                "assigned_share": assigned / len(self.G) if self.G else None,
                "changes": changes, "pairing": pairing,
                "with_own": {"contacts": contacts, "own": own,
                             "share": own / contacts if contacts else None}}

    # ---- 24

    def modules(self):
        out = []
        for module in MODULES:
            found, already = [], 0
            for p in self.people:
                if p.registered is not None and p.registered.get("act") == "WI2013":
                    continue

                def asks(plan, module=module):
                    if module == "LABOUR_MARKET":
                        return plan.get("route") != "EDUCATION"
                    return module == MODULES[0] or plan.get("route") == "SELF_RELIANCE"
                plans = p.of("plan_signed")
                asking = [e for e in plans if asks(e)]
                if not asking or not self.home(asking[0]) or not adult_on(p, asking[0].day):
                    continue
                start = asking[0]
                done = [e.day for e in p.of("module_completed") if e["module"] == module][:1]
                if done and done[0] <= start.day:
                    already += done[0] < start.day
                    found.append(("reached", (0, 1, 1)))
                    continue
                later = [e.day for e in plans
                         if p.place[e.seq] > p.place[start.seq] and not asks(e)][:1]
                gone = [exit_candidate(e) for e in p.exits if e.day > start.day][:1]
                day, how = first_of([(x, "reached") for x in done]
                                    + [(x, "censored") for x in later] + gone
                                    + [(self.P, "end")])
                found.append((how, (0, (day - start.day).days, cause_of(how))))
            item = {"module": module, "people": len(found), "already": already}
            item.update(self.classes(found, [("reached", "completed"), ("exited", "exited")]))
            item.update(self.curve_item([r for _, r in found],
                                        [(12, 365), (24, 730), (36, 1096)]))
            out.append(item)
        return out

    # ---- 25

    def agreements(self, events, view_at):
        """`events`: the effective ones without a subject; `view_at(D)`: this municipality at
        another reference date, with a window of 365 days."""
        if self.m == "all":
            return []
        made = [e for e in events if e.type == "agreement_made" and e.municipality == self.m
                and e.day <= self.P and date.fromisoformat(e["by"]) > self.back(366)]
        made.sort(key=lambda e: (e["by"], FIGURES.index(e["figure"]), e.partner.encode(),
                                 e.id.encode()))
        return [self.agreement(e, view_at) for e in made]

    def agreement(self, e, view_at):
        by = date.fromisoformat(e["by"])
        at = view_at(min(self.P, by))
        out = {"figure": e["figure"]}
        for key in ("rung", "with"):
            if e.get(key) is not None:
                out[key] = e[key]
        running = self.P < by
        out.update(comparison=e["comparison"], value=e["value"], by=e["by"], running=running)
        told = at.promised(e["figure"], e.get("rung"), e["comparison"] == "AT_LEAST", e["value"])
        verdict = told.pop("verdict")
        if told["records"] is not None and told["records"] < 10:
            verdict = "too_few"
        if running:
            verdict = {"met": "on_course", "missed": "not_yet"}.get(verdict, verdict)
        out.update(told, verdict=verdict)
        return out

    def promised(self, figure, rung, at_least, value):
        """realised, low, high, max, records and the verdict, as if it were over."""
        if figure in ("LASTING_JOBS", "BENEFIT_LEFT"):
            return self.promised_count(figure, at_least, value)
        curves = {"PLAN_WITHIN_70_DAYS": (self.plan_records, "failure", 70),
                  "JOBS_LASTING_365_DAYS": (
                      lambda: [(s, r) for s, r, _ in self.durable_records()], "survival", 365),
                  "CLIMBED_WITHIN_12_MONTHS": (
                      lambda: self.ladder_records(rung), "incidence", 396),
                  "LEVEL_B1_WITHIN_36_MONTHS": (self.b1_records, "incidence", 1096),
                  "RUNG_HALF_TIME": (lambda: self.ladder_records(rung), "incidence", 1096)}
        if figure not in curves:
            return self.promised_share(figure, at_least, value)
        records, kind, h = curves[figure]
        # "only the records that start in (D - h - 1096, D]"
        those = [r for start, r in records() if start > self.back(h + 1096)]
        those = [r for r in those if r[1] > r[0]]
        if figure == "RUNG_HALF_TIME":
            return promised_half_time(those, at_least, value)
        curve = Curve(those)
        share = low = high = None
        if curve.answers(h):
            share = {"failure": curve.failure, "survival": curve.survival,
                     "incidence": curve.incidence}[kind](h)
            low, high = completed(curve, kind, h)
        bound = value * 10000
        verdict = "undecided"
        if share is not None:
            low_m, high_m = millionths(low), millionths(high)
            if at_least:
                verdict = ("met" if low_m >= bound else "missed" if high_m < bound
                           else "undecided")
            else:
                verdict = ("met" if high_m <= bound else "missed" if low_m > bound
                           else "undecided")
        return {"realised": share, "low": low, "high": high, "max": None,
                "records": len(those), "verdict": verdict}

    def promised_count(self, figure, at_least, value):
        if figure == "LASTING_JOBS":
            count = self.placement()["lasting_jobs"]
        else:
            since = self.back(397)
            count = len([1 for _, _, how, day in self.benefit_found()
                         if how == "reached" and day > since])
        kept = count >= value if at_least else count <= value
        return {"realised": count, "low": None, "high": None, "max": None, "records": None,
                "verdict": "met" if kept else "missed"}

    def promised_share(self, figure, at_least, value):
        unknown = 0
        if figure in ("PARTICIPATION_NORM", "COMBINED_PATHWAY"):
            told = (self.participation_norm() if figure == "PARTICIPATION_NORM"
                    else self.combined_pathway())
            yes, unknown = told["yes"], told["unknown"]
            n = yes + told["no"] + unknown
        elif figure in ("PLAN_IN_FORCE", "PLAN_WITH_PERSPECTIVE"):
            told = self.plan()
            n = told["people"]
            yes = told["in_force" if figure == "PLAN_IN_FORCE" else "with_perspective"]
        elif figure == "CONTACT_WITHIN_90_DAYS":
            told = self.contact()
            n, yes = told["people"], told["people"] - told["over_90_days"]
        elif figure == "INTAKE_COMPLETE":
            n, yes = len(self.R), self.intake()["complete"]
        elif figure == "FULLY_PAID":
            told = self.job_outcome()["breadwinners"]
            yes, unknown = told["fully_paid"], told["unknown"]
            n = sum(told[x] for x in ("fully_paid", "subsidised", "none", "unknown"))
        else:
            n, yes = len(self.R), self.language_support()["recent"]
        share = yes / n if n else None
        most = (yes + unknown) / n if n else None
        low, high = wilson(yes, n)
        bound, verdict = value * 10000, "undecided"
        if n and at_least:
            verdict = ("met" if millionths(share) >= bound
                       else "missed" if millionths(most) < bound else "undecided")
        elif n:
            verdict = ("met" if millionths(most) <= bound
                       else "missed" if millionths(share) > bound else "undecided")
        return {"realised": share, "low": low, "high": high, "max": most, "records": n,
                "verdict": verdict}


def millionths(value):
    """A printed number, which has six decimals."""
    return int(round(float("%.6f" % value) * 1000000))


def completed(curve, kind, t):
    """The limits, "completed, of the records at risk"; beyond the largest exit "as on that
    day"."""
    t = min(t, max(end for _, end, _ in curve.at_risk))
    survives = kind == "survival"
    if not any(why == 1 and end <= t for _, end, why in curve.at_risk):
        # "n = k/S, k the records with an exit on or after that day, S the share without any
        # cause before it"
        k = len([1 for _, end, _ in curve.at_risk if end >= t])
        tail = 0.025 ** (curve.survival(t - 1) / k)
        return (tail, 1.0) if survives else (0.0, 1 - tail)
    value = {"survival": curve.survival, "failure": curve.failure,
             "incidence": curve.incidence}[kind](t)
    full = value < TINY if survives else value > 1 - TINY
    if not full:
        return {"survival": curve.survival_limits, "failure": curve.failure_limits,
                "incidence": curve.incidence_limits}[kind](t)
    # "that of the curve with one event less on the last day of events (up to the day read),
    # the numbers at risk unchanged": who had it leaves uncounted on that day instead.
    last = max(end for _, end, why in curve.at_risk if why and end <= t)
    less, taken = [], False
    for entry, end, why in curve.at_risk:
        if not taken and end == last and why == 1:
            why, taken = 0, True
        less.append((entry, end, why))
    other = Curve(less)
    low, high = {"survival": other.survival_limits, "failure": other.failure_limits,
                 "incidence": other.incidence_limits}[kind](t)
    if survives:
        return 0.0, 0.975 if high is None else high
    return 0.025 if low is None else low, 1.0


def promised_half_time(records, at_least, value):
    """"from the incidence, which says the same more surely"."""
    curve = Curve(records)
    middle, low, high = (curve.half_time(curve.incidence, curve.incidence_limits)
                         if records else (None, None, None))
    verdict = "undecided"
    if records:
        t = value - 1 if at_least else value
        largest = max(end for _, end, _ in records)
        lower, upper = completed(curve, "incidence", t)
        reached = lower >= 0.5 - TINY
        not_yet = t <= largest and upper < 0.5 - TINY
        if at_least:
            verdict = "met" if not_yet else "missed" if reached else "undecided"
        else:
            verdict = "met" if reached else "missed" if not_yet else "undecided"
    assert not math.isnan(value)
    return {"realised": middle, "low": low, "high": high, "max": None,
            "records": len(records), "verdict": verdict}
