/*
 * tools/push/pipeline.h - gathers events into batches and sends them over the stream,
 * several before the first is answered.
 *
 * A batch is kept until its answer has come. When the connection breaks, or ends with an
 * error that passes, all that is kept is sent again: what arrived the first time is a
 * duplicate the second time, because events have ids.
 *
 * The stream takes protobuf. Events in JSON are checked and turned into it here, by the
 * code the daemon has for it; what is wrong with one by itself is a rejection here, with the
 * same code and message. What depends on the daemon's clock, on rights, or on what is in the
 * log, only the daemon can tell, and does.
 */
#ifndef TOOLS_PUSH_PIPELINE_H
#define TOOLS_PUSH_PIPELINE_H

#include "tools/common/daemon_tls.h"
#include "tools/push/report.h"
#include "tools/push/retry.h"

struct pipeline;

struct pipeline_options {
	const char *address; /* as of stream_client_open() */
	const char *token;
	const struct daemon_tls *tls; /* that was checked; outlives the pipeline */
	struct clock clock;
	size_t batch_events_max;
	const char *subject_form; /* that the daemon demands of subjects; NULL: none */
	int64_t retry_us_max; /* without an answer, the same batches are sent again for so long */
};

/*
 * Connects when there is something to send. The report and the token stay the caller's.
 * ERR_INVALID: the address is none. ERR_FULL: there is no memory.
 */
enum err pipeline_open(const struct pipeline_options *options, struct report *report,
	struct pipeline **out, struct reason *reason) NODISCARD;
void pipeline_close(struct pipeline *pipeline);

/*
 * pipeline_add() takes one event and sends when a batch is full; pipeline_flush() sends the
 * rest and waits until all is answered. pipeline_rest() is for when no event comes for a
 * while: it sends what there is, waits for the answers, and pings a daemon that has heard
 * nothing for long, lest it hangs up.
 * EX_OK, or the exit code: why is said, and the push is over.
 */
int pipeline_add(struct pipeline *pipeline, const struct source_item *item) NODISCARD;
int pipeline_flush(struct pipeline *pipeline) NODISCARD;
int pipeline_rest(struct pipeline *pipeline) NODISCARD;

#endif
