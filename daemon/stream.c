/*
 * daemon/stream.c - see stream.h.
 *
 * A connection lives until its last batch is answered, also when the peer is gone:
 * the committer may hold its memory.
 */
#include "daemon/stream.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/logging.h"
#include "base/done_queue.h"
#include "daemon/http/leash.h"
#include "daemon/http/listener.h"
#include "daemon/http/taken.h"
#include "daemon/patience.h"
#include "daemon/transport.h"
#include "proto/stream.h"

#define PIPELINED_MAX 64        /* batches of one connection that wait */
#define WORK_ARENA    65536     /* for replies without rejections */
#define MESSAGE_EXTRA 64        /* of a message beyond its events */
#define LENGTH_BYTES  10        /* a varint has at most so many */
#define OUTPUT_MAX    (1 << 20) /* replies that a peer does not read: reading pauses */
#define HELLO_MAX     4096      /* bytes of a message before the hello is taken */
#define PIECE_MAX     16384     /* bytes of a message for which no memory is held yet */
#define RETRY_MS      5         /* until the committer is asked again, or for memory */
#define SHORTAGE_MS   200       /* without listening, after a shortage of descriptors */
#define LINGER_MS     2000      /* for a peer to read why the connection ends */
#define IDLE_SENTENCE "no message came for too long"

struct stream {
	struct server *server;
	pthread_t thread; /* the loop's: all but work_committed() runs there */
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *done_event;
	struct event *shortage_timer;
	struct done_queue done;
	struct stream_connection *connections;
	size_t connection_count;
	bool quiet; /* no more messages are read */
};

/* A connection goes through these in this order, and may leave some out; never back. */
enum connection_phase {
	CONNECTION_OPEN,      /* messages are taken */
	CONNECTION_HUNG_UP,   /* the peer sends no more, but may still read answers */
	CONNECTION_ENDING,    /* for the reason in `farewell`: no message is taken */
	CONNECTION_CUT,       /* and a batch got no answer: later ones get none either */
	CONNECTION_LINGERING, /* it was told why; what it still sends is thrown away */
};

struct stream_connection {
	struct stream *stream;
	enum connection_phase phase;
	struct transport transport; /* without a socket: the peer is gone */
	struct event *retry;
	struct access *access;         /* held; what `partner` is of */
	const struct partner *partner; /* NULL: no hello yet */
	int32_t day;                   /* on which the token was looked at */
	struct partner_counter *counter;
	char *token;              /* to be looked up again after SIGHUP */
	size_t length_max;        /* of a message */
	struct origin origin;     /* where it comes from */
	struct patience patience; /* with a peer from which no whole message comes */
	struct stranger stranger; /* until the hello */
	struct leash leash;       /* see stream_sweep() */
	uint64_t turns;           /* messages that came whole, and answers */
	uint64_t turns_seen;      /* of which the leash knows */

	/* Of the memory that all share; all HELD_FOR_PEER. */
	struct account *account; /* the partner's; the strangers' before the hello */
	size_t input_held;       /* for what comes before it is known how long it is */
	size_t message_held;     /* for the message that comes; 0: it is not known yet */
	size_t output_held;      /* for answers that are not read yet */
	bool starved; /* there was none, or it came too fast: reading pauses until `retry` */

	size_t pending;           /* batches the committer has */
	struct stream_work *last; /* of these, the newest; NULL: there are none */
	size_t pongs;             /* that wait until a batch before them is answered */
	struct stream_work *held; /* a batch the committer had no room for */
	struct text farewell;     /* sent after the answers to what came before */
	struct stream_connection *next;
	struct stream_connection **place; /* of the pointer to this one */
};

/* A batch on its way. */
struct stream_work {
	struct done done;
	struct stream_connection *connection;
	uint64_t number;
	uint8_t *message;
	struct bytes events; /* in the message */
	size_t message_held; /* as the connection's; a message that waits for memory is no work */
	bool is_read;        /* the delivery was made; else there was no memory for it */
	struct delivery delivery;
	size_t pongs; /* to pings that came after it: sent after its answer */
};

static void connection_read(struct stream_connection *connection);

static void check_thread(const struct stream *stream)
{
	CHECK(pthread_equal(stream->thread, pthread_self()));
}

static void phase_enter(struct stream_connection *connection, enum connection_phase phase)
{
	CHECK(phase >= connection->phase);
	connection->phase = phase;
}

/* Gives back some of what the connection holds. */
static void memory_give(struct stream_connection *connection, size_t *held)
{
	share_give(&connection->account->share, HELD_FOR_PEER, *held);
	*held = 0;
}

static void work_free(struct stream_work *work)
{
	CHECK(work->connection->last != work);
	if (work->is_read)
		delivery_release(&work->delivery);
	memory_give(work->connection, &work->message_held);
	free(work->message);
	free(work);
}

/* The connection counts for its partner no more. */
static void counter_drop(struct stream_connection *connection)
{
	if (connection->counter == NULL)
		return;
	CHECK(connection->counter->connections > 0);
	connection->counter->connections--;
	connection->counter = NULL;
}

