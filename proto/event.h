/*
 * proto/event.h - the plain C event and the table that describes every type.
 *
 * One table (schema.c) says which fields a type has and what they may hold. Reading
 * protobuf and JSON, checking, writing and printing all walk it; a test holds
 * it against ladder.proto.
 *
 * Source: spec/events.md. Numbers are those of ladder.proto and are
 * stored in the log: never change one.
 */
#ifndef PROTO_EVENT_H
#define PROTO_EVENT_H

#include "base/bytes.h"

/* X(NAME, name, Name, number of the field in the oneof, about a person) */
#define EVENT_TYPES(X)                                                                             \
	X(PERSON_REGISTERED, person_registered, PersonRegistered, 10, true)                        \
	X(HOUSEHOLD_ROLE_SET, household_role_set, HouseholdRoleSet, 11, true)                      \
	X(MUNICIPALITY_SETTLED, municipality_settled, MunicipalitySettled, 12, true)               \
	X(MUNICIPALITY_LEFT, municipality_left, MunicipalityLeft, 13, true)                        \
	X(EXITED, exited, Exited, 14, true)                                                        \
	X(GUIDANCE_ENDED, guidance_ended, GuidanceEnded, 15, true)                                 \
	X(GUIDANCE_STARTED, guidance_started, GuidanceStarted, 16, true)                           \
	X(SERVICE_MODEL_SET, service_model_set, ServiceModelSet, 17, false)                        \
	X(OBLIGATION_STARTED, obligation_started, ObligationStarted, 20, true)                     \
	X(INTAKE_DONE, intake_done, IntakeDone, 21, true)                                          \
	X(PLAN_SIGNED, plan_signed, PlanSigned, 22, true)                                          \
	X(PLAN_REVIEWED, plan_reviewed, PlanReviewed, 23, true)                                    \
	X(PLAN_WITHDRAWN, plan_withdrawn, PlanWithdrawn, 24, true)                                 \
	X(LANGUAGE_LEVEL_REACHED, language_level_reached, LanguageLevelReached, 25, true)          \
	X(CIVIC_INTEGRATION_COMPLETED, civic_integration_completed, CivicIntegrationCompleted, 26, \
		true)                                                                              \
	X(MODULE_COMPLETED, module_completed, ModuleCompleted, 27, true)                           \
	X(ACTIVITY_LOGGED, activity_logged, ActivityLogged, 30, true)                              \
	X(LADDER_ASSESSED, ladder_assessed, LadderAssessed, 31, true)                              \
	X(CONTACT_HELD, contact_held, ContactHeld, 32, true)                                       \
	X(CONTACT_PERSON_ASSIGNED, contact_person_assigned, ContactPersonAssigned, 37, true)       \
	X(CONTACT_PERSON_ENDED, contact_person_ended, ContactPersonEnded, 38, true)                \
	X(BARRIER_REPORTED, barrier_reported, BarrierReported, 33, true)                           \
	X(BARRIER_RESOLVED, barrier_resolved, BarrierResolved, 34, true)                           \
	X(TARGET_SET, target_set, TargetSet, 35, true)                                             \
	X(LANGUAGE_EXEMPTED, language_exempted, LanguageExempted, 36, true)                        \
	X(JOB_STARTED, job_started, JobStarted, 40, true)                                          \
	X(JOB_CHANGED, job_changed, JobChanged, 41, true)                                          \
	X(JOB_CONFIRMED, job_confirmed, JobConfirmed, 42, true)                                    \
	X(JOB_ENDED, job_ended, JobEnded, 43, true)                                                \
	X(PLACEMENT_CLAIMED, placement_claimed, PlacementClaimed, 44, true)                        \
	X(PLACEMENT_ADJUDICATED, placement_adjudicated, PlacementAdjudicated, 45, true)            \
	X(REFERRAL_MADE, referral_made, ReferralMade, 46, true)                                    \
	X(REFERRAL_CLOSED, referral_closed, ReferralClosed, 39, true)                              \
	X(BENEFIT_STARTED, benefit_started, BenefitStarted, 47, true)                              \
	X(BENEFIT_CONFIRMED, benefit_confirmed, BenefitConfirmed, 49, true)                        \
	X(BENEFIT_ENDED, benefit_ended, BenefitEnded, 48, true)                                    \
	X(SANCTION_ANNOUNCED, sanction_announced, SanctionAnnounced, 50, true)                     \
	X(SANCTION_IMPOSED, sanction_imposed, SanctionImposed, 51, true)                           \
	X(SANCTION_ANNULLED, sanction_annulled, SanctionAnnulled, 52, true)                        \
	X(EVENT_RETRACTED, event_retracted, EventRetracted, 60, false)                             \
	X(REPORT_PUBLISHED, report_published, ReportPublished, 61, false)                          \
	X(REPORT_WITHDRAWN, report_withdrawn, ReportWithdrawn, 62, false)                          \
	X(AGREEMENT_MADE, agreement_made, AgreementMade, 63, false)

