/*
 * page/words_worklist.h - the words of the work list's page: X(name, Dutch, English).
 *
 * Written for a case manager, in plain words, as page/words_table.h is for a council.
 */
#ifndef PAGE_WORDS_WORKLIST_H
#define PAGE_WORDS_WORKLIST_H

/* clang-format off */
#define WORDS_WORKLIST(X)                                                                    \
	X(WORKLIST, "Wie belt u deze week?",                                                 \
		"Whom to call this week?")                                                   \
	X(WORKLIST_LEAD, "Van deze mensen verloopt het nieuws: het is zo "                   \
		"lang geleden dat de cijfers hen straks als onbekend tellen. Belt of "       \
		"bezoekt u iemand, en meldt u wat u hoort, dan gaat de regel vanzelf "       \
		"weg.",                                                                      \
		"News of these people is running out: it is so long ago that the "           \
		"figures will soon count them as unknown. Call or visit somebody and "       \
		"report what you hear, and the row goes away by itself.")                    \
	X(WORKLIST_SKIP, "Direct naar de lijst",                                             \
		"Skip to the list")                                                          \
	X(WORKLIST_FIGURES, "Naar de cijfers",                                               \
		"To the figures")                                                            \
	X(SIGNED_IN_AS_USER, "Ingelogd als {}, van {}",                                      \
		"Signed in as {}, of {}")                                                    \
	X(WORKLIST_CHOICE, "Kies wie u wilt zien",                                           \
		"Choose whom to see")                                                        \
	X(WORKLIST_EVERYWHERE, "Alle gemeenten",                                             \
		"All municipalities")                                                        \
	X(WORKLIST_WHICH, "Welke mensen",                                                    \
		"Which people")                                                              \
	X(WORKLIST_ALL, "Iedereen op de lijst",                                              \
		"Everybody on the list")                                                     \
	X(WORKLIST_COMING, "Bel deze eerst: nieuws verloopt binnenkort",                     \
		"Call these first: news runs out soon")                                      \
	X(WORKLIST_SILENT, "Nieuws is al verlopen",                                          \
		"News has run out already")                                                  \
	X(WORKLIST_MARK, "Werklijst van {} · {} · {} · vertrouwelijk: "                      \
		"niet laten liggen",                                                         \
		"Work list of {} · {} · {} · confidential: do not leave it lying "           \
		"about")                                                                     \
	X(WORKLIST_COUNT, "Op {}: {} regels. Bij {} daarvan is het nieuws "                  \
		"al verlopen.",                                                              \
		"On {}: {} rows. For {} of them news has run out already.")                  \
	X(WORKLIST_NONE, "Op {} staat er niemand op deze lijst. U hoeft "                    \
		"niets te doen.",                                                            \
		"On {} nobody is on this list. There is nothing to do.")                     \
	X(WORKLIST_FIRST, "U ziet de eerste {}. Kies een gemeente, of "                      \
		"download alles.",                                                           \
		"These are the first {}. Choose a municipality, or download all.")           \
	X(WORKLIST_IS_SILENT, "al verlopen",                                                 \
		"has run out")                                                               \
	X(WORKLIST_REF, "Kenmerk:",                                                          \
		"Reference:")                                                                \
	X(WORKLIST_DAY_AGO, "{} dag geleden",                                                \
		"{} day ago")                                                                \
	X(WORKLIST_DAYS_AGO, "{} dagen geleden",                                             \
		"{} days ago")                                                               \
	X(WORKLIST_EXCEL, "Download voor Excel",                                             \
		"Download for Excel")                                                        \
	X(WORKLIST_PRINT, "Afdrukken",                                                       \
		"Print")                                                                     \
	X(WORKLIST_FOOT, "Deze lijst is van uw organisatie alleen, en "                      \
		"gemaakt uit wat zij zelf meldde. Er staan geen namen in: ladderd kent "     \
		"die niet.",                                                                 \
		"This list is your organisation's alone, and made of what it "               \
		"reported itself. There are no names in it: ladderd does not know them.")    \
	X(WORKLIST_BACK, "Terug naar de hele lijst",                                         \
		"Back to the whole list")                                                    \
	X(WORKLIST_BAD_ADDRESS, "Een gemeente is een CBS-code, zoals "                       \
		"GM0823.",                                                                   \
		"A municipality is a CBS code, such as GM0823.")                             \
	X(WORKLIST_FORBIDDEN, "Uw organisatie meldt niet over deze "                         \
		"gemeente.",                                                                 \
		"Your organisation does not report about this municipality.")                \
	X(WORKLIST_TOO_LONG, "De lijst is te lang",                                          \
		"The list is too long")                                                      \
	X(WORKLIST_TOO_LONG_SAYS, "Kies één gemeente, dan past de lijst "                    \
		"wel.",                                                                      \
		"Choose one municipality: then it fits.")                                    \
	X(WORKLIST_BUSY, "De lijst wordt nog gemaakt, of het is druk. "                      \
		"Probeer het over enkele seconden opnieuw.",                                 \
		"The list is still being made, or many ask at once. Try again in a "         \
		"few seconds.")                                                              \
	X(WORKLIST_BROKEN, "De lijst is niet te lezen",                                      \
		"The list cannot be read")                                                   \
	X(COLUMN_RUNS_OUT, "Nieuws verloopt op",                                             \
		"News runs out on")                                                          \
	X(COLUMN_WHO, "Wie",                                                                 \
		"Who")                                                                       \
	X(COLUMN_WHY, "Waarom, en wat helpt",                                                \
		"Why, and what helps")                                                       \
	X(COLUMN_REASON, "Waarom", "Why")                                                    \
	X(COLUMN_NEWS, "Laatste nieuws",                                                     \
		"Last news")                                                                 \
	X(COLUMN_SILENT, "Al verlopen",                                                      \
		"Has run out")                                                               \
	X(COLUMN_CODE, "Gemeentecode",                                                       \
		"Municipality code")                                                         \
	X(COLUMN_HELPS, "Wat helpt",                                                         \
		"What helps")                                                                \
	X(COLUMN_AGO, "Dagen geleden",                                                      \
		"Days ago")                                                                  \
	X(COLUMN_REF, "Kenmerk",                                                             \
		"Reference")                                                                 \
	X(YES, "ja",                                                                         \
		"yes")                                                                       \
	X(NO, "nee",                                                                         \
		"no")                                                                        \
	X(NAMES, "Namen erbij zetten",                                                       \
		"Show names")                                                                \
	X(NAMES_SAYS, "Kies de tabel met namen van uw eigen organisatie: "                   \
		"een CSV-bestand met een kolom subject (het pseudoniem) en een of meer "     \
		"kolommen met de naam. Het bestand blijft op deze computer en wordt "        \
		"niet verstuurd. De namen verdwijnen als u deze pagina verlaat.",            \
		"Choose your own organisation’s table of names: a CSV file with a "          \
		"column subject (the pseudonym) and one or more columns with the name. "     \
		"The file stays on this computer and is not sent. The names are gone "       \
		"when you leave this page.")                                                 \
	X(NAMES_TABLE, "Tabel met namen (CSV)",                                              \
		"Table of names (CSV)")                                                      \
	X(NAMES_FORGET, "Namen weghalen",                                                    \
		"Remove the names")                                                          \
	X(NAMES_FOUND, "Bij {} van de {} regels staat nu een naam.",                         \
		"{} of {} rows have a name now.")                                            \
	X(NAMES_NONE, "In deze tabel staat niemand van de lijst.",                           \
		"Nobody of the list is in this table.")                                      \
	X(NAMES_BAD, "Deze tabel is niet te lezen. De eerste regel moet "                    \
		"de kolommen noemen, met een kolom subject of pseudoniem.",                  \
		"This table cannot be read. Its first line must name the columns, "          \
		"with a column subject or pseudonym.")                                       \
	X(NAMES_GONE, "De namen zijn weg.",                                                  \
		"The names are gone.")                                                       \
	X(NAMES_NOSCRIPT, "Namen bij de pseudoniemen zetten kan hier "                       \
		"alleen met JavaScript. Zonder: de opdracht ladder worklist met "            \
		"--subjects.",                                                               \
		"Putting names to the pseudonyms needs JavaScript here. Without it: "        \
		"the command ladder worklist with --subjects.")                              \
	X(DUE_RUNG_NOT_ASSESSED, "De stap is lang niet gemeten.",                            \
		"The rung was not assessed for long.")                                       \
	X(DUE_RUNG_NOT_ASSESSED_HELPS, "Kijk op welke stap de persoon "                      \
		"staat, en meld dat. Ook als er niets veranderd is.",                        \
		"See which rung the person is on, and report it. Also when nothing "         \
		"changed.")                                                                  \
	X(DUE_JOB_NOT_CONFIRMED, "Over de baan is lang niets gemeld.",                       \
		"Nothing was reported about the job for long.")                              \
	X(DUE_JOB_NOT_CONFIRMED_HELPS, "Vraag of de baan nog loopt, en "                     \
		"meld dat.",                                                                 \
		"Ask whether the job goes on, and report it.")                               \
	X(DUE_NO_CONTACT, "De klantmanager had lang geen contact.",                          \
		"The case manager had no contact for long.")                                 \
	X(DUE_NO_CONTACT_HELPS, "Bel of bezoek de persoon, en meld het "                     \
		"contact.",                                                                  \
		"Call or visit the person, and report the contact.")                         \
	X(DUE_PLAN_NOT_REVIEWED, "Het plan (PIP) is lang niet besproken.",                   \
		"The plan (PIP) was not reviewed for long.")                                 \
	X(DUE_PLAN_NOT_REVIEWED_HELPS, "Bespreek het plan, en meld dat.",                    \
		"Review the plan, and report it.")                                           \
	X(DUE_OBLIGATION_WITHOUT_PLAN, "Er is geen plan (PIP), en de "                       \
		"inburgering loopt.",                                                        \
		"There is no plan (PIP), and civic integration runs.")                       \
	X(DUE_OBLIGATION_WITHOUT_PLAN_HELPS, "Maak samen het plan en meld "                  \
		"dat het getekend is. De wet geeft tien weken.",                             \
		"Make the plan together and report that it is signed. The law gives "        \
		"ten weeks.")                                                                \
	X(DUE_BENEFIT_NOT_CONFIRMED, "Over de uitkering is lang niets "                      \
		"gemeld.",                                                                   \
		"Nothing was reported about the benefit for long.")                          \
	X(DUE_BENEFIT_NOT_CONFIRMED_HELPS, "Kijk of de uitkering nog "                       \
		"loopt, en meld dat.",                                                       \
		"See whether the benefit goes on, and report it.")                           \
	X(DUE_REFERRAL_OPEN, "De doorverwijzing staat nog open.",                            \
		"The referral is still open.")                                               \
	X(DUE_REFERRAL_OPEN_HELPS, "Vraag wat ervan kwam, en sluit de "                      \
		"doorverwijzing af.",                                                        \
		"Ask what became of it, and close the referral.")                            \
	X(DUE_NO_CONTACT_PERSON, "Er is geen vaste contactpersoon meer.",                    \
		"There is no contact person any more.")                                      \
	X(DUE_NO_CONTACT_PERSON_HELPS, "Wijs iemand aan, en meld wie het "                   \
		"is.",                                                                       \
		"Assign somebody, and report who it is.")
/* clang-format on */

#endif