/* Frees the connection when nobody needs it any more. */
static void connection_reap(struct stream_connection *connection)
{
	struct stream *stream = connection->stream;
	check_thread(stream);
	if (connection->transport.socket != NULL || connection->pending > 0)
		return;
	CHECK(connection->last == NULL && connection->pongs == 0);
	CHECK(*connection->place == connection && stream->connection_count > 0);
	if (connection->held != NULL)
		work_free(connection->held);
	counter_drop(connection);
	memory_give(connection, &connection->input_held);
	memory_give(connection, &connection->message_held);
	memory_give(connection, &connection->output_held);
	strangers_remove(&stream->server->strangers, &connection->stranger);
	*connection->place = connection->next;
	if (connection->next != NULL)
		connection->next->place = connection->place;
	event_free(connection->retry);
	transport_release(&connection->transport);
	access_drop(connection->access);
	free(connection->token);
	text_release(&connection->farewell);
	free(connection);
	stream->connection_count--;
	CHECK(atomic_fetch_sub(&stream->server->counters.stream_connections, 1) > 0);
}

/* The peer is gone, or has been told all. */
static void connection_hang_up(struct stream_connection *connection)
{
	/* Who looks whether a port is open sends nothing, and has failed in nothing. */
	if (!transport_is_ready(&connection->transport) &&
		(connection->transport.heard || connection->phase >= CONNECTION_ENDING))
		server_handshake_failed(
			connection->stream->server, &connection->origin, DOOR_STREAM);
	transport_hang_up(&connection->transport);
	memory_give(connection, &connection->input_held);
	memory_give(connection, &connection->message_held);
	memory_give(connection, &connection->output_held);
	connection_reap(connection);
}

/* What it still sends is thrown away. */
static void on_late(struct bufferevent *buffer, void *context)
{
	const struct stream_connection *connection = context;
	struct evbuffer *input = bufferevent_get_input(buffer);
	CHECK(connection->phase == CONNECTION_LINGERING && connection->pending == 0);
	evbuffer_drain(input, evbuffer_get_length(input));
}

static void on_late_end(struct bufferevent *buffer, short what, void *context)
{
	(void)buffer;
	(void)what;
	connection_hang_up(context);
}

/* Is there nothing left to say to a connection that ends? */
static bool connection_is_over(const struct stream_connection *connection)
{
	return connection->phase != CONNECTION_OPEN && connection->pending == 0 &&
	       connection->held == NULL && !connection->starved &&
	       connection->transport.socket != NULL &&
	       transport_waiting(&connection->transport) == 0;
}

/*
 * All is said. Whoever was told why may be sending still: closed now, TCP would throw away
 * the reason with what it sends. So it may read for a moment.
 */
static void connection_end(struct stream_connection *connection)
{
	const struct timeval patience = { LINGER_MS / 1000, LINGER_MS % 1000 * 1000 };
	CHECK(connection_is_over(connection));
	/* When that is sent it ends here once more. */
	if (connection->phase != CONNECTION_LINGERING && transport_bye(&connection->transport))
		return;
	if (connection->phase < CONNECTION_ENDING || !transport_is_ready(&connection->transport) ||
		connection->phase == CONNECTION_LINGERING ||
		shutdown(bufferevent_getfd(connection->transport.socket), SHUT_WR) != 0) {
		connection_hang_up(connection);
		return;
	}
	phase_enter(connection, CONNECTION_LINGERING);
	counter_drop(connection);
	bufferevent_setcb(connection->transport.socket, on_late, NULL, on_late_end, connection);
	on_late(connection->transport.socket, connection);
	bufferevent_enable(connection->transport.socket, EV_READ);
	event_add(connection->retry, &patience);
}

static bool is_paused(const struct stream_connection *connection)
{
	CHECK(connection->transport.socket != NULL);
	return connection->held != NULL || connection->starved ||
	       connection->pending + connection->pongs >= PIPELINED_MAX ||
	       connection->phase >= CONNECTION_ENDING || connection->stream->quiet ||
	       transport_waiting(&connection->transport) > OUTPUT_MAX;
}

/* Ends the connection without a word: there is no way to say one. */
static void connection_break(struct stream_connection *connection)
{
	if (connection->phase < CONNECTION_ENDING)
		phase_enter(connection, CONNECTION_ENDING);
	connection->starved = false;
	bufferevent_disable(connection->transport.socket, EV_READ);
	/* With nothing to send, nothing would ever end it. */
	bufferevent_trigger(connection->transport.socket, EV_WRITE, BEV_OPT_DEFER_CALLBACKS);
}

/* Answers are in order: where there is no memory for one, none may follow. */
static void reply_send(struct stream_connection *connection, struct text *reply)
{
	if (connection->transport.socket != NULL &&
		(reply->failed || !transport_write(&connection->transport, text_bytes(reply))))
		connection_break(connection);
	text_release(reply);
}

/* Sends the farewell once all before it is answered. */
static void farewell_send(struct stream_connection *connection)
{
	CHECK(connection->farewell.length == 0 || connection->phase >= CONNECTION_ENDING);
	if (connection->pending == 0 && connection->farewell.length > 0)
		reply_send(connection, &connection->farewell);
}