enum event_type {
#define EVENT_TYPE_ENUM(NAME, name, Name, number, person) EVENT_##NAME = (number),
	EVENT_TYPES(EVENT_TYPE_ENUM)
#undef EVENT_TYPE_ENUM
};

#define EVENT_TYPE_MAX 63 /* a type is below this, so that a set of types is one word */

/*
 * The enumerations: X(number, NAME). The prefix of the names in the .proto file
 * is in schema.c. They begin at 1: 0 is UNSPECIFIED and refused.
 */
/* clang-format off */
#define ACTS(X)                 X(1, WI2013) X(2, WI2021) X(3, NONE)
#define HOUSEHOLD_ROLES(X)      X(1, BREADWINNER) X(2, CO_BREADWINNER) X(3, SINGLE) X(4, OTHER)
#define DESTINATIONS(X)         X(1, OTHER_MUNICIPALITY) X(2, ABROAD) X(3, UNKNOWN)
#define EXIT_REASONS(X)         X(1, DEFINITIVE) X(2, OBJECTION)
#define GUIDANCE_END_REASONS(X) X(1, SELF_SUFFICIENT) X(2, LOST_CONTACT) X(3, OTHER)
#define SERVICE_MODELS(X) \
	X(1, CAFETARIA) X(2, CHAIN_3D) X(3, PARTICIPATION_COMPANY) X(4, OTHER)
#define DOMAINS(X)                                                                                 \
	X(1, WORK)                                                                                 \
	X(2, EDUCATION)                                                                            \
	X(3, LANGUAGE) X(4, HOUSING) X(5, INCOME) X(6, FAMILY) X(7, SOCIAL_NETWORK) X(8, HEALTH)   \
		X(9, DIGITAL) X(10, AMBITION)
#define LANGUAGE_LEVELS(X) X(1, A1) X(2, A2) X(3, B1) X(4, B2)
#define ACTIVITY_KINDS(X)                                                                          \
	X(1, VOLUNTEER)                                                                            \
	X(2, INTERNSHIP)                                                                           \
	X(3, WORK_EXPERIENCE) X(4, SPORT) X(5, CULTURE_HOBBY) X(6, SCHOOL_SUPPORT)                 \
		X(7, NEIGHBOURHOOD) X(8, LANGUAGE_COURSE) X(9, LANGUAGE_CAFE)                      \
			X(10, LANGUAGE_BUDDY) X(11, TUTORING) X(12, JOB_COACHING)                  \
				X(13, APPLICATION_HELP) X(14, DIPLOMA_VALUATION)           \
					X(15, FORM_HELP) X(16, FAMILY_ACTIVITY)
#define ORG_TYPES(X)                                                                               \
	X(1, MUNICIPALITY)                                                                         \
	X(2, ISD)                                                                                  \
	X(3, SW_COMPANY) X(4, WELFARE) X(5, VWN) X(6, COA) X(7, SCHOOL) X(8, VOLUNTEERS)           \
		X(9, EMPLOYER) X(10, SELF) X(11, OTHER)
#define CONTACT_BYS(X) X(1, CASE_MANAGER) X(2, VOLUNTEER) X(3, OTHER)
#define BARRIERS(X)                                                                                \
	X(1, CHILDCARE)                                                                            \
	X(2, TRANSPORT)                                                                            \
	X(3, LANGUAGE_WAITING_LIST) X(4, EMPLOYER) X(5, DIPLOMA) X(6, HOUSING) X(7, MOTIVATION)    \
		X(8, RULES) X(9, CONTACT) X(10, OTHER)
