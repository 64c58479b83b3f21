/*
 * page/words_table.h - all words of the page: X(name, Dutch, English).
 *
 * Written for a council member or a volunteer: no word of the trade without its
 * explanation on the same page. Read them aloud before you change them.
 */
#ifndef PAGE_WORDS_TABLE_H
#define PAGE_WORDS_TABLE_H

#include "page/words_card.h"
#include "page/words_worklist.h"

/* clang-format off */
#define WORDS(X)                                                                             \
	/* The frame */                                                                      \
	X(TITLE, "Statushouders op de participatieladder",                                   \
		"Status holders on the participation ladder")                                \
	X(LEAD,                                                                              \
		"Statushouders zijn vluchtelingen die in Nederland mogen blijven. "          \
		"De ladder heeft zes stappen: van weinig contact met anderen (stap "         \
		"1) tot betaald werk (stap 6).",                                             \
		"Status holders are refugees who may stay in the Netherlands. The "          \
		"ladder has six rungs: from little contact with others (rung 1) to "         \
		"paid work (rung 6).")                                                       \
	X(SKIP, "Direct naar de cijfers", "Skip to the figures")                             \
	X(MUNICIPALITY, "Gemeente", "Municipality")                                          \
	X(MUNICIPALITY_CODE, "Gemeente (CBS-code)", "Municipality (CBS code)")               \
	X(ALL_MUNICIPALITIES, "Alle gemeenten samen", "All municipalities together")         \
	X(AS_OF, "Stand op", "Reference date")                                               \
	X(SHOW, "Tonen", "Show")                                                             \
	X(CHOICE, "Kies gemeente en dag", "Choose municipality and reference date")          \
	X(SIGN_IN, "Inloggen", "Sign in")                                                    \
	X(SIGN_OUT, "Uitloggen", "Sign out")                                                 \
	X(SIGNED_IN_AS, "Ingelogd als {}", "Signed in as {}")                                \
	X(PROFILE_PUBLIC, "Gepubliceerde cijfers", "Published figures")                      \
	X(PROFILE_INTERNAL, "Interne cijfers", "Internal figures")                           \
	X(PEOPLE_COUNTED,                                                                    \
		"volwassen statushouders (18 tot en met 66 jaar)",                           \
		"adult status holders (aged 18 to 66)")                                      \
	X(PEOPLE_COUNTED_ONE,                                                                \
		"volwassen statushouder (18 tot en met 66 jaar)",                            \
		"adult status holder (aged 18 to 66)")                                       \
	X(PEOPLE_COUNTED_ALL,                                                                \
		"volwassen statushouders (18 tot en met 66 jaar) in deze gemeenten",         \
		"adult status holders (aged 18 to 66) in these municipalities")              \
	X(ABOUT_PUBLIC,                                                                      \
		"De gemeente heeft deze cijfers gepubliceerd op {}. Aantallen zijn "         \
		"afgerond op veelvouden van {}, soms één stap hoger of lager. Zo "           \
		"is niemand te herkennen. Daarom tellen ze niet altijd op tot het "          \
		"totaal. Percentages zijn met die aantallen berekend en staan er "           \
		"in stappen van 5. Cijfers over te weinig mensen zijn weggelaten.",          \
		"The municipality published these figures on {}. Counts are "                \
		"rounded to multiples of {}, some of them one step higher or "               \
		"lower. So nobody can be recognised. So they do not always add up "          \
		"to the total. Percentages are taken from those counts and stand "           \
		"in steps of 5. Figures about too few people are left out.")                 \
	X(ABOUT_INTERNAL, "Deze cijfers zijn exact en niet openbaar. Bij kleine aantallen "  \
		"kan een cijfer naar een persoon wijzen: geef deze pagina daarom niet "      \
		"door. Berekend met alles wat bekend was op {}.",                            \
		"These figures are exact and not public. With small numbers a figure can "   \
		"point to a person, so do not pass this page on. Computed with all that "    \
		"was known on {}.")                                                          \
	X(FOOT, "Gemaakt met ladderd uit wat gemeente en partners meldden. In de cijfers "   \
		"staan geen namen: er is geen veld voor.",                                   \
		"Made with ladderd from what the municipality and its partners reported. "   \
		"There are no names in the figures: no field for them exists.")              \
	X(TABLE, "Tabel en CSV", "Table and CSV")                                            \
	X(TABLE_ABOUT, "Tabel en CSV: {}", "Table and CSV: {}")                              \
	X(TABLE_OF, "Tabel: {}", "Table: {}")                                              \
	X(CSV, "Download als CSV", "Download as CSV")                                        \
	X(CSV_ABOUT, "Download als CSV: {}", "Download as CSV: {}")                          \
	X(CSV_ALL, "Alle cijfers als CSV", "All figures as CSV")                             \
	X(EXCEL_ALL, "Alle cijfers voor Excel", "All figures for Excel")                     \
	X(TOO_FEW, "Te weinig mensen om een cijfer te tonen.",                               \
		"Too few people to show a figure.")                                          \
	X(NEWEST_ONLY, "Dit wordt alleen getoond van het kwartaal dat bij het publiceren "   \
		"het laatste was.",                                                          \
		"This is shown only of the quarter that was the last one when it was "       \
		"published.")                                                                \
	X(NOT_YET, "Hierover is nog niets te zeggen.",                                       \
		"Nothing can be said about this yet.")                                       \
	X(DESCRIPTION,                                                                       \
		"Hoe lang duurt het voor statushouders om hoger op de "                      \
		"participatieladder te komen, gaat het beter, en doet iedereen mee?",        \
		"How long does it take status holders to climb the participation "           \
		"ladder, is it getting better, and does everybody take part?")               \
	X(AS_OF_DAY, "Stand op {}", "As of {}")                                              \
	X(SHEET_PUBLIC, "Openbaar: gepubliceerde cijfers", "Public: published figures")      \
	X(SHEET_INTERNAL, "INTERN: niet doorgeven", "INTERNAL: do not pass on")              \
	X(ABOUT_COUNT, "ongeveer {}", "about {}")                                            \
	X(SESSION_ENDED,                                                                     \
		"U bent niet meer ingelogd. U ziet nu alleen wat openbaar is.",              \
		"You are not signed in any more. You now see only what is "                  \
		"published.")                                                                \
	X(SIGN_IN_AGAIN, "Opnieuw inloggen", "Sign in again")                                \
	X(DEFINITION, "Uitleg", "Definition")                                                \
	X(PERMANENT, "Vaste link", "Permanent link")                                         \
	X(COLUMN_DRAWING, "Tekening", "Drawing")                                             \
	X(COLUMN_YEAR_AGO, "Jaar eerder", "Year ago")                                        \
	X(COLUMN_NOW, "Nu", "Now")                                                           \
	X(COLUMN_DIFFERENCE, "Verschil", "Difference")                                       \
	X(COLUMN_EARLIER, "Eerder", "Before")                                                \
	X(COLUMN_LATELY, "Laatste 2 jaar", "Last 2 years")                                   \
	X(COLUMN_THEN, "Zoals toen bekend op {}", "As known then, on {}")                    \
	X(COLUMN_LATE, "Later gemeld", "Reported late")                                      \
	X(COLUMN_HAPPENED, "Daarna gebeurd", "Happened since")                               \
	X(FROM_TO, "{} tot {}", "{} to {}")                                                  \
	X(SHARE_AFTER, "{} na {}", "{} after {}")                                            \
	X(BETTER, "beter", "better")                                                         \
	X(WORSE, "slechter", "worse")                                                        \
	X(ABOUT_THE_SAME, "ongeveer gelijk", "about the same")                               \
	X(Q1,                                                                                \
		"1. Hoe lang duurt het om hoger op de ladder te komen?",                     \
		"1. How long does it take to climb the ladder?")                             \
	X(Q1_HALF,                                                                           \
		"Na {} heeft de helft werk: onbetaald of betaald.",                          \
		"After {} half have work: unpaid or paid.")                                  \
	X(Q1_PART,                                                                           \
		"Na {} heeft {} werk: onbetaald of betaald.",                                \
		"After {}, {} have work: unpaid or paid.")                                   \
	X(Q1_SLOWEST,                                                                        \
		"Stap {} duurt het langst: na {} is {} verder.",                             \
		"Rung {} takes longest: after {}, {} have climbed.")                         \
	X(Q1_LONGEST,                                                                        \
		"Stap {} duurt het langst: de helft is na {} verder.",                       \
		"Rung {} takes longest: half have climbed after {}.")                        \
	X(Q1_LONGEST_KNOWN,                                                                  \
		"Voor zover bekend duurt stap {} het langst: de helft is na {} verder.",     \
		"As far as is known rung {} takes longest: half have climbed after {}.")     \
	X(Q1_TABLE,                                                                          \
		"Tijd per stap: wanneer is de helft hoger? (balk: 36 maanden)",              \
		"Time per rung: when have half climbed? (bar: 36 months)")                   \
	X(Q1_REACHED,                                                                        \
		"Van vestiging tot werk: welk deel heeft het na …",                          \
		"From settlement to work: which share has it after …")                       \
	X(REACHED_4, "Onbetaald werk of hoger", "Unpaid work or higher")                     \
	X(REACHED_5, "Betaald werk", "Paid work")                                            \
	X(REACHED_6, "Betaald werk zonder hulp", "Paid work without support")                \
	X(Q2, "2. Gaat het beter dan een jaar geleden?", "2. Is it better than a year ago?") \
	X(Q2_NONE,                                                                           \
		"Dat is nog niet te zeggen: er is nog niets om mee te vergelijken.",         \
		"That cannot be said yet: there is nothing yet to compare with.")            \
	X(Q2_SAME,                                                                           \
		"Ongeveer gelijk. Geen verschil is zo groot dat het geen toeval "            \
		"kan zijn.",                                                                 \
		"About the same. No difference is so large that it cannot be "               \
		"chance.")                                                                   \
	X(Q2_BETTER,                                                                         \
		"Ja. Beter: {}. De rest is ongeveer gelijk.",                                \
		"Yes. Better: {}. The rest is about the same.")                              \
	X(Q2_WORSE,                                                                          \
		"Nee. Slechter: {}. De rest is ongeveer gelijk.",                            \
		"No. Worse: {}. The rest is about the same.")                                \
	X(Q2_BOTH, "Deels. Beter: {}. Slechter: {}.", "In part. Better: {}. Worse: {}.")     \
	X(Q2_LATELY,                                                                         \
		"Binnen een jaar hoger, naar wanneer iemand begon",                          \
		"Climbed within a year, by when people began")                               \
	X(LATELY_REACHED, "Werk na vestiging", "Work after settling")                        \
	X(LATELY_1, "Vanaf stap 1", "From rung 1")                                           \
	X(LATELY_2, "Vanaf stap 2", "From rung 2")                                           \
	X(LATELY_3, "Vanaf stap 3", "From rung 3")                                           \
	X(LATELY_4, "Vanaf stap 4", "From rung 4")                                           \
	X(LATELY_5, "Vanaf stap 5", "From rung 5")                                           \
	X(Q2_SLOWEST_UNKNOWN,                                                                \
		"Stap {} duurt het langst. Of dat beter gaat, is nog niet te zeggen: "       \
		"er zijn te weinig mensen.",                                                 \
		"Rung {} takes longest. Whether that gets better cannot be said yet: "       \
		"there are too few people.")                                                 \
	X(Q2_NOTE,                                                                           \
		"Beter of slechter staat er alleen als toeval het verschil niet "            \
		"kan verklaren. Het zegt niet waarom.",                                      \
		"Better or worse stands here only where chance cannot explain the "          \
		"difference. It does not say why.")                                          \
	X(Q2_NOTE_PUBLIC,                                                                    \
		"Beter of slechter staat er alleen als toeval en afronden het "              \
		"verschil niet kunnen verklaren. Of het klimmen sneller gaat, is "           \
		"uit openbare cijfers niet te zien.",                                        \
		"Better or worse stands here only where neither chance nor "                 \
		"rounding can explain the difference. Whether people climb faster "          \
		"cannot be seen in published figures.")                                      \
	X(Q3,                                                                                \
		"3. Doet iedereen twee uur per week mee?",                                   \
		"3. Does everybody take part two hours a week?")                             \
	X(Q3_NO,                                                                             \
		"Nee. Van {} is gemeld dat zij minstens twee uur per week meedoen.",         \
		"No. Of {} it was reported that they take part at least two hours "          \
		"a week.")                                                                   \
	X(Q3_YES, "Ja: {}.", "Yes: {}.")                                                     \
	X(Q3_UNKNOWN, "Van {} is niets gemeld.", "Of {} nothing was reported.")              \
	X(CHANGED,                                                                           \
		"Wat is er veranderd sinds het vorige kwartaal?",                            \
		"What changed since the last quarter?")                                      \
	X(CHANGED_SAYS,                                                                      \
		"Een cijfer over {} kan later nog veranderen, als een melding te "           \
		"laat komt. Hier staat apart wat later gemeld is en wat echt "               \
		"daarna gebeurde.",                                                          \
		"A figure about {} may change later, when a report comes late. "             \
		"Here what was reported late stands apart from what really "                 \
		"happened since.")                                                           \
	X(CHANGE_PERSONS, "Statushouders", "Status holders")                                 \
	X(CHANGE_WORK, "Op stap 4, 5 of 6", "On rung 4, 5 or 6")                             \
	X(CHANGE_NORM, "Doen twee uur per week mee", "Take part two hours a week")           \
	X(CHANGE_COMBINED, "Volgen taal en werk tegelijk", "Follow language and work together") \
	X(CHANGE_PAID, "Kostwinners met volledig betaald werk",                               \
		"Breadwinners with fully paid work")                                         \
	X(CHANGE_PLAN, "Hebben een geldig plan", "Have a plan in force")                     \
	X(CHANGE_CONTACT, "Langer dan 90 dagen geen contact", "No contact for over 90 days") \
	X(NO_PAGE, "Deze pagina bestaat niet", "There is no such page")                      \
	X(NO_PAGE_SAYS,                                                                      \
		"Misschien is het adres niet goed overgenomen.",                             \
		"Perhaps the address was not copied well.")                                  \
	X(NOT_SO, "Dit kan hier niet", "This cannot be done here")                           \
	X(NOT_SO_SAYS,                                                                       \
		"Deze vraag is niet goed, of mag niet vanaf dit adres.",                     \
		"This request is wrong, or not allowed from here.")                          \
	X(STATUS, "Foutcode {}", "Error code {}")                                            \
	X(MONTHS_FEW, "{} mnd", "{} mo")                                                     \
	X(DEFINITIONS, "Uitleg bij de cijfers", "What the figures mean")                     \
	X(SKIP_TEXT, "Direct naar de tekst", "Skip to the text")                             \
	/* Units */                                                                          \
	X(DAY_ONE, "{} dag", "{} day")                                                       \
	X(DAYS, "{} dagen", "{} days")                                                       \
	X(MONTHS, "{} maanden", "{} months")                                                 \
	X(QUARTER, "{}e kwartaal {}", "quarter {} of {}")                                    \
	X(MONTHS_SHORT, "mnd", "mo")                                                         \
	X(HALF, "helft", "half")                                                             \
	X(UNIT_COUNT, "aantal", "number")                                                    \
	X(UNIT_SHARE, "aandeel (1 is 100%)", "share (1 is 100%)")                            \
	X(UNIT_DAYS, "in dagen", "in days")                                                  \
	X(UNIT_YEARS, "in jaren", "in years")                                                \
	X(ABOUT, "ca. {}", "about {}")                                                       \
	X(ZERO_OR_FEW, "0 of enkele", "0 or a few")                                          \
	X(AT_LEAST, "minstens {}", "at least {}")                                            \
	X(MARGIN, "Marge: {} tot {}.", "Margin: {} to {}.")                                  \
	X(MARGIN_FROM, "Marge: minstens {}.", "Margin: at least {}.")                        \
	X(COLUMN_DAYS, "Dagen", "Days")                                                      \
	X(COLUMN_WATCHED, "Nog gevolgd", "Still watched")                                    \
	/* Columns */                                                                        \
	X(COLUMN_WHAT, "Wat", "What")                                                        \
	X(COLUMN_RUNG, "Stap", "Rung")                                                       \
	X(COLUMN_PEOPLE, "Mensen", "People")                                                 \
	X(COLUMN_SHARE, "Aandeel", "Share")                                                  \
	X(COLUMN_BAND, "Marge", "Margin")                                                    \
	X(COLUMN_QUARTER, "Kwartaal", "Quarter")                                             \
	X(COLUMN_HALF, "De helft na", "Half within")                                         \
	X(COLUMN_ORGANISATION, "Organisatie", "Organisation")                                \
	X(COLUMN_JOBS, "Banen", "Jobs")                                                      \
	X(COLUMN_REFERRALS, "Verwijzingen", "Referrals")                                     \
	X(COLUMN_GROUP, "Groep", "Group")                                                    \
	X(COLUMN_BARRIER, "Wat tegenhoudt", "Barrier")                                       \
	X(COLUMN_LEVEL, "Niveau", "Level")                                                   \
	X(COLUMN_AFTER, "Na {}", "After {}")                                                 \
	/* Two hours a week */                                                               \
	X(NORM, "Twee uur per week meedoen", "Taking part two hours a week")                 \
	X(NORM_SAYS,                                                                         \
		"doet minstens twee uur per week mee, en dat is gemeld. Het doel "           \
		"is 100%.",                                                                  \
		"are shown to take part at least two hours a week. The target is "           \
		"100%.")                                                                     \
	X(NORM_POSSIBLE, "Van {} is hierover niets gemeld. Als zij allemaal meedoen, is "    \
		"het {}.",                                                                   \
		"Of {} nothing was reported about this. If they all take part, it is {}.")   \
	X(NORM_ALL_KNOWN, "Van iedereen is hierover iets gemeld.",                           \
		"Something was reported about this of everybody.")                           \
	X(NORM_NOTE,                                                                         \
		"Gemeten over de vier hele weken vóór de week van deze dag. Dit "            \
		"telt mee: werk, stage, vrijwilligerswerk, sport, cultuur, hulp op "         \
		"school en in de buurt. Taalles telt niet mee: de twee uur komen "           \
		"daarbovenop. Heeft iemand een eigen doel voor de uren? Dan telt "           \
		"dat doel.",                                                                 \
		"Measured over the four full weeks before the week of the "                  \
		"reference date. Work, internships, volunteering, sport, culture, "          \
		"help at school and in the neighbourhood count. Language lessons "           \
		"do not: the two hours are in addition to them. Those who have a "           \
		"target of their own are measured by it.")                                   \
	X(ANSWER_YES, "doet mee", "shown")                                                   \
	X(ANSWER_UNKNOWN, "niets gemeld", "unknown, so possible")                            \
	X(ANSWER_NO, "niet of niet genoeg", "not, or not enough")                            \
	X(ANSWER_EXEMPT, "hoeft niet", "exempt")                                             \
	X(ANSWER_NEW, "nog geen vier hele weken hier", "here for less than four full weeks") \
	X(ANSWER_BAND,                                                                       \
		"Rekenen we toeval mee, dan ligt dit deel tussen {} en {} (in 19 "           \
		"van de 20 gevallen).",                                                      \
		"Allowing for chance, the share shown lies between {} and {} (in "           \
		"19 of 20 cases).")                                                          \
	/* Rungs */                                                                          \
	X(LADDER, "Waar staan mensen op de ladder?", "Where on the ladder are people?")      \
	X(LADDER_SAYS,                                                                       \
		"stonden bij hun laatste meting op stap 4, 5 of 6: onbetaald of "            \
		"betaald werk.",                                                             \
		"were on rung 4, 5 or 6 when last assessed: unpaid or paid work.")           \
	X(LADDER_SAYS_ONE,                                                                   \
		"stond bij de laatste meting op stap 4, 5 of 6: onbetaald of "               \
		"betaald werk.",                                                             \
		"was on rung 4, 5 or 6 when last assessed: unpaid or paid work.")            \
	X(LADDER_STALE, "Laatste meting ouder dan zeven maanden: {}.",                       \
		"Last assessment older than seven months: {}.")                              \
	X(RUNG, "Stap {}", "Rung {}")                                                        \
	X(RUNG_1, "Weinig contact met anderen", "Isolated")                                  \
	X(RUNG_2, "Sociale contacten buitenshuis", "Social contacts outside the home")       \
	X(RUNG_3, "Georganiseerde activiteiten", "Organised activities")                     \
	X(RUNG_4, "Onbetaald werk", "Unpaid work")                                           \
	X(RUNG_5, "Betaald werk met hulp", "Paid work with support")                         \
	X(RUNG_6, "Betaald werk", "Paid work")                                               \
	X(UNASSESSED, "Nog geen meting", "Not assessed yet")                                 \
	X(STALE, "Waarvan: laatste meting ouder dan zeven maanden",                          \
		"Of which: last assessment older than seven months")                         \
	/* Time per rung */                                                                  \
	X(STEP, "Hoe lang duurt een stap?", "How long does a rung take?")                    \
	X(STEP_SAYS,                                                                         \
		"Van iedereen die op een stap kwam: welk deel is na 6, 12, 24 en "           \
		"36 maanden hoger gekomen? Wij tellen er een maand bij op. Ook wie "         \
		"nog niet hoger is, telt mee, zolang we hem of haar volgen.",                \
		"Of everybody who came onto a rung: which share has climbed to a "           \
		"higher one after 6, 12, 24 and 36 months (with a month of grace)? "         \
		"Those who have not climbed yet count too, for as long as they "             \
		"were followed.")                                                            \
	X(STEP_HALF, "De helft is na {} hoger.", "Half have climbed within {}.")             \
	X(STEP_NOT_HALF,                                                                     \
		"Na {} is {} hoger. Dat is nog niet de helft.",                              \
		"After {}, {} have climbed; half is not reached yet.")                       \
	X(STEP_BAND, "De lichte band is de marge van het toeval: in 19 van de 20 gevallen "  \
		"ligt het werkelijke deel erin. Onder de lijn staat hoeveel mensen nog "     \
		"gevolgd worden. Zijn dat er minder dan vijf, dan stopt de lijn.",           \
		"The light band is the margin of chance: in 19 of 20 cases the true share "  \
		"lies in it. Below the line stands how many people are still watched. "      \
		"Where they are fewer than five the line ends.")                             \
	X(STEP_LINES, "De lijn is recht tussen de punten: meer is niet openbaar.",           \
		"The line is straight between the points: more is not public.")              \
	X(STEP_BASIS,                                                                        \
		"Op deze stap gekomen: {}, hoger gekomen: {}",                               \
		"Came onto this rung: {}, climbed: {}")                                      \
	/* Combined pathway */                                                               \
	X(COMBINED, "Taal en werk tegelijk", "Language and taking part together")            \
	X(COMBINED_SAYS,                                                                     \
		"leert de taal én werkt, loopt stage of doet vrijwilligerswerk, in "         \
		"dezelfde vier weken.",                                                      \
		"are shown to follow a combined pathway: language together with "            \
		"work, an internship or volunteering, in the same four weeks.")              \
	X(COMBINED_PLANNED, "In het persoonlijk plan (PIP) staat die combinatie bij {}.",    \
		"The personal plan (PIP) has that combination for {}.")                      \
	X(PLANNED, "combinatie staat in het plan", "combination is in the plan")             \
	/* Work */                                                                           \
	X(WORK, "Wie heeft werk?", "Who has work?")                                          \
	X(WORK_SAYS, "van de kostwinners (ook alleenstaanden) heeft volledig betaald werk: " \
		"zonder subsidie of aanvullende uitkering.",                                 \
		"of breadwinners (single people too) have fully paid work: without subsidy " \
		"or supplementary benefit.")                                                 \
	X(BREADWINNERS, "Kostwinners", "Breadwinners")                                       \
	X(ADULTS, "Alle volwassenen", "All adults")                                          \
	X(WORK_PAID, "volledig betaald", "fully paid")                                       \
	X(WORK_SUBSIDISED, "met subsidie of uitkering", "with subsidy or benefit")           \
	X(WORK_NONE, "geen werk", "no work")                                                 \
	X(WORK_NOT_KNOWN, "onbekend", "unknown")                                             \
	/* Lasting work */                                                                   \
	X(LASTING, "Hoe lang duurt een baan?", "How long does a job last?")                  \
	X(LASTING_SAYS, "van de banen duurt een jaar of langer.",                            \
		"of jobs last a year or longer.")                                            \
	X(LASTING_HALF, "De helft van de banen is binnen {} weer voorbij.",                  \
		"Half of the jobs are over again within {}.")                                \
	X(LASTING_NOT_HALF, "Meer dan de helft duurt langer dan tot nu toe te zien is.",     \
		"More than half lasts longer than can be seen so far.")                      \
	X(LASTING_183, "een half jaar of langer", "half a year or longer")                   \
	X(LASTING_365, "een jaar of langer", "a year or longer")                             \
	X(LASTING_NOTE, "Banen van één persoon met hoogstens 31 dagen ertussen tellen als "  \
		"één. Is over een baan een half jaar niets gemeld, dan telt wat daarna "     \
		"komt niet meer mee.",                                                       \
		"Jobs of one person at most 31 days apart count as one. When nothing was "   \
		"reported about a job for half a year, what comes after that does not "      \
		"count.")                                                                    \
	/* Who found it */                                                                   \
	X(FOUND, "Wie vond het blijvende werk?", "Who found the lasting work?")              \
	X(FOUND_SAYS, "banen zijn in het afgelopen jaar een half jaar oud geworden.",        \
		"jobs turned half a year old in the past year.")                             \
	X(FOUND_SAYS_ONE, "baan is in het afgelopen jaar een half jaar oud geworden.",       \
		"job turned half a year old in the past year.")                              \
	X(FOUND_NONE, "Geen baan is in het afgelopen jaar een half jaar oud geworden.",      \
		"No job turned half a year old in the past year.")                           \
	X(FOUND_NOTE, "Meldden meer organisaties dat zij een baan vonden, dan krijgt elk "   \
		"een gelijk deel: dat is zo bij {}. Door niemand gemeld: {}.",               \
		"When several organisations reported that they found a job, each gets an "   \
		"equal part: that is so for {}. Reported by nobody: {}.")                    \
	X(ORGANISATION_MUNICIPALITY, "Gemeente", "Municipality")                             \
	X(ORGANISATION_ISD, "Sociale dienst (ISD)", "Social service (ISD)")                  \
	X(ORGANISATION_SW_COMPANY, "Sociaal werkbedrijf", "Sheltered employment company")    \
	X(ORGANISATION_WELFARE, "Welzijnswerk", "Welfare work")                              \
	X(ORGANISATION_VWN, "VluchtelingenWerk", "Council for Refugees (VWN)")               \
	X(ORGANISATION_COA, "Opvang (COA)", "Reception (COA)")                               \
	X(ORGANISATION_SCHOOL, "Taalschool", "Language school")                              \
	X(ORGANISATION_VOLUNTEERS, "Vrijwilligers", "Volunteers")                            \
	X(ORGANISATION_EMPLOYER, "Werkgever", "Employer")                                    \
	X(ORGANISATION_SELF, "De statushouder zelf", "The status holder")                    \
	X(ORGANISATION_OTHER, "Overig", "Other")                                             \
	/* Contact */                                                                        \
	X(CONTACT, "Contact met de klantmanager", "Contact with the case manager")           \
	X(CONTACT_SAYS, "van wie begeleid wordt, had langer dan 90 dagen geen gemeld "       \
		"contact met de klantmanager, de vaste begeleider.",                         \
		"of those under guidance had no reported contact with the case manager for " \
		"more than 90 days.")                                                        \
	X(CONTACT_MEDIAN, "Van wie ooit contact had, was dat bij de helft in de afgelopen "  \
		"{}, bij negen van de tien in de afgelopen {}.",                             \
		"Of those who ever did: half within the last {}, nine of ten within the "    \
		"last {}.")                                                                  \
	X(CONTACT_OVER, "langer dan 90 dagen geen contact",                                  \
		"no contact for more than 90 days")                                          \
	X(CONTACT_RECENT, "wel contact, of hier nog geen 90 dagen",                          \
		"contact, or here for less than 90 days")                                    \
	X(CONTACT_NEVER, "nog nooit contact gemeld", "no contact reported ever")             \
	X(CONTACT_PEOPLE, "mensen onder begeleiding", "people under guidance")               \
	X(CONTACT_HALF, "dagen sinds contact: bij de helft hoogstens",                       \
		"days since contact: for half at most")                                      \
	X(CONTACT_NINE, "dagen sinds contact: bij negen van de tien hoogstens",              \
		"days since contact: for nine of ten at most")                               \
	/* Plan */                                                                           \
	X(PLAN, "Het persoonlijk plan (PIP)", "The personal plan (PIP)")                     \
	X(PLAN_SAYS, "van wie begeleid wordt, heeft een geldig plan.",                       \
		"of those under guidance have a plan in force.")                             \
	X(PLAN_NOTE, "PIP: persoonlijk plan inburgering en participatie. Met perspectief: "  \
		"met een hoofddoel en een eigen ambitie, minstens een jaar vooruit, en in "  \
		"het afgelopen jaar getekend of besproken. Volgens de wet is het plan er "   \
		"binnen tien weken.",                                                        \
		"PIP: personal plan for integration and participation. With perspective: "   \
		"with a main goal, an ambition of one's own and at least a year ahead, "     \
		"signed or reviewed in the past year. By law the plan is there within ten "  \
		"weeks.")                                                                    \
	X(PLAN_IN_FORCE, "geldig plan", "plan in force")                                     \
	X(PLAN_PERSPECTIVE, "plan met perspectief", "plan with perspective")                 \
	X(PLAN_ON_TIME, "plan binnen tien weken", "plan within ten weeks")                   \
	/* Language */                                                                       \
	X(LANGUAGE, "Hoe lang duurt het tot taalniveau A2 en B1?",                           \
		"How long until language levels A2 and B1?")                                 \
	X(LANGUAGE_SAYS, "heeft binnen 36 maanden na vestiging taalniveau B1 (zelfstandig "  \
		"Nederlands), voor de meesten het doel van de inburgering. A2 is de stap "   \
		"ervoor.",                                                                   \
		"have language level B1 (independent Dutch), for most the goal of civic "    \
		"integration, within 36 months of settling. A2 is the step before.")         \
	X(LANGUAGE_HALF, "De helft heeft {} binnen {}.", "Half have {} within {}.")          \
	X(LANGUAGE_NOT_HALF, "Tot nu toe heeft minder dan de helft {}.",                     \
		"So far fewer than half have {}.")                                           \
	X(LEVEL, "Niveau {}", "Level {}")                                                    \
	/* Barriers */                                                                       \
	X(BARRIERS, "Wat houdt mensen tegen?", "What holds people back?")                    \
	X(BARRIERS_SAYS,                                                                     \
		"mensen hebben een probleem dat hen tegenhoudt. Het is in het "              \
		"afgelopen jaar gemeld en nog niet opgelost.",                               \
		"people have a barrier that was reported in the past year and is "           \
		"not resolved yet.")                                                         \
	X(BARRIERS_SAYS_ONE,                                                                 \
		"persoon heeft een probleem dat hem of haar tegenhoudt. Het is in "          \
		"het afgelopen jaar gemeld en nog niet opgelost.",                           \
		"person has a barrier that was reported in the past year and is "            \
		"not resolved yet.")                                                         \
	X(BARRIERS_NOTE,                                                                     \
		"Iemand kan meer dan één probleem hebben.",                                  \
		"Somebody may have more than one barrier.")                                  \
	X(BARRIERS_MORE,                                                                     \
		"Iemand kan meer dan één probleem hebben. De andere staan in de "            \
		"tabel.",                                                                    \
		"Somebody may have more than one barrier. The others are in the "            \
		"table.")                                                                    \
	X(BARRIER_CHILDCARE, "Kinderopvang", "Childcare")                                    \
	X(BARRIER_TRANSPORT, "Vervoer", "Transport")                                         \
	X(BARRIER_LANGUAGE_WAITING_LIST, "Wachtlijst voor taalles",                          \
		"Waiting list for language lessons")                                         \
	X(BARRIER_EMPLOYER, "Geen werkgever te vinden", "No employer to be found")           \
	X(BARRIER_DIPLOMA, "Diploma niet erkend", "Diploma not recognised")                  \
	X(BARRIER_HOUSING, "Huisvesting", "Housing")                                         \
	X(BARRIER_MOTIVATION, "Motivatie", "Motivation")                                     \
	X(BARRIER_RULES, "Regels", "Rules")                                                  \
	X(BARRIER_CONTACT, "Moeilijk te bereiken", "Hard to reach")                          \
	X(BARRIER_OTHER, "Overig", "Other")                                                  \
	/* Trend */                                                                          \
	X(TREND, "Verloop per kwartaal", "Trend by quarter")                                 \
	X(TREND_SAYS,                                                                        \
		"Elk punt is de laatste dag van een kwartaal. Het laatste punt is "          \
		"de dag die u koos. De lichte band is de marge. Een gat betekent: "          \
		"er was geen cijfer.",                                                       \
		"Each point is the last day of a quarter; the last one is the "              \
		"chosen reference date. The light band is the margin. A gap means "          \
		"that there was no figure.")                                                 \
	X(TREND_PUBLIC,                                                                      \
		"Elk punt is een kwartaal zoals de gemeente het publiceerde. Een "           \
		"gat betekent: het cijfer ging over te weinig mensen.",                      \
		"Each point is a quarter as the municipality published it. A gap "           \
		"means that the figure was about too few people.")                           \
	X(TREND_KNOWN, "De eerdere kwartalen zijn berekend met wat bekend was op {}.",       \
		"The earlier quarters are computed with what was known on {}.")              \
	X(TREND_ONE, "Er is nog maar één kwartaal. Vanaf het volgende is er een verloop te " \
		"zien.",                                                                     \
		"There is only one quarter so far. From the next one on there is a trend "   \
		"to see.")                                                                   \
	X(TREND_PERSONS, "Statushouders", "Status holders")                                  \
	X(TREND_NORM, "Twee uur per week", "Two hours a week, shown")                        \
	X(TREND_COMBINED, "Taal en werk tegelijk", "Combined pathway, shown")                \
	X(TREND_PAID, "Kostwinners met volledig betaald werk",                               \
		"Breadwinners with fully paid work")                                         \
	X(TREND_LASTING, "Banen van een jaar of langer", "Jobs of a year or longer")         \
	X(TREND_CONTACT, "Langer dan 90 dagen geen contact",                                 \
		"No contact for over 90 days")                                               \
	X(TREND_PLAN, "Geldig plan", "Plan in force")                                        \
	X(TREND_LANGUAGE, "B1 binnen 36 maanden", "B1 within 36 months")                     \
	/* How to read it */                                                                 \
	X(READING, "Hoe leest u dit?", "How to read this")                                   \
	X(READ_AS_OF, "Stand op een dag", "Reference date")                                  \
	X(READ_AS_OF_SAYS,                                                                   \
		"Alleen wat tot en met die dag gebeurde, telt. We tellen wie er "            \
		"toen woonde en in dat jaar 18 tot en met 66 jaar werd. Is de "              \
		"leeftijd niet gemeld? Dan telt iemand ook mee.",                            \
		"Only what happened up to and including that day counts. Those are "         \
		"counted who lived here then and turned 18 to 66 in that year, or "          \
		"whose age was not reported.")                                               \
	X(READ_UNKNOWN, "Niets gemeld", "Unknown and possible")                              \
	X(READ_UNKNOWN_SAYS,                                                                 \
		"Wat niet gemeld is, telt niet als goed en niet als slecht. Is er "          \
		"veel niet gemeld? Zorg dan eerst dat er meer gemeld wordt.",                \
		"What was not reported counts neither as good nor as bad. The "              \
		"truth lies between what is shown and what is possible: if all "             \
		"that is unknown were good. Much unknown? Then see to better "               \
		"reports first.")                                                            \
	X(READ_HALF, "De helft na …", "Half within … (half-time)")                           \
	X(READ_HALF_SAYS,                                                                    \
		"Na die tijd is de helft hoger, of heeft de helft het taalniveau. "          \
		"Bij banen is de helft dan voorbij. Een gemiddelde over wie al "             \
		"klaar is, telt alleen de snelsten. Hier telt ook mee wie nog "              \
		"bezig is.",                                                                 \
		"After that time half have climbed, or have the language level. Of "         \
		"jobs, half are over then. An average over those who are done "              \
		"would count only the quickest; here those still under way count "           \
		"too.")                                                                      \
	X(READ_FEW, "Kleine aantallen", "Small numbers")                                     \
	X(READ_FEW_INTERNAL,                                                                 \
		"Met weinig mensen verandert één persoon een percentage al veel. "           \
		"De marge is die van het toeval: in 19 van de 20 gevallen ligt het "         \
		"echte deel erin. Wat niet gemeld is, zit er niet in.",                      \
		"With few people one person changes a percentage by much. The "              \
		"margin is that of chance: in 19 of 20 cases the true share lies "           \
		"in it. What is unknown is not in it. When two bands overlap "               \
		"widely, a difference is not shown.")                                        \
	X(READ_FEW_PUBLIC, "Met weinig mensen verandert één persoon een percentage al "      \
		"veel. Door het afronden kan een 0 ook voor enkele mensen staan. Kleine "    \
		"verschillen tussen twee cijfers zeggen dus weinig.",                        \
		"With few people one person changes a percentage by much. As counts are "    \
		"rounded, a 0 may also stand for a few people. So small differences "        \
		"between two figures say little.")                                           \
	X(READ_LEFT_OUT, "Weggelaten (–)", "Left out (–)")                                   \
	X(READ_LEFT_OUT_PUBLIC,                                                              \
		"Een streepje staat waar een cijfer over te weinig mensen gaat. "            \
		"Iemand zou te herkennen zijn, en het cijfer zou weinig zeggen.",            \
		"A dash stands where a figure is about too few people: somebody "            \
		"might be recognised, and the figure would say little.")                     \
	X(READ_LEFT_OUT_INTERNAL,                                                            \
		"Een streepje staat waar er niemand is om te tellen, of waar we "            \
		"minder dan vijf mensen lang genoeg volgen.",                                \
		"A dash stands where there is nobody to count, or fewer than five "          \
		"people have been followed for long enough.")                                \
	X(READ_FRESH, "Hoe vers zijn de meldingen?", "How fresh are the reports?")           \
	X(READ_FRESH_SAYS, "De helft van de meldingen kwam binnen {} na de gebeurtenis, "    \
		"negen van de tien binnen {}. Wat later komt, verandert de cijfers van de "  \
		"laatste weken nog.",                                                        \
		"Half of the reports came within {} of the event, nine of ten within {}. "   \
		"What comes later still changes the figures of the last weeks.")             \
	X(READ_CAUSE, "Geen oordeel", "No judgement")                                        \
	X(READ_CAUSE_SAYS,                                                                   \
		"De cijfers zeggen wat er is, niet waarom. Ze zeggen niets over "            \
		"hoe goed één mens zijn best doet.",                                         \
		"The figures describe; they prove no causes. They say nothing "              \
		"about the effort or worth of any one person.")                              \
	/* When there is nothing to show, and signing in */                                  \
	X(NOTHING, "Er is nog niets gepubliceerd", "Nothing has been published yet")         \
	X(NOTHING_SAYS, "Nog geen gemeente heeft hier een kwartaal gepubliceerd. Zodra dat " \
		"gebeurt, staan de cijfers op deze pagina. Wie de interne cijfers mag "      \
		"zien, kan inloggen.",                                                       \
		"No municipality has published a quarter here yet. As soon as one does, "    \
		"the figures are on this page. Those who may see the internal figures can "  \
		"sign in.")                                                                  \
	X(CHOOSE, "Kies een gemeente", "Choose a municipality")                              \
	X(CHOOSE_SAYS, "Meer dan één gemeente heeft hier cijfers gepubliceerd. Kies er "     \
		"hierboven een.",                                                            \
		"More than one municipality published figures here. Choose one above.")      \
	X(UNKNOWN_PLACE, "Deze gemeente heeft niets gepubliceerd",                           \
		"This municipality published nothing")                                       \
	X(UNKNOWN_PLACE_SAYS, "Kies hierboven een gemeente die dat wel deed.",               \
		"Choose one above that did.")                                                \
	X(UNKNOWN_DAY,                                                                       \
		"Over deze dag is niets gepubliceerd",                                       \
		"Nothing was published about this reference date")                           \
	X(UNKNOWN_DAY_SAYS, "Kies hierboven een kwartaal dat de gemeente publiceerde.",      \
		"Choose a quarter above that the municipality published.")                   \
	X(WITHHELD, "Deze cijfers tonen we niet", "These figures are withheld")              \
	X(WITHHELD_SAYS,                                                                     \
		"De gemeente publiceerde dit kwartaal. Maar er wonen te weinig "             \
		"mensen, of de cijfers zouden ook afgerond laten zien om hoeveel "           \
		"mensen het precies gaat. Kies hierboven een ander kwartaal.",               \
		"The municipality published this quarter, but too few people live "          \
		"there, or even rounded its figures would give exact numbers of "            \
		"people away. Choose another quarter above.")                                \
	X(WITHDRAWN, "Deze cijfers zijn ingetrokken", "These figures were withdrawn")        \
	X(WITHDRAWN_SAYS, "De gemeente trok deze publicatie in op {}. Kies hierboven een "   \
		"ander kwartaal.",                                                           \
		"The municipality withdrew this publication on {}. Choose another quarter "  \
		"above.")                                                                    \
	X(FORBIDDEN,                                                                         \
		"U mag de cijfers van deze gemeente niet zien",                              \
		"You may not see this municipality")                                         \
	X(FORBIDDEN_SAYS,                                                                    \
		"Kies hierboven een gemeente waarvan u de cijfers wel mag zien.",            \
		"Choose one above whose figures you may see.")                               \
	X(OTHER_SET, "Deze publicatie heeft andere definities",                              \
		"This publication has other definitions")                                    \
	X(OTHER_SET_SAYS, "Een publicatie toont de cijfers volgens de definities van toen. " \
		"Laat definitions weg uit het adres.",                                       \
		"A publication shows the figures by the definitions of its time. Leave "     \
		"definitions out of the address.")                                           \
	X(BAD_ADDRESS, "Dit adres klopt niet", "This address is wrong")                      \
	X(BAD_ADDRESS_SAYS,                                                                  \
		"Een gemeente is een CBS-code, zoals GM0823. De dag ligt niet in "           \
		"de toekomst, zoals 2026-09-30. Kies hierboven opnieuw.",                    \
		"A municipality is a CBS code, such as GM0823. A reference date is "         \
		"a day that is not in the future, such as 2026-09-30. Choose again "         \
		"above.")                                                                    \
	X(BUSY, "Even geduld", "One moment")                                                 \
	X(BUSY_SAYS, "De cijfers worden nog berekend, of er zijn te veel vragen tegelijk. "  \
		"Probeer het over enkele seconden opnieuw.",                                 \
		"The figures are still being computed, or too many questions are waiting. "  \
		"Try again in a few seconds.")                                               \
	X(BROKEN, "De cijfers zijn niet te lezen", "The figures cannot be read")             \
	X(BROKEN_SAYS, "Er is iets mis met de opslag. Waarschuw de beheerder: de opdracht "  \
		"ladder verify zegt wat er mis is.",                                         \
		"Something is wrong with the store. Tell the operator: the command ladder "  \
		"verify says what is wrong.")                                                \
	X(SIGN_IN_SAYS, "Met uw token, een eigen toegangscode, ziet u de interne cijfers "   \
		"van uw gemeenten, of de werklijst van uw organisatie. U blijft acht uur "   \
		"ingelogd op dit apparaat. Zonder token ziet u wat gepubliceerd is.",        \
		"With your token, an access code of your own, you see the internal figures " \
		"of your municipalities, or the work list of your organisation. You stay "   \
		"signed in for eight hours on this device. Without a token you see what is " \
		"published.")                                                                \
	X(USER, "Wie bent u?", "Who are you?")                                               \
	X(USER_HINT, "Alleen nodig als uw organisatie dat vraagt: uw personeelsnummer of "   \
		"gebruikersnaam, zonder spaties. Geen burgerservicenummer.",                 \
		"Needed only if your organisation asks for it: your staff number or user "   \
		"name, without spaces. No citizen service number.")                          \
	X(USER_NEEDED, "Uw organisatie wil weten wie er kijkt. Vul ook in wie u bent.",      \
		"Your organisation wants to know who looks. Fill in who you are as well.")   \
	X(USER_WRONG, "Wie u bent, klopt zo niet. Gebruik letters en cijfers, zonder "       \
		"spaties, en geen burgerservicenummer.",                                     \
		"Who you are cannot be written like that. Use letters and digits, without "  \
		"spaces, and no citizen service number.")                                    \
	X(TOKEN, "Token", "Token")                                                           \
	X(TOKEN_HINT, "De 43 tekens die u van de beheerder kreeg.",                          \
		"The 43 characters that the operator gave you.")                             \
	X(TOKEN_WRONG, "Dit token is hier niet bekend, of is niet voor mensen. Controleer "  \
		"of het volledig is, of vraag de beheerder om een nieuw.",                   \
		"This token is not known here, or is not for people. Check that it is "      \
		"complete, or ask the operator for a new one.")                              \
	X(FOREIGN, "Dit formulier kwam van een andere site. Vul het hier opnieuw in.",       \
		"This form came from another site. Fill it in again here.")                  \
	X(BACK, "Terug naar de cijfers", "Back to the figures")                              \
	/* Agreements */                                                                     \
	X(AGREED, "Wat is er afgesproken?", "What was agreed?")                              \
	X(AGREED_SAYS, "Afspraken die voorbij zijn: {}. Daarvan gehaald: {}. Afspraken "     \
		"die nog lopen: {}.",                                                        \
		"Agreements that are over: {}. Kept of these: {}. Still running: {}.")       \
	X(AGREED_NOTE, "Een afspraak gaat over het cijfer van de hele gemeente, ook als "    \
		"die met één organisatie is gemaakt. Wat later gemeld wordt, kan een "       \
		"uitslag nog veranderen. Een afspraak blijft hier een jaar staan nadat "     \
		"die voorbij is.",                                                           \
		"An agreement is about the figure of the whole municipality, also where "    \
		"it was made with one organisation. What is reported later may still "       \
		"turn a verdict. An agreement stays here for a year after it is over.")      \
	X(AGREED_TABLE, "Afspraken en hun uitslag", "Agreements and their verdicts")         \
	X(AGREED_BEFORE, "Gerealiseerd aan het eind van eerdere kwartalen",                  \
		"Realised at the ends of earlier quarters")                                  \
	X(AGREED_WHAT, "Afspraak", "Agreement")                                              \
	X(AGREED_WITH, "Met", "With")                                                        \
	X(AGREED_BY, "Uiterlijk", "By")                                                      \
	X(AGREED_TARGET, "Streefwaarde", "Target")                                           \
	X(AGREED_REALISED, "Gerealiseerd", "Realised")                                       \
	X(AGREED_LIMITS, "Grenzen", "Limits")                                                \
	X(AGREED_VERDICT, "Uitslag", "Verdict")                                              \
	X(AGREED_AT_LEAST, "minstens {}", "at least {}")                                     \
	X(AGREED_AT_MOST, "hoogstens {}", "at most {}")                                      \
	X(AGREED_PARTICIPATION_NORM, "Mensen die twee uur per week meedoen",                 \
		"People who take part two hours a week")                                     \
	X(AGREED_COMBINED_PATHWAY, "Mensen met een duaal traject",                           \
		"People on a combined pathway")                                              \
	X(AGREED_PLAN_IN_FORCE, "Mensen met een geldig plan",                                \
		"People with a plan in force")                                               \
	X(AGREED_PLAN_WITH_PERSPECTIVE, "Mensen met een plan met perspectief",               \
		"People with a plan with perspective")                                       \
	X(AGREED_PLAN_WITHIN_70_DAYS, "Een plan binnen tien weken",                          \
		"A plan within ten weeks")                                                   \
	X(AGREED_CONTACT_WITHIN_90_DAYS, "Contact met de klantmanager in de afgelopen "      \
		"90 dagen",                                                                  \
		"Contact with the case manager within the last 90 days")                     \
	X(AGREED_INTAKE_COMPLETE, "Mensen met een volledige brede intake",                   \
		"People with a complete broad intake")                                       \
	X(AGREED_FULLY_PAID, "Kostwinners met volledig betaald werk",                        \
		"Breadwinners with work that is fully paid")                                 \
	X(AGREED_LASTING_JOBS, "Banen die in een jaar een half jaar oud werden",             \
		"Jobs that turned half a year old in a year")                                \
	X(AGREED_JOBS_LASTING_365_DAYS, "Banen die een jaar of langer duren",                \
		"Jobs that last a year or longer")                                           \
	X(AGREED_CLIMBED_WITHIN_12_MONTHS, "Binnen een jaar hoger dan stap {}",             \
		"Above rung {} within a year")                                               \
	X(AGREED_RUNG_HALF_TIME, "Tijd tot de helft hoger is dan stap {}",                  \
		"Time until half are above rung {}")                                         \
	X(AGREED_BENEFIT_LEFT, "Uitkeringen die in een jaar eindigden",                      \
		"Benefits that ended in a year")                                             \
	X(AGREED_LEVEL_B1_WITHIN_36_MONTHS, "Taalniveau B1 binnen drie jaar",                \
		"Language level B1 within three years")                                      \
	X(AGREED_LANGUAGE_SUPPORT_RECENT, "Taalhulp van vrijwilligers in de afgelopen "      \
		"drie maanden",                                                              \
		"Language support by volunteers in the last three months")                   \
	X(VERDICT_MET, "gehaald", "met")                                                     \
	X(VERDICT_MISSED, "niet gehaald", "missed")                                          \
	X(VERDICT_UNDECIDED, "nog niet te zeggen", "undecided")                              \
	X(VERDICT_TOO_FEW, "te weinig mensen", "too few people")                             \
	X(VERDICT_ON_COURSE, "op koers", "on course")                                        \
	X(VERDICT_NOT_YET, "nog niet gehaald", "not yet")                                    \
	X(VERDICT_UNREPORTED, "Van {} van de {} mensen is hierover niets gemeld. Als "       \
		"het voor hen allemaal klopt, is het {}.",                                   \
		"Of {} of the {} people nothing was reported about this. If it is true "     \
		"of all of them, it is {}.")                                                 \
	X(VERDICT_CHANCE, "Met zo weinig mensen, of na zo korte tijd, kan toeval het "       \
		"verschil maken.",                                                           \
		"With so few people, or after so short a time, chance can make the "         \
		"difference.")                                                               \
	X(VERDICT_FEW, "Het gaat over minder dan tien mensen.",                              \
		"It is about fewer than ten people.")                                        \
	X(VERDICT_RUNNING, "De afspraak loopt nog.", "The agreement is still running.")      \
	/* Municipalities side by side */                                                    \
	X(COMPARE, "Gemeenten naast elkaar", "Municipalities side by side")                  \
	X(COMPARE_LEAD,                                                                      \
		"Elk cijfer van een gemeente staat naast dat van de andere "                 \
		"gemeenten op deze pagina samen. “Verschilt” staat er alleen als "           \
		"toeval en afronden het verschil niet kunnen verklaren.",                    \
		"Each figure of a municipality is set beside that of the other "             \
		"municipalities of this page together. It says “differs” only when "         \
		"neither chance nor rounding can explain the difference.")                   \
	X(COMPARE_NO_RANK,                                                                   \
		"Dit is geen ranglijst: de gemeenten staan op naam. Wie er wonen en "        \
		"welk werk er is, verschilt per gemeente. Waarom een cijfer "                \
		"verschilt, staat hier dus niet.",                                           \
		"This is no ranking: the municipalities stand in the order of their "        \
		"names. Who lives there and what work there is differs from one to "         \
		"the other. So why a figure differs is not said here.")                      \
	X(COMPARE_RULE, "Hoe we vergelijken", "How we compare")                              \
	X(COMPARE_DAY, "Vergeleken zijn de cijfers van {}. Van een andere dag staan ze er "  \
		"wel, maar vergelijken we niet.",                                            \
		"What is compared are the figures of {}. Those of another day are shown, "   \
		"and not compared.")                                                         \
	X(COMPARE_CURVES_PUBLIC,                                                             \
		"Hoe snel mensen hoger komen, vergelijken we niet in het openbaar: "         \
		"daarvoor zijn deze cijfers te grof.",                                       \
		"How fast people climb is not compared in public: these figures are "        \
		"too coarse for that.")                                                      \
	X(COMPARE_SKIP, "Direct naar de gemeenten", "Skip to the municipalities")            \
	X(COMPARE_NOBODY, "Er zijn nog geen cijfers van een gemeente om te tonen.",          \
		"There are no figures of a municipality to show yet.")                       \
	X(COMPARE_DIFFERS, "verschilt", "differs")                                           \
	X(COMPARE_NOT_SHOWN, "geen verschil aangetoond", "not shown to differ")              \
	X(COMPARE_TAKING_PART, "{}: meedoen, werk en taal",                                  \
		"{}: taking part, work and language")                                        \
	X(COMPARE_LADDER, "{}: op de ladder", "{}: on the ladder")                           \
	X(COMPARE_WORK, "Werk binnen 36 maanden na vestiging",                               \
		"Work within 36 months of settling")                                         \
	X(COMPARE_1, "Binnen een jaar hoger dan stap 1", "Above rung 1 within a year")       \
	X(COMPARE_2, "Binnen een jaar hoger dan stap 2", "Above rung 2 within a year")       \
	X(COMPARE_3, "Binnen een jaar hoger dan stap 3", "Above rung 3 within a year")       \
	X(COMPARE_4, "Binnen een jaar hoger dan stap 4", "Above rung 4 within a year")       \
	X(COMPARE_5, "Binnen een jaar hoger dan stap 5", "Above rung 5 within a year")       \
	X(MODEL_NONE, "Niet gemeld hoe het is georganiseerd",                                \
		"Not reported how it is organised")                                          \
	X(MODEL_1, "Cafetariamodel", "Cafeteria model")                                      \
	X(MODEL_2, "Ketenmodel (3D)", "Chain model (3D)")                                    \
	X(MODEL_3, "Participatiebedrijf", "Participation company")                           \
	X(MODEL_4, "Anders georganiseerd", "Organised in another way")                       \
	/* Months */                                                                         \
	X(MONTH_1, "januari", "January")                                                     \
	X(MONTH_2, "februari", "February")                                                   \
	X(MONTH_3, "maart", "March")                                                         \
	X(MONTH_4, "april", "April")                                                         \
	X(MONTH_5, "mei", "May")                                                             \
	X(MONTH_6, "juni", "June")                                                           \
	X(MONTH_7, "juli", "July")                                                           \
	X(MONTH_8, "augustus", "August")                                                     \
	X(MONTH_9, "september", "September")                                                 \
	X(MONTH_10, "oktober", "October")                                                    \
	X(MONTH_11, "november", "November")                                                  \
	X(MONTH_12, "december", "December")                                                  \
	WORDS_WORKLIST(X)                                                                    \
	WORDS_CARD(X)
/* clang-format on */

#endif