/* Says what is wrong, after the answers to what came before; then the connection ends. */
static void connection_fail(
	struct stream_connection *connection, const char *code, const char *sentence)
{
	struct arena arena;
	if (connection->phase >= CONNECTION_ENDING || connection->transport.socket == NULL)
		return;
	if (!transport_is_ready(&connection->transport)) {
		connection_break(connection);
		return;
	}
	CHECK(connection->farewell.length == 0);
	phase_enter(connection, CONNECTION_ENDING);
	connection->starved = false;
	bufferevent_disable(connection->transport.socket, EV_READ);
	if (arena_init(&arena, WORK_ARENA) == OK) {
		if (stream_error_add(code, sentence, &arena, &connection->farewell) != OK)
			text_release(&connection->farewell);
		arena_release(&arena);
	}
	farewell_send(connection);
	if (connection->farewell.failed || connection->farewell.length == 0)
		connection_break(connection);
}

/* The same when a batch gets no answer: answers are in order, so that no later one gets any. */
static void connection_cut(
	struct stream_connection *connection, const char *code, const char *sentence)
{
	CHECK(connection->pending > 0);
	connection_fail(connection, code, sentence);
	phase_enter(connection, CONNECTION_CUT);
}

/* In the committer's thread. */
static void work_committed(struct submission *submission)
{
	struct stream_work *work = submission->context;
	CHECK(submission->outcome != OUTCOME_WAITING);
	CHECK(!pthread_equal(work->connection->stream->thread, pthread_self()));
	done_push(&work->connection->stream->done, &work->done);
}

/* The answer waits for the peer now; the room for it was held with the batch. */
static void result_hold(struct stream_work *work, size_t length)
{
	struct stream_connection *connection = work->connection;
	struct delivery *delivery = &work->delivery;
	size_t moved = length < delivery->held ? length : delivery->held;
	if (connection->transport.socket == NULL)
		return;
	share_move(&connection->account->share, HELD_FOR_WORK, HELD_FOR_PEER, moved);
	delivery->held -= moved;
	connection->output_held += moved;
}

static void result_send(struct stream_work *work)
{
	struct stream_connection *connection = work->connection;
	struct ingest_result result;
	struct text reply = { 0 };
	CHECK(connection->phase < CONNECTION_CUT);
	if (delivery_result(&work->delivery, &result) == OK &&
		stream_result_add(work->number, &result, &work->delivery.arena, &reply) == OK) {
		result_hold(work, reply.length);
		reply_send(connection, &reply);
		return;
	}
	text_release(&reply);
	connection_cut(connection, "unavailable", "there is no memory; send the batch again");
}

/* Why, and that it can be sent again. */
static void work_refuse(struct stream_work *work)
{
	struct reason why = { "the events could not be written" };
	char sentence[sizeof(why.text) + 32];
	committer_is_short_of_space(work->connection->stream->server->committer, &why);
	snprintf(sentence, sizeof(sentence), "%s; send the batch again later", why.text);
	connection_cut(work->connection, "unavailable", sentence);
}

static void pongs_send(struct stream_connection *connection, size_t count)
{
	struct arena arena;
	CHECK(count <= PIPELINED_MAX);
	if (count == 0)
		return;
	if (arena_init(&arena, WORK_ARENA) != OK) {
		if (connection->transport.socket != NULL)
			connection_break(connection);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct text reply = { 0 };
		if (stream_pong_add(&arena, &reply) != OK)
			reply.failed = true;
		reply_send(connection, &reply);
	}
	arena_release(&arena);
}

/* After the answer of a batch: the pongs to the pings that came behind it. */
static void work_pongs_send(struct stream_work *work)
{
	struct stream_connection *connection = work->connection;
	CHECK(connection->pongs >= work->pongs);
	if (connection->phase != CONNECTION_CUT)
		pongs_send(connection, work->pongs);
	connection->pongs -= work->pongs;
	if (connection->last == work)
		connection->last = NULL;
}

/* In the loop's thread, in the order in which the committer was done. */
static void work_finish(struct done *done)
{
	struct stream_work *work =
		(struct stream_work *)((char *)done - offsetof(struct stream_work, done));
	struct stream_connection *connection = work->connection;
	struct server *server = connection->stream->server;
	check_thread(connection->stream);
	CHECK(connection->pending > 0 && connection->phase != CONNECTION_LINGERING);
	switch (work->delivery.submission.outcome) {
	case OUTCOME_DURABLE:
		/* In order: with an answer missing, a later one would be taken for it. */
		if (connection->phase != CONNECTION_CUT)
			result_send(work);
		refresher_wake(server->refresher);
		break;
	case OUTCOME_REFUSED:
	case OUTCOME_AWAY:
		work_refuse(work);
		break;
	case OUTCOME_FAILED:
		connection_cut(connection, "unknown",
			"the commit failed; whether the batch is stored is unknown: send it again "
			"later, that is safe");
		break;
	case OUTCOME_WAITING:
		check_failed("a finished submission", __FILE__, __LINE__);
	}
	work_pongs_send(work);
	work_free(work);
	connection->pending--;
	connection->turns++;
	if (connection->transport.socket == NULL) {
		connection_reap(connection);
		return;
	}
	farewell_send(connection);
	connection_read(connection);
	if (connection_is_over(connection))
		connection_end(connection);
}