#define FUNDINGS(X)         X(1, FULLY_PAID) X(2, SUBSIDISED)
#define AMBITION_MATCHES(X) X(1, YES) X(2, PARTLY) X(3, NO)
#define BENEFIT_KINDS(X)    X(1, FULL) X(2, SUPPLEMENTARY)
#define ROUTES(X)           X(1, B1) X(2, EDUCATION) X(3, SELF_RELIANCE)
#define MODULES(X)          X(1, PARTICIPATION_DECLARATION) X(2, LABOUR_MARKET) X(3, SELF_RELIANCE)
#define REFERRAL_OUTCOMES(X)                                                                       \
	X(1, STARTED)                                                                              \
	X(2, REFUSED_BY_ORGANISATION)                                                              \
	X(3, REFUSED_BY_PERSON) X(4, BUDGET_EXHAUSTED) X(5, NOT_SUITABLE) X(6, OTHER)
#define COMPARISONS(X)      X(1, AT_LEAST) X(2, AT_MOST)
#define AGREED_FIGURES(X)                                                                          \
	X(1, PARTICIPATION_NORM)                                                                   \
	X(2, COMBINED_PATHWAY)                                                                     \
	X(3, PLAN_IN_FORCE)                                                                        \
	X(4, PLAN_WITH_PERSPECTIVE)                                                                \
	X(5, PLAN_WITHIN_70_DAYS)                                                                  \
	X(6, CONTACT_WITHIN_90_DAYS)                                                               \
	X(7, INTAKE_COMPLETE)                                                                      \
	X(8, FULLY_PAID)                                                                           \
	X(9, LASTING_JOBS)                                                                         \
	X(10, JOBS_LASTING_365_DAYS)                                                               \
	X(11, CLIMBED_WITHIN_12_MONTHS)                                                            \
	X(12, RUNG_HALF_TIME)                                                                      \
	X(13, BENEFIT_LEFT)                                                                        \
	X(14, LEVEL_B1_WITHIN_36_MONTHS)                                                           \
	X(15, LANGUAGE_SUPPORT_RECENT)
#define REGIMES(X)          X(1, WI2021_INTAKE) X(2, WI2021_PLAN) X(3, DUO_TERM) X(4, PWET)

/* clang-format on */

/* X(PREFIX, name, LIST): each has an enumeration `enumeration_name`. */
#define ENUMERATIONS(X)                                                                            \
	X(ACT, act, ACTS)                                                                          \
	X(HOUSEHOLD_ROLE, household_role, HOUSEHOLD_ROLES)                                         \
	X(DESTINATION, destination, DESTINATIONS)                                                  \
	X(EXIT_REASON, exit_reason, EXIT_REASONS)                                                  \
	X(GUIDANCE_END_REASON, guidance_end_reason, GUIDANCE_END_REASONS)                          \
	X(SERVICE_MODEL, service_model, SERVICE_MODELS)                                            \
	X(DOMAIN, domain, DOMAINS)                                                                 \
	X(LANGUAGE_LEVEL, language_level, LANGUAGE_LEVELS)                                         \
	X(ACTIVITY_KIND, activity_kind, ACTIVITY_KINDS)                                            \
	X(ORG_TYPE, org_type, ORG_TYPES)                                                           \
	X(CONTACT_BY, contact_by, CONTACT_BYS)                                                     \
	X(BARRIER, barrier, BARRIERS)                                                              \
	X(FUNDING, funding, FUNDINGS)                                                              \
	X(AMBITION_MATCH, ambition_match, AMBITION_MATCHES)                                        \
	X(BENEFIT_KIND, benefit_kind, BENEFIT_KINDS)                                               \
	X(ROUTE, route, ROUTES)                                                                    \
	X(MODULE, module, MODULES)                                                                 \
	X(REFERRAL_OUTCOME, referral_outcome, REFERRAL_OUTCOMES)                                   \
	X(COMPARISON, comparison, COMPARISONS)                                                     \
	X(AGREED_FIGURE, agreed_figure, AGREED_FIGURES)                                            \
	X(REGIME, regime, REGIMES)

