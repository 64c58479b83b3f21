#!/usr/bin/python3
"""Set 2 by hand: the last day on which a rule of indicators 16 to 24 holds, and one more; and
what set 2 makes of 3, 5 and 6. Cases and days are as in test_by_hand.py."""
import unittest

import test_by_hand as by_hand
from test_by_hand import (assessed, benefit, changed, contact, ended_guidance, event,
                          exited, job, job_ended, left, no_benefit, on, plan, registered, settled)

confirmed = event("benefit_confirmed", "kind")
referred = event("referral_made", "to", "referral_ref")
closed = event("referral_closed", "referral_ref", "outcome")
assigned = event("contact_person_assigned", "worker")
unassigned = event("contact_person_ended")
completed = event("module_completed", "module")
AWAY = "OTHER_MUNICIPALITY"


def spoken(day, **fields):
    return contact(day, "CASE_MANAGER", True, **fields)


def of(indicator):
    """figures(name=value) of the indicator; a dot in a name is two underscores."""
    return lambda **figures: {"%s.%s" % (indicator, name.replace("__", ".")): value
                              for name, value in figures.items()}


guidance, welfare, growth = of("guidance"), of("benefit"), of("job_growth")
taking_part, referral = of("first_participation"), of("referrals.by.ISD")
face = of("contact_person")
declaration = of("modules.0")
on_rung_2 = of("standing_still.1")
outcome, work, norm = of("job_outcome.adults"), of("job_durability"), of("participation_norm")