/* Tries again in a moment. */
static void retry_soon(struct stream_connection *connection)
{
	const struct timeval retry = { 0, RETRY_MS * 1000 };
	event_add(connection->retry, &retry);
}

/* Hands a batch over; keeps it when the committer has no room. */
static void work_submit(struct stream_work *work)
{
	struct stream_connection *connection = work->connection;
	CHECK(connection->pending < PIPELINED_MAX && work->is_read);
	CHECK(connection->held == NULL || connection->held == work);
	enum err err =
		committer_submit(connection->stream->server->committer, &work->delivery.submission);
	connection->held = NULL;
	if (err == OK) {
		connection->pending++;
		connection->last = work;
	} else if (err == ERR_FULL) {
		connection->held = work;
		retry_soon(connection);
	} else {
		work_free(work);
		connection_fail(connection, "unavailable", "ladderd is stopping");
	}
}

/* Reads the batch of a message and hands it over; keeps it when there is no memory for it. */
static void work_begin(struct stream_work *work)
{
	struct reason reason = { "" };
	struct stream_connection *connection = work->connection;
	CHECK(connection->partner != NULL);
	if (work->is_read) {
		work_submit(work);
		return;
	}
	enum err err = delivery_read(&work->delivery, &connection->stream->server->reception,
		connection->partner, &connection->account->share, work->events, BATCH_PROTOBUF,
		&reason);
	if (err == ERR_CONFLICT) {
		connection->held = work;
		retry_soon(connection);
		return;
	}
	connection->held = NULL;
	if (err != OK) {
		work_free(work);
		connection_fail(
			connection, err == ERR_FULL ? "too_large" : "bad_frame", reason.text);
		return;
	}
	work->is_read = true;
	account_pushed(connection->account, work->delivery.batch.count, work->events.length,
		clock_monotonic_us(&connection->stream->server->clock));
	work->delivery.submission.done = work_committed;
	work->delivery.submission.context = work;
	work_submit(work);
}

static void on_retry(evutil_socket_t fd, short what, void *context)
{
	struct stream_connection *connection = context;
	(void)fd;
	(void)what;
	check_thread(connection->stream);
	if (connection->phase == CONNECTION_LINGERING && connection->transport.socket != NULL) {
		connection_hang_up(connection);
		return;
	}
	if (connection->transport.socket == NULL)
		return;
	connection->starved = false;
	if (connection->held != NULL)
		work_begin(connection->held);
	connection_read(connection);
	if (connection_is_over(connection))
		connection_end(connection);
}

/* The key of the certificate that the peer showed, if it counts now; else NULL. */
static const uint8_t *client_key_of(struct stream_connection *connection)
{
	const struct server *server = connection->stream->server;
	return transport_client_key(&connection->transport, server->certificates.of[DOOR_STREAM],
		clock_now_us(&server->clock) / US_PER_SECOND);
}

/* The rights may have changed since, or the token's last day be over: whose is it now? */
static bool partner_find(struct stream_connection *connection)
{
	struct server *server = connection->stream->server;
	CHECK(connection->token != NULL && connection->access != NULL);
	int32_t today = server_today(server);
	const uint8_t *key = client_key_of(connection);
	if (connection->access != server->access || connection->day != today) {
		access_drop(connection->access);
		connection->access = access_hold(server->access);
		connection->day = today;
		connection->partner = access_find(
			connection->access, bytes_of_string(connection->token), key, today)
					      .partner;
	}
	return connection->partner != NULL &&
	       client_key_fits(&connection->partner->client_key, key);
}

/*
 * As much may wait unread as a message of that length has, which memory is held for. Under TLS
 * that waits opened: in the socket's buffer there is a piece at most.
 */
static void input_bound(struct stream_connection *connection, size_t length)
{
	size_t piece = connection->length_max < PIECE_MAX ? connection->length_max : PIECE_MAX;
	if (transport_is_tls(&connection->transport))
		length = 0;
	bufferevent_setwatermark(connection->transport.socket, EV_READ, 0,
		(length > piece ? length : piece) + LENGTH_BYTES);
}

/* How much may wait unread, and for how long nothing may come: little before the hello. */
static void bounds_set(struct stream_connection *connection, size_t bytes, bool greeted)
{
	const struct server *server = connection->stream->server;
	size_t seconds = server->config->limits_idle_seconds_max;
	if (!greeted && server->config->limits_headers_seconds_max < seconds)
		seconds = server->config->limits_headers_seconds_max;
	patience_begin(&connection->patience, &server->clock, seconds);
	const struct timeval idle = { (time_t)seconds, 0 };
	CHECK(bytes > 0 && seconds > 0);
	connection->length_max = bytes;
	input_bound(connection, 0);
	bufferevent_set_timeouts(connection->transport.socket, &idle, &idle);
}

/* Writes what became of the token that a connection shows. */
static void token_audit(const struct stream_connection *connection, enum audit_outcome outcome)
{
	char who[SERVER_WHO_MAX];
	const struct identity identity = { .partner = connection->partner };
	const struct audit_entry entry = {
		.kind = AUDIT_SIGN_IN,
		.who = server_who(&identity, NULL, who),
		.what = "stream",
		.from = connection->origin.text,
		.outcome = outcome,
	};
	server_audit(connection->stream->server, &entry);
}