/* clang-format off */
#define ACT_VALUE(number, NAME) ACT_##NAME = (number),
enum act {
	ACTS(ACT_VALUE)
	ACT_END,
	ACT_COUNT = ACT_END - 1,
};
#define HOUSEHOLD_ROLE_VALUE(number, NAME) HOUSEHOLD_ROLE_##NAME = (number),
enum household_role {
	HOUSEHOLD_ROLES(HOUSEHOLD_ROLE_VALUE)
	HOUSEHOLD_ROLE_END,
	HOUSEHOLD_ROLE_COUNT = HOUSEHOLD_ROLE_END - 1,
};
#define DESTINATION_VALUE(number, NAME) DESTINATION_##NAME = (number),
enum destination {
	DESTINATIONS(DESTINATION_VALUE)
	DESTINATION_END,
	DESTINATION_COUNT = DESTINATION_END - 1,
};
#define EXIT_REASON_VALUE(number, NAME) EXIT_REASON_##NAME = (number),
enum exit_reason {
	EXIT_REASONS(EXIT_REASON_VALUE)
	EXIT_REASON_END,
	EXIT_REASON_COUNT = EXIT_REASON_END - 1,
};
#define GUIDANCE_END_REASON_VALUE(number, NAME) GUIDANCE_END_REASON_##NAME = (number),
enum guidance_end_reason {
	GUIDANCE_END_REASONS(GUIDANCE_END_REASON_VALUE)
	GUIDANCE_END_REASON_END,
	GUIDANCE_END_REASON_COUNT = GUIDANCE_END_REASON_END - 1,
};
#define SERVICE_MODEL_VALUE(number, NAME) SERVICE_MODEL_##NAME = (number),
enum service_model {
	SERVICE_MODELS(SERVICE_MODEL_VALUE)
	SERVICE_MODEL_END,
	SERVICE_MODEL_COUNT = SERVICE_MODEL_END - 1,
};
#define DOMAIN_VALUE(number, NAME) DOMAIN_##NAME = (number),
enum domain {
	DOMAINS(DOMAIN_VALUE)
	DOMAIN_END,
	DOMAIN_COUNT = DOMAIN_END - 1,
};
#define LANGUAGE_LEVEL_VALUE(number, NAME) LANGUAGE_LEVEL_##NAME = (number),
enum language_level {
	LANGUAGE_LEVELS(LANGUAGE_LEVEL_VALUE)
	LANGUAGE_LEVEL_END,
	LANGUAGE_LEVEL_COUNT = LANGUAGE_LEVEL_END - 1,
};
#define ACTIVITY_KIND_VALUE(number, NAME) ACTIVITY_KIND_##NAME = (number),
enum activity_kind {
	ACTIVITY_KINDS(ACTIVITY_KIND_VALUE)
	ACTIVITY_KIND_END,
	ACTIVITY_KIND_COUNT = ACTIVITY_KIND_END - 1,
};
#define ORG_TYPE_VALUE(number, NAME) ORG_TYPE_##NAME = (number),
enum org_type {
	ORG_TYPES(ORG_TYPE_VALUE)
	ORG_TYPE_END,
	ORG_TYPE_COUNT = ORG_TYPE_END - 1,
};
#define CONTACT_BY_VALUE(number, NAME) CONTACT_BY_##NAME = (number),
enum contact_by {
	CONTACT_BYS(CONTACT_BY_VALUE)
	CONTACT_BY_END,
	CONTACT_BY_COUNT = CONTACT_BY_END - 1,
};
#define BARRIER_VALUE(number, NAME) BARRIER_##NAME = (number),
enum barrier {
	BARRIERS(BARRIER_VALUE)
	BARRIER_END,
	BARRIER_COUNT = BARRIER_END - 1,
};
#define FUNDING_VALUE(number, NAME) FUNDING_##NAME = (number),
enum funding {
	FUNDINGS(FUNDING_VALUE)
	FUNDING_END,
	FUNDING_COUNT = FUNDING_END - 1,
};
#define AMBITION_MATCH_VALUE(number, NAME) AMBITION_MATCH_##NAME = (number),
enum ambition_match {
	AMBITION_MATCHES(AMBITION_MATCH_VALUE)
	AMBITION_MATCH_END,
	AMBITION_MATCH_COUNT = AMBITION_MATCH_END - 1,
};
#define BENEFIT_KIND_VALUE(number, NAME) BENEFIT_KIND_##NAME = (number),
enum benefit_kind {
	BENEFIT_KINDS(BENEFIT_KIND_VALUE)
	BENEFIT_KIND_END,
	BENEFIT_KIND_COUNT = BENEFIT_KIND_END - 1,
};
#define ROUTE_VALUE(number, NAME) ROUTE_##NAME = (number),
enum plan_route {
	ROUTES(ROUTE_VALUE)
	ROUTE_END,
	ROUTE_COUNT = ROUTE_END - 1,
};
#define MODULE_VALUE(number, NAME) MODULE_##NAME = (number),
enum module {
	MODULES(MODULE_VALUE)
	MODULE_END,
	MODULE_COUNT = MODULE_END - 1,
};
#define REFERRAL_OUTCOME_VALUE(number, NAME) REFERRAL_OUTCOME_##NAME = (number),
enum referral_outcome {
	REFERRAL_OUTCOMES(REFERRAL_OUTCOME_VALUE)
	REFERRAL_OUTCOME_END,
	REFERRAL_OUTCOME_COUNT = REFERRAL_OUTCOME_END - 1,
};
#define COMPARISON_VALUE(number, NAME) COMPARISON_##NAME = (number),
enum comparison {
	COMPARISONS(COMPARISON_VALUE)
	COMPARISON_END,
	COMPARISON_COUNT = COMPARISON_END - 1,
};
#define AGREED_FIGURE_VALUE(number, NAME) AGREED_FIGURE_##NAME = (number),
enum agreed_figure {
	AGREED_FIGURES(AGREED_FIGURE_VALUE)
	AGREED_FIGURE_END,
	AGREED_FIGURE_COUNT = AGREED_FIGURE_END - 1,
};
#define REGIME_VALUE(number, NAME) REGIME_##NAME = (number),
enum regime {
	REGIMES(REGIME_VALUE)
	REGIME_END,
	REGIME_COUNT = REGIME_END - 1,
};
/* clang-format on */

