/*
 * looks/span.h - one line of the access log, with the fields of the Dutch standard Logboek
 * Dataverwerkingen: one span for each person whom a read has shown.
 *
 * A line is one JSON object: ids in hexadecimal, instants in milliseconds since 1970. A read is one
 * trace; a caller's (W3C Trace Context) is taken over, and named as the foreign operation.
 * `attributes` has beside those of the standard `ladderd.who`: who looked, as the audit says it.
 */
#ifndef LOOKS_SPAN_H
#define LOOKS_SPAN_H

#include "base/text.h"
#include "secret/seal.h"

#define TRACE_ID_SIZE 16
#define SPAN_ID_SIZE  8

/* The kind of identifier that a subject is. */
#define SPAN_SUBJECT_TYPE "pseudonym"

/* The trace that a read belongs to. */
struct trace {
	uint8_t id[TRACE_ID_SIZE];
	bool is_foreign;
	uint8_t foreign_span[SPAN_ID_SIZE]; /* of the caller */
};

/* That of a `traceparent` (W3C); a new one where that is NULL or not in its form. */
struct trace trace_of(const char *traceparent);

/* Texts that are borrowed. */
struct span {
	const struct trace *trace;
	const uint8_t *id;
	const uint8_t *parent; /* another span of the same read; NULL: none */
	const char *name;      /* what was done */
	const char *who;
	const char *entity; /* the URI of who called, where the trace is foreign */
	const char *activity;
	int64_t start_us;
	int64_t end_us;
	bool is_of_person;
	const char *subject; /* in base64, sealed; NULL: nobody, or there is no key */
};

/* Appends the line. */
void span_print(const struct span *span, struct text *out);

#endif