/* A wrong token: counts it, and the connection ends. */
static void token_refuse(struct stream_connection *connection)
{
	unsigned seconds =
		server_wrong_token(connection->stream->server, &connection->origin, BY_STREAM);
	token_audit(connection, seconds > 0 ? AUDIT_DELAYED : AUDIT_REFUSED);
	connection_fail(connection, "unauthorized",
		seconds > 0 ? "the token is no partner's, and too many wrong ones came from this "
			      "address: wait before the next one"
			    : "the token is no partner's");
}

/* What it holds is the partner's from here on. False: there is no memory. */
static bool account_take(struct stream_connection *connection)
{
	struct server *server = connection->stream->server;
	const struct identity identity = { .partner = connection->partner };
	memory_give(connection, &connection->input_held);
	memory_give(connection, &connection->message_held);
	connection->account =
		account_of(server->accounts, &identity, clock_monotonic_us(&server->clock));
	if (!share_take(&connection->account->share, HELD_FOR_PEER, PIECE_MAX))
		return false;
	connection->input_held = PIECE_MAX;
	return true;
}

/* A follower takes nothing: the main does. */
static void follower_says(struct stream_connection *connection)
{
	struct text sentence = { 0 };
	text_printf(&sentence, "this ladderd follows %s and takes no events: send them there",
		connection->stream->server->config->follow_main);
	connection_fail(connection, "unavailable",
		sentence.failed ? "this ladderd takes no events" : sentence.data);
	text_release(&sentence);
}

static void hello_take(struct stream_connection *connection, const struct stream_request *request)
{
	struct stream *stream = connection->stream;
	const struct config *config = stream->server->config;
	const struct stream_limits limits = {
		.message_bytes_max = config->limits_body_bytes_max,
		.batch_events_max = config->limits_batch_events_max,
		.pipelined_batches_max = PIPELINED_MAX,
	};
	struct arena arena;
	struct text reply = { 0 };
	if (connection->token != NULL) {
		connection_fail(connection, "bad_request", "hello is said once");
		return;
	}
	if (request->protocol_version != STREAM_PROTOCOL_VERSION) {
		connection_fail(connection, "bad_request", "protocol_version must be 1");
		return;
	}
	CHECK(connection->access == NULL && connection->counter == NULL);
	connection->token = strndup((const char *)request->token.data, request->token.length);
	if (connection->token == NULL) {
		connection_fail(connection, "unavailable", "there is no memory; try again");
		return;
	}
	connection->access = access_hold(stream->server->access);
	connection->day = server_today(stream->server);
	connection->partner = access_find(
		connection->access, request->token, client_key_of(connection), connection->day)
				      .partner;
	if (connection->partner == NULL) {
		token_refuse(connection);
		return;
	}
	token_audit(connection, AUDIT_ACCEPTED);
	struct partner_counter *counter = counters_partner(
		&stream->server->counters, bytes_of_string(connection->partner->name));
	if (counter->connections >= config->limits_connections_per_partner_max) {
		connection_fail(connection, "too_many_connections",
			"this partner has too many connections open");
		return;
	}
	counter->connections++;
	connection->counter = counter;
	server_stranger_known(stream->server, &connection->stranger);
	if (committer_follows(stream->server->committer)) {
		follower_says(connection);
		return;
	}
	if (!account_take(connection)) {
		connection_fail(connection, "unavailable", "there is no memory; try again");
		return;
	}
	bounds_set(connection, config->limits_body_bytes_max + MESSAGE_EXTRA, true);
	enum err err = arena_init(&arena, WORK_ARENA);
	if (err == OK) {
		err = stream_welcome_add(&limits, &arena, &reply);
		arena_release(&arena);
	}
	if (err == OK) {
		reply_send(connection, &reply);
		return;
	}
	text_release(&reply);
	connection_fail(connection, "unavailable", "there is no memory; try again");
}

/* Answers come in order: a pong says that all before the ping is answered. */
static void ping_take(struct stream_connection *connection)
{
	if (connection->last == NULL) {
		pongs_send(connection, 1);
		return;
	}
	CHECK(connection->pending > 0 && connection->last->connection == connection);
	connection->last->pongs++;
	connection->pongs++;
}

/* Begins with the batch of a message, which is taken. */
static void batch_take(struct stream_connection *connection, const struct stream_request *request,
	uint8_t *message)
{
	CHECK(connection->partner != NULL && connection->held == NULL);
	struct stream_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		free(message);
		connection_fail(connection, "unavailable", "there is no memory; try again");
		return;
	}
	work->connection = connection;
	work->number = request->number;
	work->message = message;
	work->events = request->events;
	work->done.finish = work_finish;
	work->message_held = connection->message_held;
	connection->message_held = 0;
	work_begin(work);
}

