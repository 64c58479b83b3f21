"""The types of spec/events.md once more, written from the prose alone.

Each field: name, kind, required. Kinds: ("enum", prefix, names), ("int", least,
most), ("bool",), ("date",), ("identifier",), ("quarter",), ("domains", ...).
"""

import re

import harness

YEAR = harness.today().year

ORG_TYPE = ("enum", "ORG_TYPE_", ("MUNICIPALITY", "ISD", "SW_COMPANY", "WELFARE", "VWN", "COA",
                                  "SCHOOL", "VOLUNTEERS", "EMPLOYER", "SELF", "OTHER"))
BARRIER = ("enum", "BARRIER_", ("CHILDCARE", "TRANSPORT", "LANGUAGE_WAITING_LIST", "EMPLOYER",
                                "DIPLOMA", "HOUSING", "MOTIVATION", "RULES", "CONTACT", "OTHER"))
DOMAINS = ("domains", "DOMAIN_", ("WORK", "EDUCATION", "LANGUAGE", "HOUSING", "INCOME", "FAMILY",
                                  "SOCIAL_NETWORK", "HEALTH", "DIGITAL", "AMBITION"))
KIND = ("enum", "ACTIVITY_KIND_", (
    "VOLUNTEER", "INTERNSHIP", "WORK_EXPERIENCE", "SPORT", "CULTURE_HOBBY", "SCHOOL_SUPPORT",
    "NEIGHBOURHOOD", "FAMILY_ACTIVITY", "LANGUAGE_COURSE", "LANGUAGE_CAFE", "LANGUAGE_BUDDY", "TUTORING",
    "JOB_COACHING", "APPLICATION_HELP", "DIPLOMA_VALUATION", "FORM_HELP"))
FUNDING = ("enum", "FUNDING_", ("FULLY_PAID", "SUBSIDISED"))
HOURS = ("int", 1, 60)
BENEFIT_KIND = ("enum", "BENEFIT_KIND_", ("FULL", "SUPPLEMENTARY"))
# The figures of agreements: whether the value is a share, and whether there is a rung.
AGREED = {
    "PARTICIPATION_NORM": (True, False), "COMBINED_PATHWAY": (True, False),
    "PLAN_IN_FORCE": (True, False), "PLAN_WITH_PERSPECTIVE": (True, False),
    "PLAN_WITHIN_70_DAYS": (True, False), "CONTACT_WITHIN_90_DAYS": (True, False),
    "INTAKE_COMPLETE": (True, False), "FULLY_PAID": (True, False),
    "LASTING_JOBS": (False, False), "JOBS_LASTING_365_DAYS": (True, False),
    "CLIMBED_WITHIN_12_MONTHS": (True, True), "RUNG_HALF_TIME": (False, True),
    "BENEFIT_LEFT": (False, False), "LEVEL_B1_WITHIN_36_MONTHS": (True, False),
    "LANGUAGE_SUPPORT_RECENT": (True, False)}
IDENTIFIER = ("identifier",)
BOOL = ("bool",)
DATE = ("date",)