/* The fields of the envelope, in the order of spec/events.md, which is that of checking. */
enum envelope_field {
	ENVELOPE_ID,
	ENVELOPE_KEY,
	ENVELOPE_SUBJECT,
	ENVELOPE_MUNICIPALITY,
	ENVELOPE_OCCURRED_ON,
	ENVELOPE_COUNT,
};

/* Places in `struct event.values`, by type, in the order of spec/events.md. */
enum { PERSON_REGISTERED_BIRTH_YEAR, PERSON_REGISTERED_ACT };
enum { HOUSEHOLD_ROLE_SET_ROLE };
enum { MUNICIPALITY_LEFT_TO };
enum { EXITED_REASON };
enum { GUIDANCE_ENDED_REASON };
enum { SERVICE_MODEL_SET_MODEL };
enum { INTAKE_DONE_DOMAINS };
enum {
	PLAN_SIGNED_HAS_MAIN_GOAL,
	PLAN_SIGNED_HAS_OWN_AMBITION,
	PLAN_SIGNED_HAS_LANGUAGE_PART,
	PLAN_SIGNED_HAS_PARTICIPATION_PART,
	PLAN_SIGNED_LONGEST_HORIZON_MONTHS,
	PLAN_SIGNED_ROUTE,
};
enum { LANGUAGE_LEVEL_REACHED_LEVEL };
enum {
	ACTIVITY_LOGGED_KIND,
	ACTIVITY_LOGGED_MINUTES,
	ACTIVITY_LOGGED_PROVIDER,
	ACTIVITY_LOGGED_ACTIVITY_REF,
};
enum { LADDER_ASSESSED_RUNG };
enum { MODULE_COMPLETED_MODULE };
enum { CONTACT_HELD_BY, CONTACT_HELD_TWO_WAY, CONTACT_HELD_WORKER };
enum { CONTACT_PERSON_ASSIGNED_WORKER };
enum { BARRIER_REPORTED_BARRIER };
enum { BARRIER_RESOLVED_BARRIER };
enum { TARGET_SET_WEEKLY_MINUTES, TARGET_SET_UNTIL };
enum { LANGUAGE_EXEMPTED_UNTIL };
/* All events about a job have its reference first; JobChanged has the first three. */
enum {
	JOB_REF,
	JOB_STARTED_FUNDING,
	JOB_STARTED_HOURS_PER_WEEK,
	JOB_STARTED_OPEN_HIRING,
	JOB_STARTED_MATCHES_AMBITION,
};
enum { PLACEMENT_BY = 1 };
enum { REFERRAL_MADE_TO, REFERRAL_MADE_REF };
enum { REFERRAL_CLOSED_REF, REFERRAL_CLOSED_OUTCOME };
enum { BENEFIT_STARTED_KIND };
enum { BENEFIT_CONFIRMED_KIND };
enum { SANCTION_REF, SANCTION_IMPOSED_REGIME };
enum { EVENT_RETRACTED_TARGET_ID, EVENT_RETRACTED_TARGET_KEY };
enum { REPORT_PUBLISHED_AS_OF };
enum { REPORT_WITHDRAWN_AS_OF };
enum {
	AGREEMENT_MADE_FIGURE,
	AGREEMENT_MADE_COMPARISON,
	AGREEMENT_MADE_VALUE,
	AGREEMENT_MADE_BY,
	AGREEMENT_MADE_WITH,
	AGREEMENT_MADE_RUNG,
};