/* One whole message, which is taken. */
static void message_take(struct stream_connection *connection, uint8_t *message, size_t length)
{
	struct arena arena;
	struct stream_request request;
	CHECK(length <= connection->length_max && connection->phase < CONNECTION_ENDING);
	if (arena_init(&arena, length + WORK_ARENA) != OK) {
		free(message);
		connection_fail(connection, "unavailable", "there is no memory; try again");
		return;
	}
	enum err err = stream_request_read(bytes_of(message, length), &arena, &request);
	if (err == OK && request.kind == STREAM_BATCH && request.events.length > 0 &&
		(request.events.data < message || request.events.data >= message + length)) {
		/* Put together in the arena: keep that instead. */
		CHECK(request.events.length <= length);
		memcpy(message, request.events.data, request.events.length);
		request.events.data = message;
	}
	arena_release(&arena);
	if (err != OK) {
		free(message);
		if (err == ERR_FULL)
			connection_fail(connection, "unavailable", "there is no memory; try again");
		else
			connection_fail(connection, "bad_frame", "the message is no StreamRequest");
		return;
	}
	if (request.kind == STREAM_HELLO) {
		hello_take(connection, &request);
	} else if (connection->token == NULL) {
		connection_fail(connection, "unauthorized", "hello comes first");
	} else if (!partner_find(connection)) {
		token_audit(connection, AUDIT_REFUSED);
		connection_fail(connection, "unauthorized", "the token is no partner's any more");
	} else if (request.kind == STREAM_BATCH) {
		batch_take(connection, &request, message);
		return;
	} else {
		ping_take(connection);
	}
	free(message);
}

/*
 * The length of the next message, and of the bytes that say it. ERR_NOT_FOUND: it is not there
 * yet. ERR_INVALID: it is broken. ERR_FULL: it is too long.
 */
static enum err head_read(
	struct evbuffer *input, size_t length_max, size_t *head_length, size_t *message_length)
{
	uint8_t head[LENGTH_BYTES];
	uint64_t length;
	ev_ssize_t got = evbuffer_copyout(input, head, sizeof(head));
	if (got <= 0)
		return ERR_NOT_FOUND;
	struct bytes rest = bytes_of(head, (size_t)got);
	if (varint_take(&rest, &length) != OK)
		return got < LENGTH_BYTES ? ERR_NOT_FOUND : ERR_INVALID;
	if (length > length_max)
		return ERR_FULL;
	*head_length = (size_t)got - rest.length;
	*message_length = (size_t)length;
	return OK;
}

/*
 * Cuts the next message out of what has come; holds memory for it before the most of it comes.
 * ERR_NOT_FOUND: it is not whole yet. ERR_INVALID: a broken length. ERR_FULL: too long.
 * ERR_CONFLICT: there is no memory for it now.
 */
static enum err message_cut(struct stream_connection *connection, uint8_t **out, size_t *length_out)
{
	struct evbuffer *input = transport_input(&connection->transport);
	size_t head_length, length;
	enum err err = head_read(input, connection->length_max, &head_length, &length);
	if (err != OK)
		return err;
	if (connection->message_held == 0 && length > 0) {
		if (!share_take(&connection->account->share, HELD_FOR_PEER, length))
			return ERR_CONFLICT;
		connection->message_held = length;
	}
	CHECK(connection->message_held == length);
	if (evbuffer_get_length(input) - head_length < length) {
		input_bound(connection, length);
		return ERR_NOT_FOUND;
	}
	uint8_t *message = malloc(length + 1);
	if (message == NULL)
		return ERR_CONFLICT;
	evbuffer_drain(input, head_length);
	CHECK(evbuffer_remove(input, message, length) == (int)length);
	input_bound(connection, 0);
	*out = message;
	*length_out = length;
	return OK;
}

/* Does the partner send more than it may in a second? Then reading pauses until it may again. */
static bool is_too_fast(struct stream_connection *connection)
{
	int64_t wait_us = account_wait_us(
		connection->account, clock_monotonic_us(&connection->stream->server->clock));
	if (wait_us == 0)
		return false;
	if (wait_us > US_PER_SECOND)
		wait_us = US_PER_SECOND; /* it is looked at again */
	const struct timeval wait = { wait_us / US_PER_SECOND, wait_us % US_PER_SECOND };
	connection->starved = true;
	event_add(connection->retry, &wait);
	return true;
}

/* Has TLS open what came. False: there is no more to take now. */
static bool connection_open_more(struct stream_connection *connection)
{
	enum err err = transport_more(&connection->transport);
	if (err == ERR_IO && connection->phase == CONNECTION_OPEN)
		phase_enter(connection, CONNECTION_HUNG_UP);
	else if (err == ERR_INVALID)
		connection_break(connection);
	return err == OK;
}

/* Takes whole messages until there are none, or reading pauses. */
static void connection_read(struct stream_connection *connection)
{
	check_thread(connection->stream);
	while (!is_paused(connection) && !is_too_fast(connection)) {
		uint8_t *message;
		size_t length;
		enum err err = message_cut(connection, &message, &length);
		if (err == ERR_NOT_FOUND && connection_open_more(connection))
			continue;
		if (err == ERR_NOT_FOUND)
			break;
		connection->turns++;
		patience_renew(&connection->patience);
		if (err == OK) {
			message_take(connection, message, length);
			memory_give(connection, &connection->message_held);
		} else if (err == ERR_CONFLICT) {
			connection->starved = true;
			retry_soon(connection);
		} else if (err == ERR_FULL)
			connection_fail(connection, "too_large", "the message is too long");
		else
			connection_fail(connection, "bad_frame", "the length is no varint");
	}
	/* While its answers are awaited nobody counts the peer's silence. */
	if (is_paused(connection) || connection->pending > 0)
		patience_renew(&connection->patience);
	if (is_paused(connection) || connection->phase == CONNECTION_HUNG_UP)
		bufferevent_disable(connection->transport.socket, EV_READ);
	else
		bufferevent_enable(connection->transport.socket, EV_READ);
}

