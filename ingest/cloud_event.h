/*
 * ingest/cloud_event.h - what CloudEvents puts around an event.
 *
 * CloudEvents 1.0.2, its JSON format (section 3) and batch (section 4), as the NL GOV profile uses
 * it: `id`, `source`, `specversion` and `type` are there, the event is in `data`, as JSON. `id` is
 * the event's id; data.id is the same or absent. `source`, `type`, `time`, `subject` and extensions
 * are not kept: who sent it the token says, and what it is its body.
 */
#ifndef INGEST_CLOUD_EVENT_H
#define INGEST_CLOUD_EVENT_H

#include <jansson.h>

#include "proto/raw.h"

/*
 * What is wrong around the event of a CloudEvent, a JSON object; its `field` is NULL when nothing
 * is. *unknown is the first key that no attribute may have, NULL: there is none.
 */
struct raw_fault cloud_event_fault(json_t *value, const char **unknown);

/* The id; NULL: it has none that could be one. */
const json_t *cloud_event_id(const json_t *value);

/* The event; NULL: there is none. */
json_t *cloud_event_data(const json_t *value);

#endif