#define EVENT_VALUES_MAX 6

/* One value of a body. */
struct value {
	bool present;
	int32_t number;    /* integer, bool, enumeration, civil day, or a set as bits 1 << value */
	struct bytes text; /* an identifier */
};

/*
 * A checked event. Its bytes are borrowed from the request's arena or from the
 * record it was read from.
 */
struct event {
	enum event_type type;
	int32_t day;           /* occurred_on, a civil day */
	uint16_t municipality; /* the four digits of the CBS code */
	struct bytes id;
	struct bytes key;     /* length 0: absent */
	struct bytes subject; /* length 0: absent */
	struct value values[EVENT_VALUES_MAX];
};

enum field_kind {
	FIELD_INTEGER,
	FIELD_BOOL,
	FIELD_ENUM,
	FIELD_ENUM_SET, /* one or more, distinct; kept sorted */
	FIELD_IDENTIFIER,
	FIELD_DATE,
};

/* An enumeration: names[0] is NULL, names[n] the short spelling of value n. */
struct enumeration {
	const char *prefix; /* of the full spelling, with its underscore */
	const char *const *names;
	int count;
};

struct field {
	const char *name;
	enum field_kind kind;
	bool required;
	int32_t min; /* of an integer */
	int32_t max;
	const struct enumeration *enumeration;
};

struct schema {
	enum event_type type;
	const char *name;  /* as in spec/events.md: LadderAssessed */
	const char *key;   /* the field of the oneof: ladder_assessed */
	bool about_person; /* has a subject */
	size_t field_count;
	const struct field *fields;
};

/* The table's row of a type; CHECKs that there is one. */
const struct schema *schema_of(enum event_type type);

/* All rows, in the order of spec/events.md. */
const struct schema *schema_all(size_t *count);

/* The row by the type's name or key, as spec/events.md or ProtoJSON spells it; NULL: none. */
const struct schema *schema_find(struct bytes name);

/* The row by the number of the field in the oneof; NULL when none. */
const struct schema *schema_by_number(unsigned number);

extern const struct enumeration enumeration_org_type;
extern const struct enumeration enumeration_activity_kind;
extern const struct enumeration enumeration_barrier;
extern const struct enumeration enumeration_regime;
extern const struct enumeration enumeration_service_model;
extern const struct enumeration enumeration_module;
extern const struct enumeration enumeration_comparison;
extern const struct enumeration enumeration_agreed_figure;

/* The figure of an AgreementMade; does it have a rung, and is its value a share in per cent? */
enum agreed_figure agreed_figure_of(const struct event *event);
bool agreed_figure_has_rung(enum agreed_figure figure);
bool agreed_figure_is_share(enum agreed_figure figure);

/* The value of a name, full or short spelling; 0 when there is none. */
int enumeration_find(const struct enumeration *enumeration, struct bytes name);

/* The names of the envelope's fields, by enum envelope_field. */
extern const char *const envelope_names[ENVELOPE_COUNT];

/* True when `name` is `field`, spelled snake_case or, as ProtoJSON does, lowerCamelCase. */
bool field_name_is(const char *field, struct bytes name);

/* True when `text` has the form of an identifier (not: whether it looks like a BSN). */
bool identifier_is_valid(struct bytes text);

/* Parses a CBS code, GM and four digits. False when it is none. */
bool municipality_parse(struct bytes text, uint16_t *municipality);

#define MUNICIPALITY_LENGTH 6

/* Writes MUNICIPALITY_LENGTH characters and a NUL. */
void municipality_print(uint16_t municipality, char out[MUNICIPALITY_LENGTH + 1]);

#endif