TYPES = {
    "person_registered": [
        ("birth_year", ("int", 1900, YEAR), True),
        ("act", ("enum", "ACT_", ("WI2013", "WI2021", "NONE")), False)],
    "household_role_set": [
        ("role", ("enum", "HOUSEHOLD_ROLE_",
                  ("BREADWINNER", "CO_BREADWINNER", "SINGLE", "OTHER")), True)],
    "municipality_settled": [],
    "municipality_left": [
        ("to", ("enum", "DESTINATION_", ("OTHER_MUNICIPALITY", "ABROAD", "UNKNOWN")), True)],
    "exited": [
        ("reason", ("enum", "EXIT_REASON_", ("DEFINITIVE", "OBJECTION")), True)],
    "guidance_ended": [
        ("reason", ("enum", "GUIDANCE_END_REASON_",
                    ("SELF_SUFFICIENT", "LOST_CONTACT", "OTHER")), True)],
    "guidance_started": [],
    "service_model_set": [
        ("model", ("enum", "SERVICE_MODEL_",
                   ("CAFETARIA", "CHAIN_3D", "PARTICIPATION_COMPANY", "OTHER")), True)],
    "obligation_started": [],
    "intake_done": [("domains", DOMAINS, True)],
    "plan_signed": [
        ("has_main_goal", BOOL, True), ("has_own_ambition", BOOL, True),
        ("has_language_part", BOOL, True), ("has_participation_part", BOOL, True),
        ("longest_horizon_months", ("int", 0, 120), True),
        ("route", ("enum", "ROUTE_", ("B1", "EDUCATION", "SELF_RELIANCE")), False)],
    "plan_reviewed": [],
    "plan_withdrawn": [],
    "language_level_reached": [
        ("level", ("enum", "LANGUAGE_LEVEL_", ("A1", "A2", "B1", "B2")), True)],
    "civic_integration_completed": [],
    "module_completed": [
        ("module", ("enum", "MODULE_",
                    ("PARTICIPATION_DECLARATION", "LABOUR_MARKET", "SELF_RELIANCE")), True)],
    "activity_logged": [
        ("kind", KIND, True), ("minutes", ("int", 0, 10080), True), ("provider", ORG_TYPE, True),
        ("activity_ref", IDENTIFIER, False)],
    "ladder_assessed": [("rung", ("int", 1, 6), True)],
    "contact_held": [
        ("by", ("enum", "CONTACT_BY_", ("CASE_MANAGER", "VOLUNTEER", "OTHER")), True),
        ("two_way", BOOL, True), ("worker", IDENTIFIER, False)],
    "contact_person_assigned": [("worker", IDENTIFIER, True)],
    "contact_person_ended": [],
    "barrier_reported": [("barrier", BARRIER, True)],
    "barrier_resolved": [("barrier", BARRIER, True)],
    "target_set": [("weekly_minutes", ("int", 0, 2400), True), ("until", DATE, False)],
    "language_exempted": [("until", DATE, False)],
    "job_started": [
        ("job_ref", IDENTIFIER, True), ("funding", FUNDING, True), ("hours_per_week", HOURS, True),
        ("open_hiring", BOOL, False),
        ("matches_ambition", ("enum", "AMBITION_MATCH_", ("YES", "PARTLY", "NO")), False)],
    "job_changed": [
        ("job_ref", IDENTIFIER, True), ("funding", FUNDING, True), ("hours_per_week", HOURS, True)],
    "job_confirmed": [("job_ref", IDENTIFIER, True)],
    "job_ended": [("job_ref", IDENTIFIER, True)],
    "placement_claimed": [("job_ref", IDENTIFIER, True), ("by", ORG_TYPE, True)],
    "placement_adjudicated": [("job_ref", IDENTIFIER, True), ("by", ORG_TYPE, True)],
    "referral_made": [("to", ORG_TYPE, True), ("referral_ref", IDENTIFIER, False)],
    "referral_closed": [
        ("referral_ref", IDENTIFIER, True),
        ("outcome", ("enum", "REFERRAL_OUTCOME_",
                     ("STARTED", "REFUSED_BY_ORGANISATION", "REFUSED_BY_PERSON",
                      "BUDGET_EXHAUSTED", "NOT_SUITABLE", "OTHER")), True)],
    "benefit_started": [("kind", BENEFIT_KIND, True)],
    "benefit_confirmed": [("kind", BENEFIT_KIND, True)],
    "benefit_ended": [],
    "sanction_announced": [("sanction_ref", IDENTIFIER, True)],
    "sanction_imposed": [
        ("sanction_ref", IDENTIFIER, True),
        ("regime", ("enum", "REGIME_",
                    ("WI2021_INTAKE", "WI2021_PLAN", "DUO_TERM", "PWET")), True)],
    "sanction_annulled": [("sanction_ref", IDENTIFIER, True)],
    "event_retracted": [("target_id", IDENTIFIER, False), ("target_key", IDENTIFIER, False)],
    "report_published": [("as_of", ("quarter",), True)],
    "report_withdrawn": [("as_of", DATE, True)],
    "agreement_made": [
        ("figure", ("enum", "AGREED_FIGURE_", tuple(AGREED)), True),
        ("comparison", ("enum", "COMPARISON_", ("AT_LEAST", "AT_MOST")), True),
        ("value", ("int", 0, 1000000), True), ("by", ("promised",), True),
        ("with", IDENTIFIER, False), ("rung", ("int", 1, 5), True)],
}

CODES = {"bad_syntax", "unknown_field", "missing_field", "bad_value", "looks_like_bsn",
         "occurred_in_future", "occurred_too_early", "type_not_allowed",
         "municipality_not_allowed", "id_conflict", "target_unknown", "target_withdrawn",
         "already_published"}


SEPARATOR = "[._:-]"
GROUPED = f"(?:[0-9]{{3}}{SEPARATOR}[0-9]{{3}}|[0-9]{{4}}{SEPARATOR}[0-9]{{2}}){SEPARATOR}[0-9]{{3}}"


def passes_eleven_test(text):
    digits = [int(one) for one in text if one in "0123456789"]
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * digit for weight, digit in zip(weights, digits)) % 11 == 0


def looks_like_bsn(text):
    """Whether an identifier is written as the number of a person."""
    if re.fullmatch("[0-9]{8,10}", text):
        return True
    if re.fullmatch(GROUPED, text):
        return passes_eleven_test(text)
    return re.match(f"[bB][sS][nN]{SEPARATOR}*(?:[0-9]{{8}}|{GROUPED})", text) is not None


def good(kind):
    """A value that is allowed."""
    if kind[0] == "enum":
        return kind[2][0]
    if kind[0] == "int":
        return kind[1]
    if kind[0] == "bool":
        return False
    if kind[0] == "date":
        return "2030-12-31"
    if kind[0] == "identifier":
        return "2026-03-02a"
    if kind[0] == "quarter":
        return "2026-06-30"
    if kind[0] == "promised":
        return "2031-12-31"
    return [kind[2][0]]


def full_body(body_type):
    """A body with every field of its type."""
    body = {name: good(kind) for name, kind, _ in TYPES[body_type]}
    if body_type == "agreement_made":  # of a figure that has all of them
        body["figure"] = "RUNG_HALF_TIME"
    return body


def with_value(body_type, body, name, value):
    """The body with another value of one field, and what that asks of the others."""
    body = {**body, name: value}
    if body_type == "agreement_made" and not AGREED[body["figure"].replace(
            "AGREED_FIGURE_", "")][1]:
        del body["rung"]
    return body


def valid(body_type, **fields):
    """A valid event of a type, with every field; retractions get a target that is not there."""
    body = full_body(body_type)
    if body_type == "event_retracted":
        del body["target_key"]
    return harness.event(body_type, body, **fields)


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
