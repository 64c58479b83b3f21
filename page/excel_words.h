/*
 * page/excel_words.h - the words of the table for Excel: X(key, Dutch, English), where `key` is a
 * part of a name in the CSV of engine/csv.h.
 *
 * What is not here stands in the table as the CSV has it; a test looks that every figure is.
 */
#ifndef PAGE_EXCEL_WORDS_H
#define PAGE_EXCEL_WORDS_H

/* clang-format off */
/* The columns, in their order. */
#define EXCEL_COLUMNS(X)                                                                     \
	X(PLACE, "Gemeente", "Municipality")                                                 \
	X(CODE, "Gemeentecode", "Municipality code")                                         \
	X(AS_OF, "Peildatum", "Reference date")                                              \
	X(KNOWN_AT, "Bekend op", "Known at")                                                 \
	X(SUBJECT, "Onderwerp", "Subject")                                                   \
	X(FIGURE, "Cijfer", "Figure")                                                        \
	X(RUNG, "Stap", "Rung")                                                              \
	X(MONTHS, "Na maanden", "After months")                                              \
	X(DETAIL, "Uitsplitsing", "Of")                                                      \
	X(UNIT, "Eenheid", "Unit")                                                           \
	X(VALUE, "Waarde", "Value")                                                          \
	X(LOW, "Ondergrens", "Lower limit")                                                  \
	X(HIGH, "Bovengrens", "Upper limit")

/* The indicators. */
#define EXCEL_SUBJECTS(X)                                                                    \
	X("population", "Wie er geteld zijn", "Who is counted")                              \
	X("ladder_step", "Hoe lang duurt een stap?", "How long does a rung take?")           \
	X("ladder_position", "Waar staan mensen op de ladder?",                              \
		"Where on the ladder are people?")                                           \
	X("ladder_falls", "Terug naar een lagere stap", "Back to a lower rung")              \
	X("rung_reached", "Hoe lang van vestiging tot een stap?",                            \
		"How long from settling to a rung?")                                         \
	X("participation_norm", "Twee uur per week meedoen", "Taking part two hours a week") \
	X("combined_pathway", "Taal en meedoen tegelijk", "Language and taking part together") \
	X("job_outcome", "Wie heeft werk?", "Who has work?")                                 \
	X("job_durability", "Hoe lang duurt een baan?", "How long does a job last?")         \
	X("placement", "Wie vond het blijvende werk?", "Who found the lasting work?")        \
	X("sanctions", "Boetes en maatregelen", "Sanctions")                                 \
	X("language_support", "Hulp bij de taal", "Help with the language")                  \
	X("contact", "Contact met de klantmanager", "Contact with the case manager")         \
	X("plan", "Het persoonlijk plan (PIP)", "The personal plan (PIP)")                   \
	X("intake", "De brede intake", "The broad intake")                                   \
	X("barriers", "Wat houdt mensen tegen?", "What holds people back?")                  \
	X("data_quality", "Hoe goed is er gemeld?", "How good is the reporting?")            \
	X("language_level", "Hoe lang duurt het tot taalniveau A2 en B1?",                   \
		"How long until language levels A2 and B1?")                                 \
	X("guidance", "Hoe lang duurt begeleiding?", "How long does guidance take?")         \
	X("benefit", "Uitkeringen", "Benefits")                                              \
	X("job_growth", "Van gesteund naar volledig betaald werk",                           \
		"From supported to fully paid work")                                         \
	X("first_participation", "Hoe lang tot het eerste meedoen?",                         \
		"How long until first taking part?")                                         \
	X("standing_still", "Wie staat er lang stil?", "Who stands still for long?")         \
	X("ladder_next_year", "Stijgt iemand in het komende jaar?",                          \
		"Does somebody climb in the next year?")                                     \
	X("referrals", "Doorverwijzingen", "Referrals")                                      \
	X("contact_person", "De vaste contactpersoon", "The contact person")                 \
	X("modules", "Onderdelen van de inburgering", "Parts of civic integration")          \
	X("agreements", "Afspraken", "Agreements")

