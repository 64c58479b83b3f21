/*
 * page/words_card.h - the words of the report card: X(name, Dutch, English).
 */
#ifndef PAGE_WORDS_CARD_H
#define PAGE_WORDS_CARD_H

/* clang-format off */
#define WORDS_CARD(X)                                                                        \
	X(CARD, "Hoe goed meldt u?",                                                         \
		"How well do you report?")                                                   \
	X(CARD_LEAD, "Dit rapport gaat over de meldingen van uw organisatie, en over "       \
		"geen andere. Het telt alleen: er staat niemand in. Wat u verbetert, "       \
		"maakt de cijfers van alle gemeenten beter.",                                \
		"This card is about the reports of your organisation, and of no other. "     \
		"It counts only: nobody is named. What you mend makes the figures of all "   \
		"municipalities better.")                                                    \
	X(CARD_SKIP, "Direct naar het rapport",                                              \
		"Skip to the card")                                                          \
	X(CARD_WORKLIST, "Naar de werklijst",                                                \
		"To the work list")                                                          \
	X(WORKLIST_CARD, "Naar het rapport over uw meldingen",                               \
		"To your report card")                                                       \
	X(CARD_SENT, "Wat er met uw meldingen gebeurde",                                     \
		"What became of your events")                                                \
	X(CARD_SENT_SAYS, "Sinds {}: {} aangenomen, {} dubbel en {} geweigerd.",             \
		"Since {}: {} accepted, {} duplicates and {} rejected.")                     \
	X(CARD_REJECTED, "Geweigerd, per code",                                              \
		"Rejected, by code")                                                         \
	X(CARD_CODE, "Code",                                                                 \
		"Code")                                                                      \
	X(CARD_EVENTS, "Meldingen",                                                          \
		"Events")                                                                    \
	X(CARD_LAST, "De laatste die geweigerd werden, hooguit 50 en van hooguit 30 "        \
		"dagen. Wat erin stond is niet bewaard.",                                    \
		"The last that were rejected, at most 50 and of at most 30 days. What they " \
		"said is not kept.")                                                         \
	X(CARD_LAST_TABLE, "De laatste die geweigerd werden",                                \
		"The last that were rejected")                                               \
	X(CARD_WHEN, "Wanneer",                                                              \
		"When")                                                                      \
	X(CARD_PLACE, "Plaats in het verzoek, vanaf 0",                                      \
		"Place in the request, from 0")                                              \
	X(CARD_ID, "Id van de melding",                                                      \
		"Id of the event")                                                           \
	X(CARD_REPORTS, "Hoe snel u meldt",                                                  \
		"How soon you report")                                                       \
	X(CARD_REPORTS_SAYS, "In de laatste 91 dagen: {} meldingen, waarvan {} "             \
		"verbeteringen van een eerdere.",                                            \
		"In the last 91 days: {} records, {} of them corrections of an earlier one.") \
	X(CARD_DELAY, "Eerste meldingen, in dagen na de gebeurtenis: de helft binnen {}, "   \
		"negen van de tien binnen {}.",                                              \
		"First reports, in days after what happened: half within {}, nine of ten "   \
		"within {}.")                                                                \
	X(CARD_TYPES, "Wat u meldt, en hoe vaak",                                            \
		"What you report, and how often")                                            \
	X(CARD_TYPES_SAYS, "Over de laatste 365 dagen. Te laat is: het is langer geleden "   \
		"dan bij u negen van de tien keer gewoon is.",                               \
		"Over the last 365 days. Late is: it has been longer than is usual with "    \
		"you nine of ten times.")                                                    \
	X(CARD_TYPE, "Soort",                                                                \
		"Type")                                                                      \
	X(CARD_LAST_ON, "Laatste op",                                                        \
		"Last on")                                                                   \
	X(CARD_USUAL, "Gewoon binnen (dagen)",                                               \
		"Usually within (days)")                                                     \
	X(CARD_LATE, "Te laat",                                                              \
		"Late")                                                                      \
	X(CARD_NEWS, "Wat alleen u kunt oplossen",                                           \
		"What only you can resolve")                                                 \
	X(CARD_NEWS_SAYS, "Van zoveel mensen wachten de cijfers op nieuws van u. De "        \
		"werklijst zegt van wie.",                                                   \
		"Of so many people the figures wait for your news. The work list says of "   \
		"whom.")                                                                     \
	X(CARD_SILENT, "Telt nu als onbekend",                                               \
		"Unknown by now")                                                            \
	X(CARD_COMING, "Verloopt binnenkort",                                                \
		"Soon")                                                                      \
	X(CARD_CONTRADICTIONS, "Wat niet allebei waar kan zijn",                             \
		"What cannot both be so")                                                    \
	X(CARD_CONTRADICTIONS_SAYS, "Van zoveel mensen meldde u zelf twee dingen die "       \
		"elkaar tegenspreken. Verbeter of herroep er een.",                          \
		"Of so many people you said two things yourself that contradict each "       \
		"other. Correct or retract one.")                                            \
	X(CARD_WHAT, "Wat",                                                                  \
		"What")                                                                      \
	X(CARD_PEOPLE, "Mensen",                                                             \
		"People")                                                                    \
	X(CONTRADICTION_TWO_BIRTH_YEARS, "Met twee geboortejaren aangemeld",                 \
		"Registered with two years of birth")                                        \
	X(CONTRADICTION_TWO_MUNICIPALITIES, "Op één dag in twee gemeenten komen wonen",      \
		"Settled in two municipalities on one day")                                  \
	X(CONTRADICTION_TWO_RUNGS, "Op één dag op twee stappen",                             \
		"On two rungs on one day")                                                   \
	X(CONTRADICTION_NEWS_AFTER_EXIT, "Nieuws van na een definitief vertrek",             \
		"News of after a definitive exit")                                           \
	X(CONTRADICTION_JOB_BEFORE_START, "Nieuws van een baan van voor het begin ervan",    \
		"News of a job of before its start")                                         \
	X(CONTRADICTION_JOB_AFTER_END, "Nieuws van een baan van na het einde ervan",         \
		"News of a job of after its end")                                            \
	X(CARD_BUSY, "Het rapport wordt nog gemaakt, of het is druk. Probeer het over "      \
		"enkele seconden opnieuw.",                                                  \
		"The card is still being made, or many ask at once. Try again in a few "     \
		"seconds.")                                                                  \
	X(CARD_BROKEN, "Het rapport is niet te lezen",                                       \
		"The card cannot be read")                                                   \
	X(CARD_FOOT, "Dit rapport is van uw organisatie alleen, en gemaakt uit wat zij "     \
		"zelf meldde.",                                                              \
		"This card is your organisation's alone, and made of what it reported "      \
		"itself.")
/* clang-format on */

#endif
