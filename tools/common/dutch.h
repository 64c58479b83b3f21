/*
 * tools/common/dutch.h - what `ladder import` and `ladder worklist` say, English and Dutch beside
 * each other: X(English, Dutch). An English sentence is found by its bytes, and both have the same
 * places (%s, %u) in the same order; tests/end-to-end/test_language.py holds it against the code.
 *
 * Written for volunteers: read a sentence aloud before you change it.
 */
#ifndef TOOLS_COMMON_DUTCH_H
#define TOOLS_COMMON_DUTCH_H

#include <inttypes.h>

/* clang-format off */
#define DUTCH_PHRASES(X)                                                                 \
	/* The options and the help */                                                   \
	X("Usage: ladder %s [options]%s%s\n\n%s\n\nOptions:\n",                          \
		"Gebruik: ladder %s [opties]%s%s\n\n%s\n\nOpties:\n")                    \
	X("  %-30s %s\n\nExample:\n  %s\n",                                              \
		"  %-30s %s\n\nVoorbeeld:\n  %s\n")                                      \
	X("print this help",                                                             \
		"toon deze uitleg")                                                      \
	X("the language of messages (default: that of LANG)",                            \
		"de taal van de meldingen (anders: die van LANG)")                       \
	X("--language takes nl or en.",                                                  \
		"Bij --language hoort nl of en.")                                        \
	X("--%s takes a whole number from %lld to %lld.",                                \
		"Bij --%s hoort een heel getal van %lld tot en met %lld.")               \
	X("--%s takes a date, YYYY-MM-DD.",                                              \
		"Bij --%s hoort een datum, jjjj-mm-dd.")                                 \
	X("%s needs a value after it. `ladder %s --help` says which.",                   \
		"Na %s hoort nog iets te staan. `ladder %s --help` zegt wat.")           \
	X("%s is not an option here, or is short for several, or takes no "              \
		"value. `ladder %s --help` lists the options.",                          \
		"%s is hier geen optie, of kan er meer dan één zijn, of heeft geen "     \
		"waarde. `ladder %s --help` noemt de opties.")                           \
	X("-%c is not an option here. `ladder %s --help` lists the options.",            \
		"-%c is hier geen optie. `ladder %s --help` noemt de opties.")           \
	X("%s are given. `ladder %s --help` shows the form: ladder %s "                  \
		"[options]%s%s",                                                         \
		"%s. `ladder %s --help` laat zien hoe het hoort: ladder %s "             \
		"[opties]%s%s")                                                          \
	X("Too few operands",                                                            \
		"Er staat te weinig")                                                    \
	X("Too many operands",                                                           \
		"Er staat te veel")                                                      \
	X("Standard output cannot be written: %s.",                                      \
		"De uitvoer kan niet worden geschreven: %s.")                            \
	X("an earlier write failed",                                                     \
		"dat ging eerder al mis")                                                \
	X("There is not enough memory.",                                                 \
		"Er is niet genoeg geheugen.")                                           \
	X("there is not enough memory",                                                  \
		"er is niet genoeg geheugen")                                            \
	X("there is no randomness",                                                      \
		"er is geen toeval te krijgen")                                          \
	X("No such file or directory",                                                   \
		"dat is er niet")                                                        \
	X("Permission denied",                                                           \
		"daar mag u niet bij")                                                   \
	X("Is a directory",                                                              \
		"dat is een map")                                                        \
	X("No space left on device",                                                     \
		"de schijf is vol")                                                      \
	X("Read-only file system",                                                       \
		"daar kan niet worden geschreven")                                       \
	/* The access log */                                                             \
	X("The access log %s cannot be opened: %s.",                                     \
		"Het toegangslogboek %s kan niet worden geopend: %s.")                   \
	X("The access log %s cannot be read to its end.",                                \
		"Het toegangslogboek %s kan niet tot het eind worden gelezen.")          \
	X("organisation",                                                                \
		"organisatie")                                                           \
	X("analyst",                                                                     \
		"onderzoeker")                                                           \
	X("operator",                                                                    \
		"beheerder")                                                             \
	X("records of the log",                                                          \
		"meldingen uit het logboek")                                             \
	X("a record that it had sent itself",                                            \
		"een melding die zij zelf had gedaan")                                   \
	X("what another municipality was handed over, sealed",                           \
		"wat aan een andere gemeente is overgedragen, verzegeld")                \
	X("the work list",                                                               \
		"de werklijst")                                                          \
	X("records of the log, on the server",                                           \
		"meldingen uit het logboek, op de server")                               \
	X("all that is held about the person, on the server",                            \
		"alles wat over de persoon is vastgelegd, op de server")                 \
	X("Nobody looked at the records of %s.\n",                                       \
		"Niemand heeft gekeken naar wat is vastgelegd over %s.\n")               \
	X("Who looked at the records of %s:\n\n",                                        \
		"Wie gekeken heeft naar wat is vastgelegd over %s:\n\n")                 \
	X("\nThe access log that was read goes from %s to %s.\n",                        \
		"\nHet toegangslogboek dat is gelezen, loopt van %s tot en "             \
		"met %s.\n")                                                             \
	X("Of %" PRIu64 " spans nobody can tell with this key whom they are about.",     \
		"Van %" PRIu64 " regels is met deze sleutel niet te zien over wie ze gaan.") \
	X("%" PRIu64 " spans do not say whom they are about: there was no key.",         \
		"%" PRIu64 " regels zeggen niet over wie ze gaan: er was geen sleutel.") \
	X("%" PRIu64 " lines are no spans.",                                             \
		"%" PRIu64 " regels zijn geen regels van een toegangslogboek.")          \
	X("the pseudonym of the person",                                                 \
		"het pseudoniem van de persoon")                                         \
	X("where the secret half of the auditor's key is, - standard "                   \
		"input",                                                                 \
		"waar de geheime helft van de sleutel van de controleur "                \
		"staat, - is de invoer")                                                 \
	X("Tells a person who looked at what is held about them, at "                    \
		"what, and when: from the\naccess log of ladderd, which is "             \
		"beside its store, and from older files of it, also\n"                   \
		"compressed by gzip. Exit status 1: some of it could not be "            \
		"read with this key.",                                                   \
		"Vertelt een persoon wie gekeken heeft naar wat over hem of "            \
		"haar is vastgelegd, waarnaar\nen wanneer: uit het "                     \
		"toegangslogboek van ladderd, dat naast de opslag staat, en "            \
		"uit oudere\nbestanden ervan, ook met gzip ingepakt. "                   \
		"Uitgangscode 1: een deel was niet te lezen met\ndeze "                  \
		"sleutel.")                                                              \
	X("--subject says who, --key where the secret key is; `ladder "                  \
		"access --help`.",                                                       \
		"--subject zegt wie, --key waar de geheime sleutel staat; "              \
		"`ladder access --help`.")                                               \
	X("The times are those of this machine.",                                        \
		"De tijden zijn die van deze computer.")                                 \
	/* The daemon and the token */                                                   \
	X("the daemon (default http://127.0.0.1:7400)",                                  \
		"de daemon (anders http://127.0.0.1:7400)")                              \
	X("where the token is, - standard input (default: the file in "                  \
		"LADDER_TOKEN_FILE)",                                                    \
		"waar het token staat, - is de invoer (anders: het bestand in "          \
		"LADDER_TOKEN_FILE)")                                                    \
	X("how long a request that fails is tried again (default 300)",                  \
		"hoe lang wat mislukt opnieuw wordt geprobeerd (anders 300)")            \
	X("the form of the municipality's pseudonyms, as 'r*' (default: any)",           \
		"de vorm van de pseudoniemen van de gemeente, zoals 'r*' (anders: "      \
		"elke)")                                                                 \
	X("--subject-form takes a pattern: 1 to 64 characters of A-Z a-z 0-9 . "         \
		"_ : - and *, which stands for any characters.",                         \
		"Bij --subject-form hoort een patroon: 1 tot 64 tekens uit A-Z a-z "     \
		"0-9 . _ : - en *, dat voor willekeurige tekens staat.")                 \
	X("A token is needed: give the file it is in with --token-file FILE or "         \
		"in the environment as %s.",                                             \
		"Er is een token nodig: geef het bestand waarin het staat met "          \
		"--token-file BESTAND, of in de omgeving als %s.")                       \
	X("The token file %s cannot be opened: %s.",                                     \
		"Het bestand met het token, %s, kan niet worden geopend: %s.")           \
	X("The token file",                                                              \
		"Het bestand met het token,")                                            \
	X("There is no token in the token file %s: it holds the token alone, or "        \
		"what `ladder token` printed.",                                          \
		"In het bestand met het token, %s, staat geen token: er hoort alleen "   \
		"het token in te staan, of wat `ladder token` toonde.")                  \
	X("The key file %s cannot be opened: %s.",                                       \
		"Het bestand met de sleutel, %s, kan niet worden geopend: %s.")          \
	X("The key file",                                                                \
		"Het bestand met de sleutel,")                                           \
	X("There is no secret key in %s: it holds the secret half alone, or what "       \
		"`ladder key` printed.",                                                 \
		"In %s staat geen geheime sleutel: er hoort alleen de geheime helft in " \
		"te staan, of wat `ladder key` toonde.")                                 \
	X("standard input",                                                              \
		"de invoer")                                                             \
	X("on standard input",                                                           \
		"de invoer")                                                             \
	X("%s %s can be written by others (mode %04o): chmod go-w",                      \
		"%s %s kan door anderen worden veranderd (rechten %04o): chmod go-w")    \
	X("%s %s can be read by others (mode %04o): chmod 600",                          \
		"%s %s kan door anderen worden gelezen (rechten %04o): chmod 600")       \
	X("%s %s belongs to another user (number %u), who could change it: it "          \
		"must be root's or that of user number %u",                              \
		"%s %s is van een andere gebruiker (nummer %u), die het kan "            \
		"veranderen: het moet van root zijn of van gebruiker nummer %u")         \
	X("%s %s belongs to user number %u, and this is user number %u: chown "          \
		"it, or run as its owner",                                               \
		"%s %s is van gebruiker nummer %u, en dit is gebruiker nummer %u: doe "  \
		"chown, of werk als de eigenaar")                                        \
	X("the address must be like http://127.0.0.1:7400, without a path",              \
		"het adres moet zijn zoals http://127.0.0.1:7400, zonder iets erachter") \
	X("the answer is longer than any to this would be: is the address right",        \
		"het antwoord is langer dan een antwoord hierop kan zijn: klopt het "    \
		"adres")                                                                 \
	X("The answer is not that of a ladderd, or does not add up: is the "             \
		"address right?",                                                        \
		"Dit is geen antwoord van een ladderd, of het klopt niet: is het "       \
		"adres goed?")                                                           \
	X("%s, %s %" PRIu64 ": the daemon refuses it: %s.",                              \
		"%s, %s %" PRIu64 ": de daemon weigert het: %s.")                        \
	X("%s, %ss %" PRIu64 " to %" PRIu64 ": the daemon refuses them: %s.",            \
		"%s, %s %" PRIu64 " tot en met %" PRIu64 ": de daemon weigert ze: %s.")  \
	X("The key",                                                                     \
		"De sleutel")                                                            \
	X("%s cannot be read: %s.",                                                      \
		"%s kan niet worden gelezen: %s.")                                       \
	X("%s is no hand-over: --key without --map opens what `ladder "                  \
		"handover` wrote.",                                                      \
		"%s is geen overdracht: --key zonder --map opent wat `ladder "           \
		"handover` schreef.")                                                    \
	X("%s: %s. Nothing was sent.",                                                   \
		"%s: %s. Er is niets verstuurd.")                                        \
	X("it was cut off, or is no hand-over",                                          \
		"het is afgebroken, of is geen overdracht")                              \
	X("it was sealed for another key, or was changed on its way",                    \
		"het is verzegeld voor een andere sleutel, of onderweg "                 \
		"veranderd")                                                             \
	X("it holds what no hand-over does",                                             \
		"er staat in wat niet in een overdracht hoort")                          \
	X("it holds an event that cannot be: %s %s",                                     \
		"er staat een gebeurtenis in die niet kan: %s %s")                       \
	X("--municipality is needed: the CBS code of the municipality where "            \
		"the person lives now, as GM0823.",                                      \
		"--municipality ontbreekt: de CBS-code van de gemeente waar de "         \
		"persoon nu woont, zoals GM0823.")                                       \
	X("The person was handed over to another municipality than "                     \
		"--municipality says. Nothing was sent.",                                \
		"De persoon is overgedragen aan een andere gemeente dan er bij "         \
		"--municipality staat. Er is niets verstuurd.")                          \
	X("%s of %s was rejected: %s.",                                                  \
		"%s van %s is afgewezen: %s.")                                           \
	X("The section of the partner who takes people over needs their old "            \
		"municipality, too.",                                                    \
		"De partner die mensen overneemt, heeft in zijn sectie ook hun "         \
		"oude gemeente nodig.")                                                  \
	X("A person was handed over: of %zu events %zu were new, %zu known "             \
		"already and %zu rejected.",                                             \
		"Er is iemand overgedragen: van %zu gebeurtenissen waren er "            \
		"%zu nieuw, %zu al bekend en %zu afgewezen.")                            \
	X("%s is a hand-over: --key FILE says where the key is that opens it.",          \
		"%s is een overdracht: --key BESTAND zegt waar de sleutel "              \
		"staat die hem opent.")                                                  \
	X("%s is a hand-over, which has no columns and no names: leave --map "           \
		"and --subjects out.",                                                   \
		"%s is een overdracht, zonder kolommen en namen: laat --map en "         \
		"--subjects weg.")                                                       \
	X("--cert and --key go together: give both, or neither.",                        \
		"--cert en --key horen bij elkaar: geef ze allebei, of geen van beide.") \
	X("it is another machine, and the token would go there in clear: take "          \
		"%s, or say --plaintext",                                                \
		"het is een andere computer, en het token zou er onversleuteld heen "    \
		"gaan: neem %s, of zeg --plaintext")                                     \
	X("under TLS: the CAs believed, as PEM (default: the system's)",                 \
		"met TLS: de vertrouwde CA's, als PEM (anders: die van het systeem)")    \
	X("under TLS: the client's own certificate, as PEM",                             \
		"met TLS: uw eigen certificaat, als PEM")                                \
	X("under TLS: the key of --cert, as PEM",                                        \
		"met TLS: de sleutel van --cert, als PEM")                               \
	X("let the token go in clear to another machine",                                \
		"laat het token onversleuteld naar een andere computer gaan")            \
	X("line",                                                                        \
		"regel")                                                                 \
	X("event",                                                                       \
		"gebeurtenis")                                                           \
	X("%s. Gave up after %u tries; sending the same file again is safe.",            \
		"%s. Gestopt na %u pogingen; hetzelfde bestand nog eens versturen kan "  \
		"geen kwaad.")                                                           \
	X("%s. Trying again in %.1f seconds.",                                           \
		"%s. Over %.1f seconden opnieuw.")                                       \
	X("The daemon refuses it: %s.",                                                  \
		"De daemon weigert het: %s.")                                            \
	X("The daemon does not answer: %s. Is it at %s? --to says where.",               \
		"De daemon antwoordt niet: %s. Staat hij op %s? --to zegt waar.")        \
	X("What answered is no ladderd, or one of another version.",                     \
		"Wat antwoordt is geen ladderd, of een andere versie.")                  \
	/* ladder import */                                                              \
	X("which columns mean what: a ready map, or a file",                             \
		"welke kolom wat betekent: een kant-en-klare indeling, of een bestand")  \
	X("the secret table of names and pseudonyms; made if need be",                   \
		"de geheime tabel van namen en pseudoniemen; wordt zo nodig gemaakt")    \
	X("the municipality of the people, as GM0823",                                   \
		"de gemeente van de mensen, zoals GM0823")                               \
	X("print what would be sent; send and change nothing",                           \
		"toon wat er verstuurd zou worden; verstuur en verander niets")          \
	X("print a ready map, to begin one of your own",                                 \
		"toon een kant-en-klare indeling, als begin van een eigen")              \
	X("Sends the rows of a list that a spreadsheet program saved as CSV. "           \
		"Ready maps:\nactivity-hours, agreements, benefits, contact-persons, "   \
		"contacts, duo, jobs,\nladder-assessments, modules, referrals, settlements. " \
		"Delimiter,\nletters, dates and decimal comma are "                      \
		"recognised and said. Names of people never\nleave this computer: the "  \
		"subjects file gives each a pseudonym. The same file\ntwice changes "    \
		"nothing; a corrected row corrects. Rejected rows come into a "          \
		"file\nbeside it, FILE.rejected.csv, to correct and import again; the "  \
		"exit status is\nthen 1. docs/import.md explains it step by step.\n\n"   \
		"With --key and without --map, FILE is what `ladder handover` of "       \
		"another municipality\nwrote, and --key the secret half of your key "    \
		"(`ladder key`): a person comes over. The\nkey of a client's "           \
		"certificate then stands in the file of --cert.",                        \
		"Verstuurt de rijen van een lijst die als CSV is bewaard. "              \
		"Kant-en-klare indelingen:\nactivity-hours, agreements, benefits, "      \
		"contact-persons, contacts, duo, jobs,\nladder-assessments, modules, "        \
		"referrals, settlements. Scheidingsteken,\nletters, datums "             \
		"en decimale komma worden herkend en gemeld. Namen van "                 \
		"mensen\nverlaten deze computer nooit: de tabel met mensen geeft "       \
		"ieder een pseudoniem.\nTwee keer hetzelfde bestand verandert niets; "   \
		"een verbeterde rij verbetert.\nAfgewezen rijen komen ernaast in "       \
		"FILE.rejected.csv, om te verbeteren en opnieuw\nte importeren; het "    \
		"programma eindigt dan met code 1. docs/import.nl.md legt het\nstap "    \
		"voor stap uit.\n\nMet --key en zonder --map is FILE wat `ladder "       \
		"handover` van een andere gemeente\nschreef, en --key de geheime helft " \
		"van uw sleutel (`ladder key`): er komt iemand\nover. De sleutel van "   \
		"een clientcertificaat staat dan in het bestand van --cert.")            \
	X("%s is needed. `ladder import --help` shows the form.",                        \
		"Er ontbreekt: %s. `ladder import --help` laat zien hoe het hoort.")     \
	X("A file",                                                                      \
		"een bestand")                                                           \
	X("--municipality is needed: the CBS code of the municipality, as "              \
		"GM0823.",                                                               \
		"--municipality is nodig: de CBS-code van de gemeente, zoals GM0823.")   \
	X("--municipality takes a CBS code: GM and four digits, as GM0823.",             \
		"Bij --municipality hoort een CBS-code: GM en vier cijfers, zoals "      \
		"GM0823.")                                                               \
	X("--print-map takes one of %s.",                                                \
		"Bij --print-map hoort een van %s.")                                     \
	X("%s cannot be opened: %s.",                                                    \
		"%s kan niet worden geopend: %s.")                                       \
	X("%s cannot be opened: %s",                                                     \
		"%s kan niet worden geopend: %s")                                        \
	X("%s cannot be written: %s",                                                    \
		"%s kan niet worden geschreven: %s")                                     \
	X("%s cannot be locked: %s",                                                     \
		"%s kan niet worden vergrendeld: %s")                                    \
	X("%s: the disk did not take it",                                                \
		"%s: de schijf neemt het niet aan")                                      \
	X("the disk did not take it",                                                    \
		"de schijf neemt het niet aan")                                          \
	X("it cannot be read: %s",                                                       \
		"het kan niet worden gelezen: %s")                                       \
	X("it has more than %zu mebibytes: cut it in parts",                             \
		"het is groter dan %zu MiB: knip het in delen")                          \
	X("The map %s cannot be used.",                                                  \
		"De indeling %s is niet te gebruiken.")                                  \
	X("%s is no ready map (%s), and no file that can be read: %s.",                  \
		"%s is geen kant-en-klare indeling (%s), en geen bestand dat te lezen "  \
		"is: %s.")                                                               \
	X("%s has instants, and this computer does not know the time zone "              \
		"Europe/Amsterdam: install tzdata, or write days as dd-mm-jjjj.",        \
		"In %s staan tijdstippen, en deze computer kent de tijdzone "            \
		"Europe/Amsterdam niet: installeer tzdata, of schrijf datums als "       \
		"dd-mm-jjjj.")                                                           \
	X("Columns that the map does not use: %s.",                                      \
		"Kolommen die de indeling niet gebruikt: %s.")                           \
	X("%s.sent is not there: all rows are sent again as corrections of "             \
		"themselves, and what rows gave before and do not give now is not "      \
		"taken back.",                                                           \
		"%s.sent is er niet: alle rijen worden opnieuw verstuurd, als "          \
		"verbetering van zichzelf, en wat rijen eerder gaven en nu niet meer, "  \
		"wordt niet teruggenomen.")                                              \
	X("%zu row repeats a row above (line %s): sent once.",                           \
		"%zu rij is dezelfde als een rij erboven (regel %s): die wordt één "     \
		"keer verstuurd.")                                                       \
	X("%zu rows repeat a row above (line %s): sent once.",                           \
		"%zu rijen zijn dezelfde als een rij erboven (regel %s): die worden "    \
		"één keer verstuurd.")                                                   \
	X("%zu person is not yet in %s (first on line %s). If it is somebody it "        \
		"knows by another spelling: docs/import.md says what to do.",            \
		"%zu persoon staat nog niet in %s (voor het eerst op regel %s). Is "     \
		"het iemand die er met een andere schrijfwijze in staat? In "            \
		"docs/import.nl.md staat wat u dan doet.")                               \
	X("%zu people are not yet in %s (first on line %s). If one is somebody "         \
		"it knows by another spelling: docs/import.md says what to do.",         \
		"%zu mensen staan nog niet in %s (voor het eerst op regel %s). Is een "  \
		"van hen iemand die er met een andere schrijfwijze in staat? In "        \
		"docs/import.nl.md staat wat u dan doet.")                               \
	X("Line %s: but for accents that is the name of somebody else in %s. Is "        \
		"it the same person?",                                                   \
		"Regel %s: op accenten na is dat de naam van iemand anders in %s. Is "   \
		"het dezelfde persoon?")                                                 \
	X("Not all was sent: of %zu events, %" PRIu64 " were taken. Send the "           \
		"same list again when that is mended: nothing counts twice.",            \
		"Niet alles is verstuurd: van %zu gebeurtenissen zijn er %" PRIu64 " "   \
		"aangenomen. Verstuur dezelfde lijst opnieuw als dat is opgelost: "      \
		"niets telt dubbel.")                                                    \
	X("%zu rows: %zu sent, %zu repeated, %zu rejected. Of %zu events %" PRIu64 ""    \
		" were new (%zu of them corrections) and %" PRIu64 " known already.",    \
		"%zu rijen: %zu verstuurd, %zu herhaald, %zu afgewezen. Van %zu "        \
		"gebeurtenissen waren er %" PRIu64 " nieuw (waarvan %zu "                \
		"verbeteringen) en %" PRIu64 " al bekend.")                              \
	X("This was a dry run: %zu events of %zu rows would be sent. Nothing "           \
		"was sent, and %s is as it was; people who are not in it got a "         \
		"pseudonym for this run only.",                                          \
		"Dit was op proef: er zouden %zu gebeurtenissen van %zu rijen worden "   \
		"verstuurd. Er is niets verstuurd, en %s is zoals het was; wie er "      \
		"niet in staat, kreeg alleen voor nu een pseudoniem.")                   \
	X("The rejected rows are in %s, with the reason: correct them there and "        \
		"import that file.",                                                     \
		"De afgewezen rijen staan in %s, met de reden: verbeter ze daar en "     \
		"importeer dat bestand.")                                                \
	X("%s. Nothing was sent.",                                                       \
		"%s. Er is niets verstuurd.")                                            \
	X("the file of rejected rows",                                                   \
		"het bestand met afgewezen rijen")                                       \
	X("line %u: %s.",                                                                \
		"regel %u: %s.")                                                         \
	X("line %u, column %.*s: %s.",                                                   \
		"regel %u, kolom %.*s: %s.")                                             \
	X("and %zu more rows are rejected.",                                             \
		"en nog %zu rijen zijn afgewezen.")                                      \
	/* What is recognised */                                                         \
	X("plain letters",                                                               \
		"gewone letters")                                                        \
	X("UTF-8 with a mark (BOM)",                                                     \
		"UTF-8 met een merkteken (BOM)")                                         \
	X("semicolon",                                                                   \
		"puntkomma")                                                             \
	X("comma",                                                                       \
		"komma")                                                                 \
	X("vertical bar",                                                                \
		"rechte streep")                                                         \
	X("the delimiter it gives",                                                      \
		"het scheidingsteken dat erin staat")                                    \
	X(", dates as ",                                                                 \
		", datums als ")                                                         \
	X(" and ",                                                                       \
		" en ")                                                                  \
	X("mm/dd/jjjj (the month first)",                                                \
		"mm/dd/jjjj (de maand voorop)")                                          \
	X("day, month in words, year",                                                   \
		"dag, maand in woorden, jaar")                                           \
	X("weeks (taken as their Monday)",                                               \
		"weken (de maandag ervan telt)")                                         \
	X(", instants as days of the Dutch clock",                                       \
		", tijdstippen als dagen van de Nederlandse klok")                       \
	X(", decimal comma",                                                             \
		", decimale komma")                                                      \
	X(", decimal point",                                                             \
		", decimale punt")                                                       \
	X(", decimal comma and point",                                                   \
		", decimale komma en punt")                                              \
	X("; %zu row, headings on line %u",                                              \
		"; %zu rij, kolomkoppen op regel %u")                                    \
	X("; %zu rows, headings on line %u",                                             \
		"; %zu rijen, kolomkoppen op regel %u")                                  \
	/* Lists that are refused */                                                     \
	X("this is a workbook (.xlsx, .ods) or another packed file, not a CSV. "         \
		"Open it in the spreadsheet program and save it as \"CSV UTF-8\" "       \
		"(Dutch Excel: Opslaan als, CSV UTF-8 (door komma's gescheiden)), or "   \
		"make one of it with `xlsx2csv -f %%d-%%m-%%Y LIST.xlsx list.csv` or "   \
		"with LibreOffice: `soffice --headless --convert-to csv LIST.xlsx`",     \
		"dit is een werkmap (.xlsx, .ods) of een ander ingepakt bestand, geen "  \
		"CSV. Open het in Excel of LibreOffice en bewaar het als \"CSV "         \
		"UTF-8\" (Excel: Opslaan als, CSV UTF-8 (door komma's gescheiden)), "    \
		"of maak er een van met `xlsx2csv -f %%d-%%m-%%Y LIJST.xlsx "            \
		"lijst.csv` of met LibreOffice: `soffice --headless --convert-to csv "   \
		"LIJST.xlsx`")                                                           \
	X("this is an old workbook (.xls), not a CSV. Open it in the "                   \
		"spreadsheet program and save it as \"CSV UTF-8\" (Dutch Excel: "        \
		"Opslaan als, CSV UTF-8 (door komma's gescheiden)), or make one of it "  \
		"with LibreOffice: `soffice --headless --convert-to csv LIST.xls`",      \
		"dit is een oude werkmap (.xls), geen CSV. Open het in Excel of "        \
		"LibreOffice en bewaar het als \"CSV UTF-8\" (Excel: Opslaan als, CSV "  \
		"UTF-8 (door komma's gescheiden)), of maak er een van met "              \
		"LibreOffice: `soffice --headless --convert-to csv LIJST.xls`")          \
	X("this is a PDF, not a CSV: ask for the list it was made from",                 \
		"dit is een PDF, geen CSV: vraag om de lijst waarvan die is gemaakt")    \
	X("this is text in two bytes a letter (UTF-16, \"Unicode text\"), or no "        \
		"text. Open it in the spreadsheet program and save it as \"CSV "         \
		"UTF-8\" (Dutch Excel: Opslaan als, CSV UTF-8 (door komma's "            \
		"gescheiden))",                                                          \
		"dit is tekst met twee bytes per letter (UTF-16, \"Unicode-tekst\"), "   \
		"of geen tekst. Open het in Excel of LibreOffice en bewaar het als "     \
		"\"CSV UTF-8\" (Excel: Opslaan als, CSV UTF-8 (door komma's "            \
		"gescheiden))")                                                          \
	X("line %u has a byte (%02X, hexadecimal) that is no letter in UTF-8, "          \
		"as the others are. Open it in the spreadsheet program and save it as "  \
		"\"CSV UTF-8\" (Dutch Excel: Opslaan als, CSV UTF-8 (door komma's "      \
		"gescheiden))",                                                          \
		"op regel %u staat een byte (%02X, hexadecimaal) die geen letter is "    \
		"in UTF-8, zoals de andere. Open het in Excel of LibreOffice en "        \
		"bewaar het als \"CSV UTF-8\" (Excel: Opslaan als, CSV UTF-8 (door "     \
		"komma's gescheiden))")                                                  \
	X("line %u has letters that another program has spoilt before: go back "         \
		"to the list as it was. Open it in the spreadsheet program and save "    \
		"it as \"CSV UTF-8\" (Dutch Excel: Opslaan als, CSV UTF-8 (door "        \
		"komma's gescheiden))",                                                  \
		"op regel %u staan letters die een ander programma al heeft bedorven: "  \
		"ga terug naar de lijst zoals die was. Open het in Excel of "            \
		"LibreOffice en bewaar het als \"CSV UTF-8\" (Excel: Opslaan als, CSV "  \
		"UTF-8 (door komma's gescheiden))")                                      \
	X("line %u has letters that are not those of UTF-8, and hardly those of "        \
		"Windows-1252: the list may be one of a Mac or of MS-DOS. Open it in "   \
		"the spreadsheet program and save it as \"CSV UTF-8\" (Dutch Excel: "    \
		"Opslaan als, CSV UTF-8 (door komma's gescheiden))",                     \
		"op regel %u staan letters die niet van UTF-8 zijn, en haast niet van "  \
		"Windows-1252: de lijst kan van een Mac of van MS-DOS zijn. Open het "   \
		"in Excel of LibreOffice en bewaar het als \"CSV UTF-8\" (Excel: "       \
		"Opslaan als, CSV UTF-8 (door komma's gescheiden))")                     \
	X("line %u has a byte (%02X, hexadecimal) that is no letter, neither in "        \
		"UTF-8 nor in Windows-1252. Save it again as \"CSV UTF-8\"",             \
		"op regel %u staat een byte (%02X, hexadecimaal) die geen letter is, "   \
		"niet in UTF-8 en niet in Windows-1252. Bewaar het opnieuw als \"CSV "   \
		"UTF-8\"")                                                               \
	X("no line among the first %d has the headings of the map %.*s; `ladder "        \
		"import --print-map` shows what a map looks for",                        \
		"op geen van de eerste %d regels staan de kolomkoppen van de indeling "  \
		"%.*s; `ladder import --print-map` laat zien wat een indeling zoekt")    \
	X("line %u looks like the headings, but the map %.*s also needs: %s",            \
		"regel %u lijkt op de kolomkoppen, maar de indeling %.*s heeft ook "     \
		"nodig: %s")                                                             \
	X("line %u has the day before the month and line %u the month before "           \
		"the day: which is meant in the others cannot be known. Write all "      \
		"days as dd-mm-jjjj",                                                    \
		"op regel %u staat de dag voor de maand en op regel %u de maand voor "   \
		"de dag: wat bij de andere is bedoeld, is niet te weten. Schrijf alle "  \
		"datums als dd-mm-jjjj")                                                 \
	X("line %u has two columns for %.*s, %.*s and %.*s: give the one that "          \
		"is not meant another heading",                                          \
		"op regel %u staan twee kolommen voor %.*s, %.*s en %.*s: geef de "      \
		"kolom die niet is bedoeld een andere kop")                              \
	X("on line %u a cell begins with a quotation mark that does not belong "         \
		"there, and would swallow what comes after it: take it away, or write "  \
		"the cell as \"...\" with each mark in it doubled",                      \
		"op regel %u begint een cel met een aanhalingsteken dat er niet "        \
		"hoort, en dat zou opslokken wat erna komt: haal het weg, of schrijf "   \
		"de cel als \"...\" met elk teken erin dubbel")                          \
	X("on line %u a quotation mark opens a cell and none closes it",                 \
		"op regel %u opent een aanhalingsteken een cel en geen sluit haar")      \
	X("line %u has more than %d columns: this is no list of people's",               \
		"op regel %u staan meer dan %d kolommen: dit is geen lijst van mensen")  \
	X("line %u has a cell of more than %d bytes: is a quotation mark not "           \
		"closed?",                                                               \
		"op regel %u staat een cel van meer dan %d bytes: is een "               \
		"aanhalingsteken niet gesloten?")                                        \
	X("it has more than %zu cells: cut it in parts",                                 \
		"er staan meer dan %zu cellen in: knip het in delen")                    \
	X("a cell has more than %d bytes",                                               \
		"een cel heeft meer dan %d bytes")                                       \
	/* Rows that are rejected */                                                     \
	X("write ja or nee",                                                             \
		"schrijf ja of nee")                                                     \
	X("the map does not know this word; it knows: %s",                               \
		"de indeling kent dit woord niet; ze kent: %s")                          \
	X("it is not the year of the birth date",                                        \
		"dat is niet het jaar van de geboortedatum")                             \
	X(": is a quotation mark out of place?",                                         \
		": staat er een aanhalingsteken verkeerd?")                              \
	X("it has more cells than there are headings: is there a delimiter "             \
		"within a cell?",                                                        \
		"er zijn meer cellen dan kolomkoppen: staat er een scheidingsteken in "  \
		"een cel?")                                                              \
	X("it has a cell of several lines and fewer cells than there are "               \
		"headings%s",                                                            \
		"er is een cel van meer regels, en er zijn minder cellen dan "           \
		"kolomkoppen%s")                                                         \
	X("it has several lines with a delimiter in them%s",                             \
		"er staan meer regels in, met een scheidingsteken%s")                    \
	X("it lies before %.*s: one of the two is wrong",                                \
		"dat is vóór %.*s: een van de twee is fout")                             \
	X("it does not fit what stands in %.*s: leave one of the two empty",             \
		"dat past niet bij wat er staat in %.*s: laat een van de twee leeg")     \
	X("it is not the pseudonym that the table of people has for the name "           \
		"beside it",                                                             \
		"dat is niet het pseudoniem dat de tabel van mensen heeft voor de "      \
		"naam ernaast")                                                          \
	X("whether it is the whole name or a part of it cannot be known: give "          \
		"it the heading Achternaam when it is the last name, and the other "     \
		"columns headings that are not for names when it is the whole",          \
		"of dit de hele naam is of een deel, is niet te weten: geef de kolom "   \
		"de kop Achternaam als het de achternaam is, en geef de andere "         \
		"kolommen koppen die niet van namen zijn als het de hele naam is")       \
	X("the name is empty",                                                           \
		"de naam is leeg")                                                       \
	X("the columns that tell apart people of one name contradict each "              \
		"other, here and in another row of this name",                           \
		"de kolommen die mensen met dezelfde naam uit elkaar houden, spreken "   \
		"elkaar tegen, hier en in een andere rij met deze naam")                 \
	X("no column that makes an event is filled in",                                  \
		"geen kolom waaruit iets volgt, is ingevuld")                            \
	X("line %u is named the same (person%s) and says something else: keep "          \
		"one, or tell them apart in a column that names the row",                \
		"regel %u gaat over hetzelfde (persoon%s) en zegt iets anders: houd "    \
		"er een, of houd ze uit elkaar in een kolom die de rij een naam geeft")  \
	X("write a day as dd-mm-jjjj, as 03-04-2025 for 3 April 2025",                   \
		"schrijf een datum als dd-mm-jjjj, zoals 03-04-2025 voor 3 april 2025")  \
	X("there is no such day; write dd-mm-jjjj",                                      \
		"die dag bestaat niet; schrijf dd-mm-jjjj")                              \
	X("what stands after the day is no time of day: write a day alone, as "          \
		"dd-mm-jjjj",                                                            \
		"wat er na de datum staat is geen tijd: schrijf alleen een datum, als "  \
		"dd-mm-jjjj")                                                            \
	X("this date is another day of the week",                                        \
		"die datum valt op een andere dag van de week")                          \
	X("write the year in four digits: dd-mm-jjjj",                                   \
		"schrijf het jaar in vier cijfers: dd-mm-jjjj")                          \
	X("this is the number Excel keeps for a day: give the column the number "        \
		"format Date (Datum) and save it again",                                 \
		"dit is het getal waarmee Excel een dag bewaart: geef de kolom de "      \
		"getalnotatie Datum en bewaar de lijst opnieuw")                         \
	X("write a number alone, as 2 or 2,5",                                           \
		"schrijf alleen een getal, zoals 2 of 2,5")                              \
	X("write a number, not below 0, as 2 or 2,5",                                    \
		"schrijf een getal, niet onder 0, zoals 2 of 2,5")                       \
	X("three digits after a comma or a point can mean thousands or parts: "          \
		"write 1500 or 1,5",                                                     \
		"drie cijfers na een komma of een punt kunnen duizendtallen zijn of "    \
		"decimalen: schrijf 1500 of 1,5")                                        \
	X("write hours as 2, 2,5 or 2:30",                                               \
		"schrijf uren als 2, 2,5 of 2:30")                                       \
	X("more than two decimals may be the part of a day that Excel keeps for "        \
		"a time, 0,0625 for 1:30: give the column the number format u:mm, or "   \
		"write hours as 2, 2,5 or 2:30",                                         \
		"meer dan twee decimalen kan het deel van een dag zijn waarmee Excel "   \
		"een tijd bewaart, 0,0625 voor 1:30: geef de kolom de getalnotatie "     \
		"u:mm, of schrijf uren als 2, 2,5 of 2:30")                              \
	X("write a year in four digits, or a day as dd-mm-jjjj",                         \
		"schrijf een jaar in vier cijfers, of een datum als dd-mm-jjjj")         \
	/* The table of people */                                                        \
	X("%s is no plain file",                                                         \
		"%s is geen gewoon bestand")                                             \
	X("%s says who is who, and others than you can open it. Make it yours "          \
		"alone with: chmod 600 %s",                                              \
		"%s zegt wie wie is, en anderen dan u kunnen het openen. Maak het "      \
		"alleen van u met: chmod 600 %s")                                        \
	X("%s is a link: give the file it leads to",                                     \
		"%s is een koppeling: geef het bestand waar die naartoe wijst")          \
	X("Another import uses %s: waiting for it.",                                     \
		"Een andere import gebruikt %s: daar wordt op gewacht.")                 \
	X("%s, line %u: the salt stands there twice",                                    \
		"%s, regel %u: salt staat er twee keer")                                 \
	X("%s, line %u: a subject is 1 to 64 letters, digits and . _ : - and "           \
		"not 8, 9 or 10 digits",                                                 \
		"%s, regel %u: een subject is 1 tot 64 letters, cijfers en . _ : - en "  \
		"niet 8, 9 of 10 cijfers")                                               \
	X("%s, line %u: there is no name",                                               \
		"%s, regel %u: er staat geen naam")                                      \
	X("%s, line %u: the same name, and second, has another subject above; "          \
		"tell them apart in the column second, or give both one subject when "   \
		"they are one person",                                                   \
		"%s, regel %u: dezelfde naam, met dezelfde second, heeft erboven een "   \
		"ander subject; houd ze uit elkaar in de kolom second, of geef ze één "  \
		"subject als het één persoon is")                                        \
	X("%s: its first line must be: name;second;subject",                             \
		"%s: de eerste regel moet zijn: name;second;subject")                    \
	X("%s: its first line has two columns for one of name, second and "              \
		"subject",                                                               \
		"%s: op de eerste regel staan twee kolommen voor name, second of "       \
		"subject")                                                               \
	X("%s has several people of this name: say in the list which one, by "           \
		"birth date or number",                                                  \
		"in %s staan meer mensen met deze naam: zeg in de lijst wie het is, "    \
		"met een geboortedatum of nummer")                                       \
	X("the list has several people of this name, and %s knows one of them "          \
		"by name alone: write there, in the column second, which",               \
		"in de lijst staan meer mensen met deze naam, en in %s staat er een "    \
		"met alleen die naam: schrijf daar, in de kolom second, wie dat is")     \
	X("%s has no column second, for the birth dates or numbers of this "             \
		"list: add it to its first line",                                        \
		"%s heeft geen kolom second, voor de geboortedatums of nummers van "     \
		"deze lijst: zet die op de eerste regel")                                \
	X("%s, line %u: it is not as `ladder import` wrote it. Remove it: rows "         \
		"are then sent again as corrections of themselves",                      \
		"%s, regel %u: dit is niet wat `ladder import` schreef. Gooi het "       \
		"bestand weg: rijen worden dan opnieuw verstuurd, als verbetering van "  \
		"zichzelf")                                                              \
	X("%s is empty or broken: remove it, and rows are sent again as "                \
		"corrections of themselves",                                             \
		"%s is leeg of kapot: gooi het weg, en rijen worden opnieuw "            \
		"verstuurd, als verbetering van zichzelf")                               \
	X("its first line must name the columns, one of them subject",                   \
		"op de eerste regel moeten de kolommen staan, met een ervan subject")    \
	/* Maps */                                                                       \
	X("the map is too large: at most a mebibyte",                                    \
		"de indeling is te groot: hoogstens een MiB")                            \
	X("\"%.*s\" stands for %.*s already; a word stands for one thing",               \
		"\"%.*s\" staat al voor %.*s; een woord staat voor één ding")            \
	X("a column is named in small letters, digits and _, as [column hours]",         \
		"een kolom heet met kleine letters, cijfers en _, zoals [column hours]") \
	X("a map has at most %d columns",                                                \
		"een indeling heeft hoogstens %d kolommen")                              \
	X("a map has at most %d events",                                                 \
		"een indeling heeft hoogstens %d gebeurtenissen")                        \
	X("[list] has name, key, municipality and removed, and no %s",                   \
		"[list] heeft name, key, municipality en removed, en geen %s")           \
	X("[person] has name, first, infix, last, second and subject, and no %s",        \
		"[person] heeft name, first, infix, last, second en subject, en geen "   \
		"%s")                                                                    \
	X("kind is one of text, date, year, word, yes_no, number, hours",                \
		"kind is een van text, date, year, word, yes_no, number, hours")         \
	X("[column] has headings, kind, default, unit and not_before, and no %s",        \
		"[column] heeft headings, kind, default, unit en not_before, en geen "   \
		"%s")                                                                    \
	X("there is no event of this type; proto/ladder.proto lists them. It is "        \
		"written as [event activity_logged]",                                    \
		"zo'n gebeurtenis is er niet; ze staan in proto/ladder.proto. Schrijf "  \
		"het als [event activity_logged]")                                       \
	X("%s does not come from a list",                                                \
		"%s komt niet uit een lijst")                                            \
	X("[event %s] has occurred_on, when%s, and no %s",                               \
		"[event %s] heeft occurred_on, when%s, en geen %s")                      \
	X("a name has at most %d letters",                                               \
		"een naam heeft hoogstens %d letters")                                   \
	X("%s has nothing after it",                                                     \
		"na %s staat niets")                                                     \
	X("a section is [list], [person], [column NAME], [words NAME] or [event "        \
		"TYPE]",                                                                 \
		"een deel is [list], [person], [column NAME], [words NAME] of [event "   \
		"TYPE]")                                                                 \
	X("a line is text of at most %d bytes; a list goes on in the next line, "        \
		"indented",                                                              \
		"een regel is tekst van hoogstens %d bytes; een lijst gaat verder op "   \
		"de volgende regel, met een spatie ervoor")                              \
	X("there is no [column %.*s]; a constant is written in capitals or "             \
		"digits",                                                                \
		"er is geen [column %.*s]; een vaste waarde staat in hoofdletters of "   \
		"cijfers")                                                               \
	X("at most %d columns stand here",                                               \
		"hier staan hoogstens %d kolommen")                                      \
	X("between { and } stands a [column] of the kind date or word, at most "         \
		"%d times",                                                              \
		"tussen { en } staat een [column] van de soort date of word, "           \
		"hoogstens %d keer")                                                     \
	X("a reference takes the value of a column in it, as {start}a",                  \
		"een verwijzing heeft de waarde van een kolom in zich, zoals {start}a")  \
	X("a number from %d to %d, or a column of the kind number, hours, year "         \
		"or word",                                                               \
		"een getal van %d tot en met %d, of een kolom van de soort number, "     \
		"hours, year of word")                                                   \
	X("yes, no, or a column of the kind yes_no or word",                             \
		"yes, no, of een kolom van de soort yes_no of word")                     \
	X("a column of the kind word, or one of",                                        \
		"een kolom van de soort word, of een van")                               \
	X("letters, digits and . _ : - with {column} for a column's value, as "          \
		"{start}a",                                                              \
		"letters, cijfers en . _ : - met {kolom} voor de waarde van een "        \
		"kolom, zoals {start}a")                                                 \
	X("a column of the kind date, or YYYY-MM-DD",                                    \
		"een kolom van de soort date, of jjjj-mm-dd")                            \
	X("[event %s] needs %s = ...",                                                   \
		"[event %s] heeft nodig: %s = ...")                                      \
	X("%s takes %s",                                                                 \
		"bij %s hoort %s")                                                       \
	X("key takes at most %d names of columns, and %.*s is none or too many",         \
		"bij key horen hoogstens %d namen van kolommen, en %.*s is er geen of "  \
		"is er een te veel")                                                     \
	X("[event %s] needs occurred_on = a column",                                     \
		"[event %s] heeft nodig: occurred_on = een kolom")                       \
	X("occurred_on takes columns of the kind date",                                  \
		"bij occurred_on horen kolommen van de soort date")                      \
	X("when takes a column",                                                         \
		"bij when hoort een kolom")                                              \
	X("[column %.*s] needs headings = how its heading may be spelled",               \
		"[column %.*s] heeft nodig: headings = hoe de kop geschreven mag zijn")  \
	X("a column of the kind word has a section [words %.*s], and no other "          \
		"has",                                                                   \
		"een kolom van de soort word heeft een deel [words %.*s], en geen "      \
		"andere heeft dat")                                                      \
	X("a column of the kind number has a unit",                                      \
		"een kolom van de soort number heeft een unit, en geen andere")          \
	X("a column of the kind date has not_before",                                    \
		"een kolom van de soort date heeft not_before, en geen andere")          \
	X("not_before takes columns of the kind date",                                   \
		"bij not_before horen kolommen van de soort date")                       \
	X("a map needs at least one [event TYPE]",                                       \
		"een indeling heeft minstens één [event TYPE] nodig")                    \
	X("a map needs [person] with name = the headings of the column of names",        \
		"een indeling heeft [person] nodig, met name = de koppen van de kolom "  \
		"met namen")                                                             \
	X("[list] needs name = letters, digits and . _ : - only; it is part of "         \
		"each row's key",                                                        \
		"[list] heeft nodig: name = alleen letters, cijfers en . _ : - ; het "   \
		"is deel van de sleutel van elke rij")                                   \
	X("removed takes a column of the kind yes_no",                                   \
		"bij removed hoort een kolom van de soort yes_no")                       \
	X("municipality takes a CBS code as GM0823, or a column of the kind word",       \
		"bij municipality hoort een CBS-code zoals GM0823, of een kolom van "    \
		"de soort word")                                                         \
	X("a line is [section], key = value, or begins with ; as a comment",             \
		"een regel is [deel], naam = waarde, of begint met ; als opmerking")     \
	/* ladder worklist */                                                            \
	X("FALLS SILENT",                                                                \
		"VALT STIL")                                                             \
	X("WHO",                                                                         \
		"WIE")                                                                   \
	X("WHERE",                                                                       \
		"WAAR")                                                                  \
	X("WHY",                                                                         \
		"WAAROM")                                                                \
	X("SINCE",                                                                       \
		"SINDS")                                                                 \
	X("DAYS",                                                                        \
		"DAGEN")                                                                 \
	X("JOB",                                                                         \
		"BAAN")                                                                  \
	X(" (silent)",                                                                   \
		" (stil)")                                                               \
	X("the rung was not assessed",                                                   \
		"de stap is niet gemeten")                                              \
	X("the job was not confirmed",                                                   \
		"de baan is niet bevestigd")                                             \
	X("there was no contact with the case manager",                                  \
		"er was geen contact met de klantmanager")                               \
	X("the plan was not reviewed",                                                   \
		"het plan is niet besproken")                                            \
	X("the obligation runs without a plan",                                          \
		"de inburgeringsplicht loopt zonder plan")                               \
	X("the benefit was not confirmed",                                               \
		"de uitkering is niet bevestigd")                                        \
	X("nothing was heard of the referral",                                           \
		"van de doorverwijzing is niets gehoord")                                \
	X("there is no contact person any more",                                         \
		"er is geen vaste contactpersoon meer")                                  \
	X("Nothing of %s is running out on %s.",                                         \
		"Van %s loopt niets af op %s.")                                          \
	X("%s on %s: %zu of %lld rows; of these, %zu silent already.",                   \
		"%s op %s: %zu van %lld rijen; daarvan %zu al stil.")                    \
	X("--format takes table, csv or json.",                                          \
		"Bij --format hoort table, csv of json.")                                \
	X("--silent takes yes or no.",                                                   \
		"Bij --silent hoort yes of no.")                                         \
	X("--municipality takes a CBS code, as GM0823.",                                 \
		"Bij --municipality hoort een CBS-code, zoals GM0823.")                  \
	X("of this municipality only (default: all of the partner)",                     \
		"alleen van deze gemeente (anders: alle van de partner)")                \
	X("yes: only what has fallen silent; no: what has not yet (default: "            \
		"both)",                                                                 \
		"yes: alleen wat stil is geworden; no: wat dat nog niet is (anders: "    \
		"beide)")                                                                \
	X("the first rows only (default: all)",                                          \
		"alleen de eerste rijen (anders: alle)")                                 \
	X("table, csv or json (default table)",                                          \
		"table, csv of json (anders table)")                                     \
	X("show names: a CSV of name and subject, which stays here",                     \
		"toon namen: een CSV met name en subject, die hier blijft")              \
	X("Lists the people of a partner whose news is running out: what to "            \
		"ask, since\nwhen there was no news, and from which day on the "         \
		"figures count it as unknown.\nIt is about people and kinds of events "  \
		"that the partner itself sends, and is\nmade of its own events alone.",  \
		"Noemt de mensen van een partner van wie het nieuws afloopt: wat u "     \
		"vraagt, sinds\nwanneer er geen nieuws was, en vanaf welke dag de "      \
		"cijfers het onbekend noemen.\nHet gaat over mensen en soorten "         \
		"gebeurtenissen die de partner zelf stuurt, en is\nalleen gemaakt van "  \
		"wat die zelf heeft gestuurd.")                                          \
	/* ladder register */                                                            \
	X("the secret table of names and pseudonyms",                                    \
		"de geheime tabel van namen en pseudoniemen")                            \
	X("print the pseudonym of this person; - reads the name from "                   \
		"standard input",                                                        \
		"toon het pseudoniem van deze persoon; - leest de naam van "             \
		"de invoer")                                                             \
	X("what tells apart people of one name, as a birth date; - "                     \
		"reads it",                                                              \
		"wat mensen met één naam onderscheidt, zoals een "                       \
		"geboortedatum; - leest het")                                            \
	X("print who has this pseudonym; with --partner, this alias",                    \
		"toon wie dit pseudoniem heeft; met --partner, deze alias")              \
	X("the partner whose aliases are meant",                                         \
		"de partner om wiens aliassen het gaat")                                 \
	X("give people whom the table does not have a pseudonym",                        \
		"geef mensen die niet in de tabel staan een pseudoniem")                 \
	X("turn the aliases of a list, or of events, into pseudonyms",                   \
		"maak van de aliassen van een lijst, of van "                            \
		"gebeurtenissen, weer pseudoniemen")                                     \
	X("a new file for the list (default: standard output)",                          \
		"een nieuw bestand voor de lijst (anders: de uitvoer)")                  \
	X("Tells who is who, from the table of people, and sends "                       \
		"nothing. With --name the\npseudonym of a person, with "                 \
		"--subject the person. LIST is a CSV with names: with\n"                 \
		"--partner it becomes name;second;alias, to give to that "               \
		"partner. An alias is another\nname of the person for each "             \
		"partner, so that two lists that leak cannot be joined.\n"               \
		"With --back, LIST is what the partner kept, a CSV with a "              \
		"column Alias, or events; it\nbecomes the same with "                    \
		"pseudonyms, for `ladder import` or `ladder push`.",                     \
		"Zegt wie wie is, uit de tabel van mensen, en verstuurt "                \
		"niets. Met --name het\npseudoniem van een persoon, met "                \
		"--subject de persoon. LIST is een CSV met namen: met\n"                 \
		"--partner wordt die name;second;alias, om aan die partner "             \
		"te geven. Een alias is voor\nelke partner een andere naam "             \
		"van de persoon, zodat twee gelekte lijsten niet te\n"                   \
		"koppelen zijn. Met --back is LIST wat de partner "                      \
		"bijhield, een CSV met een kolom Alias,\nof "                            \
		"gebeurtenissen; die krijgt weer pseudoniemen, voor "                    \
		"`ladder import` of `ladder push`.")                                     \
	X("The person was not in %s, and has a pseudonym now.",                          \
		"De persoon stond niet in %s, en heeft nu een pseudoniem.")              \
	X("But for accents that is the name of somebody else in %s. "                    \
		"Is it the same person?",                                                \
		"Op accenten na is dat de naam van iemand anders in %s. Is "             \
		"het dezelfde persoon?")                                                 \
	X("%s has nobody of that name, or several: --second tells "                      \
		"them apart, and --add gives somebody new a pseudonym.",                 \
		"In %s staat niemand met die naam, of meer dan één: "                    \
		"--second onderscheidt hen, en --add geeft een nieuwe een "              \
		"pseudoniem.")                                                           \
	X("There is no name.",                                                           \
		"Er is geen naam.")                                                      \
	X("%s has nobody of that pseudonym.",                                            \
		"In %s staat niemand met dat pseudoniem.")                               \
	X("%s gave that partner no such alias.",                                         \
		"Zo'n alias kreeg die partner niet uit %s.")                             \
	X("The name of the file to write is too long.",                                  \
		"De naam van het te schrijven bestand is te lang.")                      \
	X("%s is there already, and stays.",                                             \
		"%s is er al, en blijft.")                                               \
	X("Left out, as %s has nobody of that name, or several, or "                     \
		"it cannot be known who is meant: line %s.",                             \
		"Weggelaten, omdat in %s niemand met die naam staat, of "                \
		"meer dan één, of niet te weten is wie er bedoeld is: "                  \
		"regel %s.")                                                             \
	X("%zu of %zu rows have an alias for %s; %zu people are new "                    \
		"in %s.",                                                                \
		"%zu van %zu rijen hebben een alias voor %s; %zu mensen "                \
		"zijn nieuw in %s.")                                                     \
	X("%s gave %s no such alias as on line %s. Nothing was "                         \
		"written: correct these rows, or take them out, and do it "              \
		"again.",                                                                \
		"Uit %s kreeg %s niet zo'n alias als op regel %s. Er is "                \
		"niets geschreven: verbeter deze rijen, of haal ze weg, en "             \
		"doe het nog eens.")                                                     \
	X("%zu rows have the pseudonyms of %s again.",                                   \
		"%zu rijen hebben weer de pseudoniemen van %s.")                         \
	X("there is no column Alias: it has what the partner was "                       \
		"given",                                                                 \
		"er is geen kolom Alias: daarin staat wat de partner heeft "             \
		"gekregen")                                                              \
	X("on line %u is no event",                                                      \
		"op regel %u staat geen gebeurtenis")                                    \
	X("--subjects FILE is needed: the table of people, as "                          \
		"`ladder import` keeps it.",                                             \
		"Er ontbreekt --subjects FILE: de tabel van mensen, zoals "              \
		"`ladder import` die bijhoudt.")                                         \
	X("One of these is needed: --name, --subject, or a list. "                       \
		"`ladder register --help` shows the forms.",                             \
		"Een van deze is nodig: --name, --subject of een lijst. "                \
		"`ladder register --help` laat zien hoe het hoort.")                     \
	X("--partner takes a name of letters, digits and . _ : - "                       \
		"only.",                                                                 \
		"Bij --partner hoort een naam van alleen letters, cijfers "              \
		"en . _ : -.")                                                           \
	X("--partner says whose aliases the list is to have, or has.",                   \
		"--partner zegt wiens aliassen de lijst krijgt, of heeft.")              \
	X("--back and --output go with a list.",                                         \
		"--back en --output horen bij een lijst.")                               \
	X("--add goes with --name, and with a list that is given "                       \
		"aliases.",                                                              \
		"--add hoort bij --name, en bij een lijst die aliassen "                 \
		"krijgt.")                                                               \
	X("--second goes with --name.",                                                  \
		"--second hoort bij --name.")                                            \
	/* Recorded messages */                                                          \
	X("on line %u is no JSON, or a key stands there twice",                          \
		"op regel %u staat geen JSON, of een sleutel staat er twee "             \
		"keer")                                                                  \
	X("line %u has no message: an object with path and body is "                     \
		"one",                                                                   \
		"op regel %u staat geen bericht: dat is een object met "                 \
		"path en body")                                                          \
	X("%s: %zu messages. Nothing is made of %zu of another kind, "                   \
		"and of %zu plans of another municipality.",                             \
		"%s: %zu berichten. Er wordt niets gemaakt van %zu van een "             \
		"andere soort, en van %zu plannen van een andere gemeente.")             \
	X("Left out: %zu messages about people who are not in %s, by "                   \
		"the number in the column second (line %s). `ladder "                    \
		"register --add` adds them.",                                            \
		"Weggelaten: %zu berichten over mensen die niet in %s "                  \
		"staan, met hun nummer in de kolom second (regel %s). "                  \
		"`ladder register --add` voegt hen toe.")                                \
	X("%s is JSON: only the map duo, or one made of it, reads "                      \
		"that, and only what a gateway recorded.",                               \
		"%s is JSON: alleen de indeling duo, of een die daarvan is "             \
		"gemaakt, leest dat, en alleen wat een gateway heeft "                   \
		"vastgelegd.")                                                           \
	/* A list of people */                                                           \
	X("no line among the first %d has a heading that says who a "                    \
		"row is about, as Naam or Alias",                                        \
		"op geen van de eerste %d regels staat een kolomkop die "                \
		"zegt over wie een rij gaat, zoals Naam of Alias")