/* The parts of the figures' names. */
#define EXCEL_FIGURES(X)                                                                     \
	X("persons", "volwassen statushouders", "adult status holders")                      \
	X("breadwinners", "kostwinners", "breadwinners")                                     \
	X("under_guidance", "mensen onder begeleiding", "people under guidance")             \
	X("people", "mensen", "people")                                                      \
	X("share", "aandeel", "share")                                                       \
	X("max", "aandeel, hoogstens", "share, at most")                                     \
	X("within", "binnen de termijn", "within the time")                                  \
	X("lasting", "duurt minstens zo lang", "lasts at least as long")                     \
	X("median_days", "helft binnen", "half within")                                      \
	X("p90_days", "negen van de tien binnen", "nine of ten within")                      \
	X("from_days", "kort daarna gemeten, binnen", "assessed soon after, within")         \
	X("to_days", "tot en met dag", "up to day")                                          \
	X("entered", "op de stap gekomen", "came onto the rung")                             \
	X("climbed", "gestegen", "climbed")                                                  \
	X("exited", "vertrokken", "left")                                                    \
	X("silent", "geen nieuws meer", "no news any more")                                  \
	X("censored", "nog gevolgd", "still watched")                                        \
	X("not_at_risk", "niet te volgen", "cannot be followed")                             \
	X("unassessed", "nog geen meting", "not assessed yet")                               \
	X("stale", "laatste meting te oud", "last assessment too old")                       \
	X("falls", "keer gedaald", "falls")                                                  \
	X("person_years", "jaren, van alle mensen samen", "years, of all people together")   \
	X("per_100", "per 100 van die jaren", "per 100 of these years")                      \
	X("per_100_person_years", "per 100 van die jaren", "per 100 of these years")         \
	X("already", "waren er al", "were there already")                                    \
	X("reached", "bereikt", "reached")                                                   \
	X("yes", "ja", "yes")                                                                \
	X("no", "nee", "no")                                                                 \
	X("unknown", "onbekend", "unknown")                                                  \
	X("unknown_share", "onbekend, aandeel", "unknown, share")                            \
	X("exempt", "vrijgesteld", "exempt")                                                 \
	X("new", "nog te kort hier", "here too short")                                       \
	X("planned", "staat in het plan", "is in the plan")                                  \
	X("adults", "alle volwassenen", "all adults")                                        \
	X("fully_paid", "volledig betaald werk", "fully paid work")                          \
	X("fully_paid_share", "volledig betaald werk, aandeel", "fully paid work, share")    \
	X("subsidised", "werk met subsidie of uitkering", "work with subsidy or benefit")    \
	X("subsidised_share", "werk met subsidie of uitkering, aandeel",                     \
		"work with subsidy or benefit, share")                                       \
	X("none", "geen", "none")                                                            \
	X("none_share", "geen, aandeel", "none, share")                                      \
	X("spells", "perioden", "spells")                                                    \
	X("ended", "voorbij", "ended")                                                       \
	X("lasting_jobs", "blijvende banen", "lasting jobs")                                 \
	X("contested", "door meer organisaties gemeld", "reported by several organisations") \
	X("unattributed", "door niemand gemeld", "reported by nobody")                       \
	X("open_hiring", "open hiring", "open hiring")                                       \
	X("matching_ambition", "past bij de eigen ambitie", "fits the person's own ambition") \
	X("by", "per organisatie", "by organisation")                                        \
	X("guided", "begeleid door", "guided by")                                            \
	X("jobs", "banen", "jobs")                                                           \
	X("referrals", "doorverwijzingen", "referrals")                                      \
	X("imposed", "opgelegd", "imposed")                                                  \
	X("annulled", "teruggedraaid", "annulled")                                           \
	X("announced", "vooraf aangekondigd", "announced before")                            \
	X("by_regime", "soort", "kind")                                                      \
	X("WI2021_INTAKE", "Wi2021: intake", "Wi2021: intake")                               \
	X("WI2021_PLAN", "Wi2021: plan", "Wi2021: plan")                                     \
	X("DUO_TERM", "DUO: termijn", "DUO: term")                                           \
	X("PWET", "Participatiewet", "Participation Act")                                    \
	X("ever", "ooit", "ever")                                                            \
	X("ever_share", "ooit, aandeel", "ever, share")                                      \
	X("recent", "onlangs", "recently")                                                   \
	X("recent_share", "onlangs, aandeel", "recently, share")                             \
	X("never", "nog nooit", "never yet")                                                 \
	X("over_90_days", "langer dan 90 dagen niet", "not for more than 90 days")           \
	X("over_90_days_share", "langer dan 90 dagen niet, aandeel",                         \
		"not for more than 90 days, share")                                          \
	X("in_force", "geldig plan", "plan in force")                                        \
	X("in_force_share", "geldig plan, aandeel", "plan in force, share")                  \
	X("with_perspective", "plan met perspectief", "plan with perspective")               \
	X("with_perspective_share", "plan met perspectief, aandeel",                         \
		"plan with perspective, share")                                              \
	X("on_time", "op tijd", "on time")                                                   \
	X("signed", "getekend", "signed")                                                    \
	X("complete", "compleet", "complete")                                                \
	X("complete_share", "compleet, aandeel", "complete, share")                          \
	X("extended", "breed", "extended")                                                   \
	X("extended_share", "breed, aandeel", "extended, share")                             \
	X("mean_domains", "gemiddeld aantal onderwerpen", "mean number of domains")          \
	X("mean_parties", "gemiddeld aantal organisaties", "mean number of organisations")   \
	X("by_kind", "soort", "kind")                                                        \
	X("records", "meldingen", "records")                                                 \
	X("delay_p50_days", "helft gemeld binnen", "half reported within")                   \
	X("delay_p90_days", "negen van de tien gemeld binnen", "nine of ten reported within") \
	X("corrections", "verbeterd of ingetrokken", "corrected or withdrawn")               \
	X("corrections_share", "verbeterd of ingetrokken, aandeel",                          \
		"corrected or withdrawn, share")                                             \
	X("not_followed", "niet te volgen", "cannot be followed")                            \
	X("self_sufficient", "redt zichzelf", "self-sufficient")                             \
	X("ended_otherwise", "anders gestopt", "ended otherwise")                            \
	X("restarted", "opnieuw begonnen", "begun again")                                    \
	X("receiving", "krijgt een uitkering", "receives a benefit")                         \
	X("full", "volledig", "full")                                                        \
	X("supplementary", "aanvullend", "supplementary")                                    \
	X("begun_earlier", "eerder begonnen", "begun earlier")                               \
	X("left", "uit de uitkering", "left the benefit")                                    \
	X("returned", "teruggekomen", "returned")                                            \
	X("spells_left", "uit de uitkering", "left the benefit")                             \
	X("here_730_days", "minstens twee jaar hier", "here for two years at least")         \
	X("over_730_days", "langer dan twee jaar op deze stap",                              \
		"on this rung for over two years")                                           \
	X("over_730_days_share", "langer dan twee jaar op deze stap, aandeel",               \
		"on this rung for over two years, share")                                    \
	X("years", "per jaar op de stap", "by year on the rung")                             \
	X("at_risk", "mensen op de stap", "people on the rung")                              \
	X("made", "doorverwezen", "referred")                                                \
	X("started", "begonnen", "started")                                                  \
	X("refused_by_organisation", "geweigerd door de organisatie",                        \
		"refused by the organisation")                                               \
	X("refused_by_person", "niet gewild door de persoon", "refused by the person")       \
	X("budget_exhausted", "geld op", "budget exhausted")                                 \
	X("not_suitable", "niet passend", "not suitable")                                    \
	X("other", "anders", "other")                                                        \
	X("open", "nog open", "still open")                                                  \
	X("without_ref", "zonder kenmerk", "without a reference")                            \
	X("started_within_90_days", "begonnen binnen 90 dagen", "started within 90 days")    \
	X("assigned", "heeft een contactpersoon", "has a contact person")                    \
	X("assigned_share", "heeft een contactpersoon, aandeel", "has a contact person, share") \
	X("changes", "aantal wisselingen", "number of changes")                              \
	X("pairing", "hoe lang een contactpersoon blijft", "how long a contact person stays") \
	X("pairings", "koppelingen", "pairings")                                             \
	X("with_own", "contact met de eigen contactpersoon",                                \
		"contact with one's own contact person") \
	X("contacts", "contacten", "contacts")                                               \
	X("own", "met de eigen contactpersoon", "with one's own contact person")             \
	X("completed", "afgerond", "completed")                                              \
	X("running", "loopt nog", "still running")                                           \
	X("realised", "bereikt", "realised")                                                 \
	X("verdict", "oordeel", "verdict")