CASES = [
    # 16: guidance
    ("an end 400 days after the last news is seen",
     [spoken(0), ended_guidance(400, "SELF_SUFFICIENT")], 500,
     guidance(people=1, self_sufficient=1, silent=0), 0),
    ("one 401 days after it comes in silence",
     [spoken(0), ended_guidance(401, "SELF_SUFFICIENT")], 500,
     guidance(self_sufficient=0, silent=1, censored=0), 0),
    ("400 days without news are not yet due", [spoken(0)], 400,
     guidance(silent=0, censored=1), 0),
    ("401 are a silence", [spoken(0)], 401, guidance(silent=1, censored=0), 0),
    ("without any news nobody is followed", [], 100, guidance(people=0, not_followed=1), 0),
    ("an end 31 days before a move is a hand-over",
     [spoken(0), ended_guidance(100, "OTHER"), left(131, AWAY)], 200,
     guidance(ended_otherwise=0, censored=1), 0),
    ("one 32 days before it is an end",
     [spoken(0), ended_guidance(100, "OTHER"), left(132, AWAY)], 200,
     guidance(ended_otherwise=1, censored=0), 0),
    ("of an end 31 days before P it is not known yet",
     [spoken(0), ended_guidance(100, "OTHER")], 131, guidance(ended_otherwise=0, censored=1), 0),
    ("of one 32 days before it is", [spoken(0), ended_guidance(100, "OTHER")], 132,
     guidance(ended_otherwise=1, censored=0), 0),
    ("on one day standing on one's own feet goes before the exit",
     [spoken(0), ended_guidance(100, "SELF_SUFFICIENT"), exited(100, "DEFINITIVE")], 200,
     guidance(self_sufficient=1, exited=0), 0),
    # 17: welfare
    ("an end on Q, 32 days before P, is certain", [benefit(0, "FULL"), no_benefit(400)], 432,
     welfare(spells=1, left=1, censored=0, median_days=400)),
    ("one day later it is not", [benefit(0, "FULL"), no_benefit(400)], 431,
     welfare(spells=1, left=0, censored=1)),
    ("an end 401 days after the last news comes in silence",
     [benefit(0, "FULL"), no_benefit(401)], 500, welfare(left=0, silent=1)),
    ("a start 31 days after an end joins",
     [benefit(0, "FULL"), no_benefit(100), benefit(131, "FULL")], 300,
     welfare(spells=1, left=0, censored=1, returned__spells_left=0)),
    ("one 32 days after it is a return",
     [benefit(0, "FULL"), no_benefit(100), benefit(132, "FULL")], 300,
     welfare(spells=2, left=1, censored=1, returned__spells_left=1, returned__returned=1)),
    ("the list of 31 days after an end still names who left",
     [benefit(0, "FULL"), no_benefit(100), confirmed(131, "FULL")], 300,
     welfare(spells=1, begun_earlier=0, left=1, receiving__none=1)),
    ("that of 32 days after it begins a spell whose beginning is not known",
     [benefit(0, "FULL"), no_benefit(100), confirmed(132, "FULL")], 300,
     welfare(spells=1, begun_earlier=1, left=1, receiving__full=1)),
    ("400 days without news it is received", [benefit(0, "SUPPLEMENTARY")], 400,
     welfare(receiving__supplementary=1, receiving__unknown=0)),
    ("401 days without news nobody knows", [benefit(0, "SUPPLEMENTARY")], 401,
     welfare(receiving__supplementary=0, receiving__unknown=1)),
    # 18: from subsidised to paid in full
    ("183 days after its last evidence the job is observed",
     [job(0, funding="SUBSIDISED"), changed(183)], 300,
     growth(spells=1, fully_paid=1, silent=0, median_days=183)),
    ("184 days after it is not", [job(0, funding="SUBSIDISED"), changed(184)], 300,
     growth(spells=1, fully_paid=0, silent=1)),
    # 19: from day one
    ("news of the process 91 days after t0 is in time", [spoken(91)], 200,
     taking_part(people=1, not_followed=0, censored=1), 0),
    ("92 days after it nobody saw the beginning", [spoken(92)], 200,
     taking_part(people=0, not_followed=1, censored=0), 0),
    ("91 days after t0 somebody is new", [spoken(5)], 91, taking_part(new=1, censored=0), 0),
    ("92 days after it not any more", [spoken(5)], 92, taking_part(new=0, censored=1), 0),
    ("a Sunday 214 days after the last news is watched", [spoken(86)] + on([300]), 400,
     taking_part(reached=1, silent=0, median_days=300), 0),
    ("one 215 days after it is not", [spoken(85)] + on([300]), 400,
     taking_part(reached=0, silent=1), 0),
    # 20: standing still
    ("more than 730 days, each assessment 214 days after the one before",
     [assessed(day, 2) for day in (0, 214, 428, 642, 731)], 731,
     on_rung_2(people=1, here_730_days=1, over_730_days=1)),
    ("730 days are not more", [assessed(day, 2) for day in (0, 214, 428, 642, 730)], 730,
     on_rung_2(people=1, here_730_days=1, over_730_days=0)),
    ("a gap of 215 days hides what was before",
     [assessed(day, 2) for day in (0, 215, 429, 643, 731)], 731, on_rung_2(over_730_days=0)),
    # 22: referrals
    ("183 days unanswered it is open", [referred(0, "ISD", "r")], 183,
     referral(made=1, open=1, silent=0)),
    ("184 it is silent", [referred(0, "ISD", "r")], 184, referral(made=1, open=0, silent=1)),
    ("started within 90 days", [referred(0, "ISD", "r"), closed(90, "r", "STARTED")], 100,
     referral(started=1, started_within_90_days__made=1, started_within_90_days__share=1)),
    ("in 91 it is too late", [referred(0, "ISD", "r"), closed(91, "r", "STARTED")], 100,
     referral(started=1, started_within_90_days__made=1, started_within_90_days__share=0)),
    # 23: one regular face
    ("an end on Q, 32 days before P", [assigned(0, "w"), unassigned(100)], 132,
     face(pairing__pairings=1, pairing__ended=1, pairing__censored=0)),
    ("one day later", [assigned(0, "w"), unassigned(100)], 131,
     face(pairing__pairings=1, pairing__ended=0, pairing__censored=1)),
    ("an end 31 days before a move", [assigned(0, "w"), unassigned(100), left(131, AWAY)], 200,
     face(pairing__ended=0, pairing__censored=1)),
    ("32 days before one", [assigned(0, "w"), unassigned(100), left(132, AWAY)], 200,
     face(pairing__ended=1, pairing__censored=0)),
    ("a contact on the first of 91 days", [assigned(0, "w"), spoken(9, worker="w")], 99,
     face(assigned=1, with_own__contacts=1, with_own__own=1)),
    ("on the day before these", [assigned(0, "w"), spoken(9, worker="w")], 100,
     face(assigned=1, with_own__contacts=0)),
    # 24: the clocks of the law
    ("a module on the day of the plan is an event at 1", [plan(0), completed(
        0, "PARTICIPATION_DECLARATION")], 100, declaration(people=1, already=0, completed=1,
                                                           median_days=1)),
    ("one of before is so too, and counted apart", [plan(9), completed(
        0, "PARTICIPATION_DECLARATION")], 100, declaration(people=1, already=1, completed=1,
                                                           median_days=1)),
    ("under the law of 2013 there is none", [registered(0, 1980, act="WI2013"), plan(9)], 100,
     declaration(people=0)),
    # What set 2 changes of 3, 5 and 6
    ("family activities are participation",
     on([0, 7, 14, 21], "FAMILY_ACTIVITY"), 34, norm(yes=1)),
    ("a supplementary benefit of 400 days ago is open",
     [benefit(0, "SUPPLEMENTARY"), job(390)], 400, outcome(fully_paid=0, subsidised=1)),
    ("one of 401 days ago is not known", [benefit(0, "SUPPLEMENTARY"), job(390)], 401,
     outcome(fully_paid=1, subsidised=0)),
    ("a benefit that is confirmed is news", [confirmed(0, "FULL")], 89,
     outcome(none=1, unknown=0)),
    ("but only for 90 days", [confirmed(0, "FULL")], 90, outcome(none=0, unknown=1)),
    ("work is looked at up to Q", [job(0), job_ended(50, "a")], 82,
     work(spells=1, ended=1, median_days=50)),
    ("what ends after it is censored", [job(0), job_ended(50, "a")], 81, work(spells=1, ended=0)),
    ("what begins after it is not there yet", [job(50)], 81, work(spells=0)),
    ("and what begins on it is", [job(50)], 82, work(spells=1)),
]


class Council(by_hand.ByHand):
    rows, definitions = CASES, 2


if __name__ == "__main__":
    unittest.main()
