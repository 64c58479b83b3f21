/*
 * tools/push/stream_client.h - one connection to the stream of a daemon, as its sender has it.
 *
 * Nothing waits but stream_client_connect() and stream_client_wait(), both for a bounded time. Who
 * has something to send and reads no replies may wait for ever: the daemon stops reading then.
 */
#ifndef TOOLS_PUSH_STREAM_CLIENT_H
#define TOOLS_PUSH_STREAM_CLIENT_H

#include "base/clock.h"
#include "base/text.h"
#include "proto/stream.h"
#include "tools/common/daemon_tls.h"

struct stream_client;

/*
 * `address` is tcp://HOST:PORT or HOST:PORT, or tls://HOST:PORT; `tls` was checked. Connects to
 * nobody yet. ERR_INVALID: it is no such address, or a file of `tls` will not do. ERR_FULL: there
 * is no memory.
 */
enum err stream_client_open(const char *address, const struct daemon_tls *tls,
	const struct clock *clock, struct stream_client **out, struct reason *reason) NODISCARD;
void stream_client_close(struct stream_client *sender);

/*
 * Connects, says hello and waits for the answer: OK, and *reply is a welcome or an error,
 * valid until the next call. ERR_IO: no connection, or no answer in time.
 * ERR_INVALID: it is no ladderd's stream. ERR_CONFLICT: under TLS the two do not agree, or its
 * certificate is not believed. On error it is not connected.
 */
enum err stream_client_connect(struct stream_client *sender, const char *token,
	struct stream_reply *reply, struct reason *reason) NODISCARD;
void stream_client_disconnect(struct stream_client *sender);
bool stream_client_is_connected(const struct stream_client *sender);

/*
 * Sends what goes without waiting of `head` and then `body`, from byte *sent on, and moves
 * *sent. ERR_IO: the connection is broken; there may still be replies to take.
 */
enum err stream_client_send(struct stream_client *sender, struct bytes head, struct bytes body,
	size_t *sent, struct reason *reason) NODISCARD;

/*
 * Takes the next reply that has come, of at most `bytes_max` bytes, valid until the next call.
 * ERR_NOT_FOUND: none is there, or not whole. ERR_IO: none will come any more. ERR_INVALID: it
 * is no reply, or longer.
 */
enum err stream_client_take(struct stream_client *sender, size_t bytes_max,
	struct stream_reply *reply, struct reason *reason) NODISCARD;

/*
 * Waits until a reply may be there or, with `to_send`, something can be sent. ERR_IO: there
 * was neither in `ms` milliseconds.
 */
enum err stream_client_wait(
	struct stream_client *sender, bool to_send, int ms, struct reason *reason) NODISCARD;

#endif