/* Bytes came. Only a whole message gives the peer new time: see patience.h. */
static void on_read(struct bufferevent *buffer, void *context)
{
	struct stream_connection *connection = context;
	(void)buffer;
	connection_read(connection);
	/* Under TLS the peer may have said that no more comes. */
	if (connection->phase == CONNECTION_HUNG_UP && connection_is_over(connection)) {
		connection_end(connection);
		return;
	}
	if (!is_paused(connection) && connection->pending == 0 &&
		patience_is_over(&connection->patience))
		connection_fail(connection, "idle", IDLE_SENTENCE);
}

/* All that was written is sent. */
static void on_written(struct bufferevent *buffer, void *context)
{
	struct stream_connection *connection = context;
	(void)buffer;
	memory_give(connection, &connection->output_held);
	connection_read(connection);
	if (connection_is_over(connection))
		connection_end(connection);
}

static void on_event(struct bufferevent *buffer, short what, void *context)
{
	struct stream_connection *connection = context;
	bool reading = (what & BEV_EVENT_READING) != 0;
	(void)buffer;
	if ((what & BEV_EVENT_TIMEOUT) != 0 && reading) {
		if (connection->pending == 0 && connection->held == NULL)
			connection_fail(connection, "idle", IDLE_SENTENCE);
		else
			bufferevent_enable(connection->transport.socket, EV_READ);
		return;
	}
	if ((what & BEV_EVENT_EOF) != 0 && reading && connection->phase < CONNECTION_ENDING) {
		/* What came before its end is answered still. */
		phase_enter(connection, CONNECTION_HUNG_UP);
		connection_read(connection);
		if (connection_is_over(connection))
			connection_end(connection);
		return;
	}
	connection_hang_up(connection);
}

/* It makes room for others; nothing of it waits, since it said no hello. */
static void stranger_cut(struct stranger *stranger)
{
	struct stream_connection *connection =
		(struct stream_connection *)((char *)stranger -
					     offsetof(struct stream_connection, stranger));
	CHECK(connection->pending == 0 && connection->held == NULL);
	if (connection->transport.socket != NULL)
		connection_hang_up(connection);
}

static bool connection_new(
	struct stream *stream, evutil_socket_t fd, const struct sockaddr *address)
{
	static const struct networks nobody = { NULL, 0 };
	struct origin origin;
	origin_find(address, NULL, &nobody, &origin);
	if (!server_admits(stream->server, &origin, DOOR_STREAM))
		return false;
	struct stream_connection *connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return false;
	connection->stream = stream;
	connection->account = &stream->server->accounts->strangers;
	if (!share_take(&connection->account->share, HELD_FOR_PEER, 2 * HELLO_MAX)) {
		free(connection);
		return false;
	}
	connection->input_held = 2 * HELLO_MAX;
	connection->origin = origin;
	connection->retry = evtimer_new(stream->base, on_retry, connection);
	/* An answer is small and does not wait until the one before it has arrived. */
	const int on = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connection->retry == NULL ||
		transport_init(&connection->transport, stream->base, fd,
			stream->server->certificates.of[DOOR_STREAM]) != OK) {
		if (connection->retry != NULL)
			event_free(connection->retry);
		memory_give(connection, &connection->input_held);
		free(connection);
		return false;
	}
	connection->next = stream->connections;
	connection->place = &stream->connections;
	if (connection->next != NULL)
		connection->next->place = &connection->next;
	stream->connections = connection;
	stream->connection_count++;
	atomic_fetch_add(&stream->server->counters.stream_connections, 1);
	bufferevent_setcb(connection->transport.socket, on_read, on_written, on_event, connection);
	bounds_set(connection, HELLO_MAX, false);
	connection->stranger.cut = stranger_cut;
	server_stranger_came(
		stream->server, &connection->stranger, &connection->origin, DOOR_STREAM);
	bufferevent_enable(connection->transport.socket, EV_READ | EV_WRITE);
	return true;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
	int length, void *context)
{
	struct stream *stream = context;
	struct server *server = stream->server;
	(void)listener;
	(void)length;
	bool full = server_connections(server) >= server->config->limits_connections_max;
	if ((full && !strangers_cut_oldest(&server->strangers, NULL)) ||
		!connection_new(stream, fd, address))
		evutil_closesocket(fd);
}

/* Too few descriptors, most likely: rest a while. */
static void on_shortage(struct evconnlistener *listener, void *context)
{
	struct stream *stream = context;
	const struct timeval pause = { 0, SHORTAGE_MS * 1000 };
	evconnlistener_disable(listener);
	event_add(stream->shortage_timer, &pause);
}

static void on_shortage_over(evutil_socket_t fd, short what, void *context)
{
	struct stream *stream = context;
	(void)fd;
	(void)what;
	if (!stream->quiet)
		evconnlistener_enable(stream->listener);
}

