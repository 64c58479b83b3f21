/*
 * daemon/stream.h - the stream door: TCP, for volume.
 *
 * Each message is a varint length and that many bytes: StreamRequest in, StreamReply out.
 * Hello first; batches may be pipelined, answers come in order, each after its batch is
 * durable, a pong after the answers to all before its ping. While too much waits, reading
 * pauses: nothing is dropped.
 */
#ifndef DAEMON_STREAM_H
#define DAEMON_STREAM_H

#include "daemon/server/server.h"

struct event_base;
struct stream;

/*
 * Takes `listener`, a socket of listener_open(), also when it fails; -1: the door is off, and
 * *out NULL. *reason says what failed.
 */
enum err stream_start(struct server *server, struct event_base *base, int listener,
	struct stream **out, struct reason *reason) NODISCARD;

/* The address that is listened on, with the port the system chose when it was 0. */
void stream_address(const struct stream *stream, char *out, size_t size);

/*
 * Now and then: ends the connections of which a message does not come on, or whose answers are not
 * read; see daemon/http/leash.h. Accepts NULL.
 */
void stream_sweep(struct stream *stream);

/* No new connections and no more messages; what is in flight is answered. */
void stream_quiesce(struct stream *stream);

/* True when every batch is answered and every answer sent. All of these accept NULL. */
bool stream_is_answered(const struct stream *stream);

/* Closes all connections, after the committer has ended, before the loop's base goes. */
void stream_stop(struct stream *stream);

#endif