/* The names and the values of labels, and values that are words. */
#define EXCEL_LABELS(X)                                                                      \
	X("days", "dagen", "days")                                                           \
	X("from_days", "vanaf dag", "from day")                                              \
	X("level", "niveau", "level")                                                        \
	X("module", "onderdeel", "part")                                                     \
	X("figure", "afspraak", "agreement")                                                 \
	X("with", "met", "with")                                                             \
	X("comparison", "grens", "bound")                                                    \
	X("value", "afgesproken", "agreed")                                                  \
	X("by", "uiterlijk", "by")                                                           \
	X("A2", "A2", "A2")                                                                  \
	X("B1", "B1", "B1")                                                                  \
	X("PARTICIPATION_DECLARATION", "participatieverklaring", "participation declaration") \
	X("LABOUR_MARKET", "arbeidsmarkt en participatie", "labour market and participation") \
	X("SELF_RELIANCE", "zelfredzaamheid", "self-reliance")                               \
	X("PARTICIPATION_NORM", "twee uur per week meedoen", "taking part two hours a week") \
	X("COMBINED_PATHWAY", "taal en meedoen tegelijk", "language and taking part together") \
	X("PLAN_IN_FORCE", "geldig plan", "plan in force")                                   \
	X("PLAN_WITH_PERSPECTIVE", "plan met perspectief", "plan with perspective")          \
	X("PLAN_WITHIN_70_DAYS", "plan binnen tien weken", "plan within ten weeks")          \
	X("CONTACT_WITHIN_90_DAYS", "contact binnen 90 dagen", "contact within 90 days")     \
	X("INTAKE_COMPLETE", "intake compleet", "intake complete")                           \
	X("FULLY_PAID", "volledig betaald werk", "fully paid work")                          \
	X("LASTING_JOBS", "blijvende banen", "lasting jobs")                                 \
	X("JOBS_LASTING_365_DAYS", "banen van een jaar of langer", "jobs of a year or longer") \
	X("CLIMBED_WITHIN_12_MONTHS", "gestegen binnen 12 maanden", "climbed within 12 months") \
	X("RUNG_HALF_TIME", "helft gestegen binnen", "half climbed within")                  \
	X("BENEFIT_LEFT", "uit de uitkering", "left the benefit")                            \
	X("LEVEL_B1_WITHIN_36_MONTHS", "B1 binnen 36 maanden", "B1 within 36 months")        \
	X("LANGUAGE_SUPPORT_RECENT", "onlangs hulp bij de taal",                            \
		"help with the language recently") \
	X("AT_LEAST", "minstens", "at least")                                                \
	X("AT_MOST", "hoogstens", "at most")                                                 \
	X("met", "gehaald", "met")                                                           \
	X("missed", "niet gehaald", "missed")                                                \
	X("undecided", "niet te zeggen", "undecided")                                        \
	X("too_few", "te weinig mensen", "too few people")                                   \
	X("on_course", "op koers", "on course")                                              \
	X("not_yet", "nog niet", "not yet")                                                  \
	X("true", "ja", "yes")                                                               \
	X("false", "nee", "no")
/* clang-format on */

#endif