/* What the connection of a partner waits for; how many bytes have moved of that. */
static enum leash_stage stage_of(const struct stream_connection *connection, uint64_t *bytes)
{
	*bytes = 0;
	if (transport_waiting(&connection->transport) > 0) {
		*bytes = taken_of(bufferevent_getfd(connection->transport.socket)).bytes;
		return LEASH_READER;
	}
	if (is_paused(connection) || connection->pending > 0)
		return LEASH_DAEMON;
	*bytes = evbuffer_get_length(transport_input(&connection->transport));
	return *bytes > 0 ? LEASH_BODY : LEASH_DAEMON;
}

static void connection_watch(
	struct stream_connection *connection, const struct leash_limits *limits, int64_t now_us)
{
	uint64_t bytes;
	if (connection->turns != connection->turns_seen)
		leash_begin(&connection->leash, limits, false, now_us);
	connection->turns_seen = connection->turns;
	enum leash_stage stage = stage_of(connection, &bytes);
	if (!leash_is_over(&connection->leash, limits, stage, bytes, false, now_us))
		return;
	if (stage == LEASH_BODY)
		connection_fail(connection, "idle", "the rest of the message does not come");
	else
		connection_hang_up(connection);
}

void stream_sweep(struct stream *stream)
{
	struct stream_connection *next;
	if (stream == NULL)
		return;
	const struct config *config = stream->server->config;
	const struct leash_limits limits = {
		.transfer_us_max = (int64_t)config->limits_transfer_seconds_max * US_PER_SECOND,
		.bytes_per_second_min = config->limits_transfer_bytes_per_second_min,
	};
	int64_t now_us = clock_monotonic_us(&stream->server->clock);
	for (struct stream_connection *at = stream->connections; at != NULL; at = next) {
		next = at->next;
		if (at->transport.socket != NULL && at->counter != NULL)
			connection_watch(at, &limits, now_us);
	}
}

static void on_done(evutil_socket_t fd, short what, void *context)
{
	struct stream *stream = context;
	(void)fd;
	(void)what;
	check_thread(stream);
	done_queue_run(&stream->done);
}

static void stream_free(struct stream *stream)
{
	CHECK(stream->connections == NULL && stream->connection_count == 0);
	if (stream->done_event != NULL)
		event_free(stream->done_event);
	if (stream->shortage_timer != NULL)
		event_free(stream->shortage_timer);
	if (stream->listener != NULL)
		evconnlistener_free(stream->listener);
	done_queue_release(&stream->done);
	free(stream);
}

enum err stream_start(struct server *server, struct event_base *base, int listener,
	struct stream **out, struct reason *reason)
{
	*out = NULL;
	CHECK(server->committer != NULL && server->refresher != NULL && server->access != NULL);
	if (listener < 0)
		return OK;
	struct stream *stream = calloc(1, sizeof(*stream));
	if (stream == NULL || done_queue_init(&stream->done) != OK) {
		evutil_closesocket(listener);
		free(stream);
		return fail(reason, ERR_FULL, "the stream does not start");
	}
	stream->server = server;
	stream->thread = pthread_self();
	stream->base = base;
	stream->listener = evconnlistener_new(base, on_accept, stream,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, listener);
	if (stream->listener == NULL)
		evutil_closesocket(listener);
	stream->done_event =
		event_new(base, stream->done.fd, EV_READ | EV_PERSIST, on_done, stream);
	stream->shortage_timer = evtimer_new(base, on_shortage_over, stream);
	if (stream->listener == NULL || stream->done_event == NULL ||
		stream->shortage_timer == NULL) {
		stream_free(stream);
		return fail(reason, ERR_FULL, "the stream does not start");
	}
	evconnlistener_set_error_cb(stream->listener, on_shortage);
	event_add(stream->done_event, NULL);
	*out = stream;
	return OK;
}

void stream_address(const struct stream *stream, char *out, size_t size)
{
	if (stream == NULL)
		snprintf(out, size, "off");
	else
		listener_address(evconnlistener_get_fd(stream->listener), out, size);
}

void stream_quiesce(struct stream *stream)
{
	if (stream == NULL || stream->quiet)
		return;
	check_thread(stream);
	stream->quiet = true;
	evconnlistener_disable(stream->listener);
	for (struct stream_connection *at = stream->connections; at != NULL; at = at->next) {
		if (at->transport.socket != NULL)
			bufferevent_disable(at->transport.socket, EV_READ);
	}
}

bool stream_is_answered(const struct stream *stream)
{
	if (stream == NULL)
		return true;
	for (struct stream_connection *at = stream->connections; at != NULL; at = at->next) {
		if (at->pending > 0 ||
			(at->transport.socket != NULL && transport_waiting(&at->transport) > 0))
			return false;
	}
	return true;
}

void stream_stop(struct stream *stream)
{
	if (stream == NULL)
		return;
	stream_quiesce(stream);
	done_queue_run(&stream->done);
	while (stream->connections != NULL) {
		struct stream_connection *connection = stream->connections;
		CHECK(connection->pending == 0 && connection->last == NULL);
		if (connection->transport.socket != NULL)
			connection_hang_up(connection);
		else
			connection_reap(connection);
	}
	stream_free(stream);
}
