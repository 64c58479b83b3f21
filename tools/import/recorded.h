/*
 * tools/import/recorded.h - what DUO's interface for municipalities answered, as a list.
 *
 * Source: github.com/duonl/gemeente-m2m-inburgering, API/.../openapi.yml (PIP 1.2.0; MAP, PVT and
 * Z-route 1.0.0; Examen 1.0.0; Gebeurtenis 1.0.0; Notificatie 1.8.0) and
 * Gebeurtenissen/Gebeurtenissen.md. The gateway of the municipality records each message as one
 * JSON object: {"path": "/personen/BSN/PIP", "body": ...}; docs/import.md has the form.
 *
 * The number of a person is in the address. It is looked up in the table of people, or is a
 * pseudonym already, and goes no further: into no row, no sentence, no file. Nor does any text that
 * is no day and no word of the interface.
 *
 * Each answer is all that DUO knows of its kind: of several about one person the last counts.
 */
#ifndef TOOLS_IMPORT_RECORDED_H
#define TOOLS_IMPORT_RECORDED_H

#include "tools/import/list.h"
#include "tools/import/subjects.h"

#define RECORDED_MAP "duo" /* the name of the map that it becomes rows for */

/* Does the text look like it? It begins with a JSON object. */
bool recorded_is(struct bytes text);

struct recorded {
	const struct subjects *subjects;
	struct bytes municipality; /* GM0823: plans of others are left out */

	/* Found: */
	size_t messages;
	size_t others;    /* of other kinds, without a body, or events that become nothing */
	size_t elsewhere; /* plans of another municipality */
	size_t strangers; /* about people whom the table does not have */
	struct text stranger_lines; /* the first few of their lines */
};

/*
 * Reads the messages as a list for `map`. ERR_INVALID: they are none. ERR_FULL. *reason says it.
 * On error *out needs no release; `recorded` does.
 */
enum err recorded_read(struct recorded *recorded, struct bytes text, const struct map *map,
	struct list *out, struct reason *reason) NODISCARD;
void recorded_release(struct recorded *recorded);

#endif
