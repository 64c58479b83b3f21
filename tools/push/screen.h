/*
 * tools/push/screen.h - what must not leave this machine, whatever else is wrong with an event:
 * the number of a person, and a subject of another form than the municipality's.
 *
 * The daemon refuses both; but what it refuses has been sent. So each value of the event is looked
 * at, also those of fields that the contract does not have.
 */
#ifndef TOOLS_PUSH_SCREEN_H
#define TOOLS_PUSH_SCREEN_H

#include <jansson.h>

#include "base/bytes.h"

/* Why an event stays here: constants, which do not repeat what was found. */
struct screening {
	const char *code;  /* of spec/events.md */
	const char *field; /* in the contract; "" where it has none */
	const char *message;
};

/* `subject_form`: the pattern of subjects; NULL: any identifier. True: it must stay here. */
bool screen_json(const json_t *event, const char *subject_form, struct screening *out);
bool screen_protobuf(struct bytes event, const char *subject_form, struct screening *out);

#endif