/* Of other rooms and of the daemon: found, too, with something at their places. */
#define DUTCH_SENTENCES(X)                                                               \
	/* What a check of an event says */                                              \
	X("is needed, and is empty",                                                     \
		"is nodig, en is leeg")                                                  \
	X("is required",                                                                 \
		"is nodig")                                                              \
	X("must be 1 to 64 characters of A-Z a-z 0-9 . _ : -",                           \
		"moet 1 tot 64 tekens zijn uit A-Z a-z 0-9 . _ : -")                     \
	X("must be a civil date, YYYY-MM-DD",                                            \
		"moet een datum zijn, jjjj-mm-dd")                                       \
	X("must not be 8, 9 or 10 digits only, nor a citizen service number in "         \
		"groups or after BSN: such numbers, V-numbers and file numbers are "     \
		"never stored",                                                          \
		"mag niet alleen 8, 9 of 10 cijfers zijn, en geen burgerservicenummer "  \
		"in groepjes of na BSN: zulke nummers, V-nummers en dossiernummers "     \
		"worden nooit bewaard")                                                  \
	X("must be a pseudonym of the municipality's register, of the form %s "          \
		"(* is any characters)",                                                 \
		"moet een pseudoniem van de gemeente zijn, met de vorm %s (* is "        \
		"willekeurige tekens)")                                                  \
	X("must be a CBS code: GM and four digits, as GM0823",                           \
		"moet een CBS-code zijn: GM en vier cijfers, zoals GM0823")              \
	X("must not be after tomorrow",                                                  \
		"mag niet na morgen zijn")                                               \
	X("must not be before 1990-01-01",                                               \
		"mag niet voor 1 januari 1990 zijn")                                     \
	X("must be one or more, each once, of %s",                                       \
		"moet een of meer zijn, elk één keer, uit %s")                           \
	X("must be one of %s",                                                           \
		"moet een zijn uit %s")                                                  \
	X("must be a whole number from %d to %d",                                        \
		"moet een heel getal zijn van %d tot en met %d")                         \
	X("must be true or false",                                                       \
		"moet ja of nee zijn")                                                   \
	X("must be absent: this figure has no rungs",                                    \
		"moet leeg zijn: dit cijfer heeft geen stappen")                          \
	X("was used for an event with other content; send a correction under a "         \
		"new id",                                                                \
		"is gebruikt voor een gebeurtenis met andere inhoud; stuur een "         \
		"verbetering met een nieuwe id")                                         \
	X("is withdrawn already; a withdrawal is never undone",                          \
		"is al ingetrokken; dat wordt nooit ongedaan gemaakt")                   \
	X("has as many events of this partner as a person may have; see "                \
		"[limits] events_per_person_max of ladderd",                             \
		"heeft zoveel gebeurtenissen van deze partner als een persoon mag "      \
		"hebben; zie [limits] events_per_person_max van ladderd")                \
	X("would be one more than a partner may report about; see [limits] "             \
		"partner_municipalities_max of ladderd",                                 \
		"zou er een meer zijn dan waarover een partner mag melden; zie "         \
		"[limits] partner_municipalities_max van ladderd")
/* clang-format on */

#endif
