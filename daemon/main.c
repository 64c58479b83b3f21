/*
 * daemon/main.c - ladderd: options, starting and ending.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/check.h"
#include "base/guard.h"
#include "base/logging.h"
#include "base/memory.h"
#include "daemon/arguments.h"
#include "daemon/http/listener.h"
#include "daemon/loop.h"
#include "daemon/process/activation.h"
#include "daemon/process/calls.h"
#include "daemon/process/landlock.h"
#include "daemon/process/notify.h"
#include "daemon/process/opener.h"
#include "daemon/process/privileges.h"
#include "daemon/process/wipe.h"
#include "daemon/server/auditing.h"
#include "daemon/server/control.h"
#include "daemon/server/follower.h"
#include "daemon/server/node.h"
#include "daemon/server/peers.h"
#include "daemon/server/postgres.h"
#include "daemon/server/publishing.h"
#include "daemon/stream.h"
#include "daemon/web/gate.h"
#include "daemon/web/routes.h"
#include "daemon/web/site.h"

/* A thread that gets on with nothing for longer is stuck, and a restart may help. A disk that
 * writes a transaction and a fold of a very large log take their time. */
#define COMMITTER_STILL_US_MAX (5 * 60 * US_PER_SECOND)
#define REFRESHER_STILL_US_MAX (15 * 60 * US_PER_SECOND)

/* All of the daemon: what is served from, and the doors. */
struct daemon {
	const struct arguments *line;
	struct server server;
	struct web web;
	struct http *http;
	struct stream *stream; /* NULL: off */
	int control_listener;  /* -1: none, or handed over */
	struct control *control;
	struct loop *loop;
	struct activation listeners; /* until the doors have them */
	struct notify notify;
	bool follows;           /* at the start */
	uint64_t counted_seq;   /* of a follower: partners were looked at up to here */
	struct opener opener;   /* of the access log */
	bool still;             /* a thread stands still */
	unsigned erasures_seen; /* after which answers were ended */
};

/* Reads file and flags; tells all that is wrong. */
static enum err configure(const struct arguments *line, struct config **out)
{
	struct problems problems = { 0 };
	struct text follow = { 0 }, token = { 0 };
	const char *flags[SETTINGS_MAX + 4] = { NULL };
	size_t count = line->setting_count;
	memcpy(flags, line->settings, count * sizeof(*flags));
	if (line->as_root)
		flags[count++] = "process.as_root=yes";
	if (line->follow != NULL) {
		text_printf(&follow, "follow.main=%s", line->follow);
		flags[count++] = follow.data;
	}
	if (line->follow_token != NULL) {
		text_printf(&token, "follow.token_file=%s", line->follow_token);
		flags[count++] = token.data;
	}
	bool failed = follow.failed || token.failed;
	enum err err = failed ? ERR_FULL : config_load(line->config_path, flags, out, &problems);
	text_release(&follow);
	text_release(&token);
	for (size_t i = 0; i < problems.count; i++)
		logging(SEVERITY_ERROR, "%s", problems.sentences[i]);
	if (err == ERR_FULL && problems.count == 0)
		logging(SEVERITY_ERROR, "there is no memory");
	problems_release(&problems);
	return err;
}

/* Writes that the operator had the daemon do something. */
static void audit_act(const struct server *server, const char *what, enum audit_outcome outcome)
{
	const struct audit_entry entry = {
		.kind = AUDIT_ACT,
		.who = "operator",
		.what = what,
		.from = "local",
		.outcome = outcome,
	};
	server_audit(server, &entry);
}

/* The certificates anew, from where they were at the start; connections that are open stay. */
static void certificates_reload(struct daemon *daemon)
{
	struct server *server = &daemon->server;
	struct certificates *certificates = &server->certificates;
	if (certificates->of[DOOR_HTTP] == NULL && certificates->of[DOOR_STREAM] == NULL)
		return;
	if (certificates_read_again(server->config, clock_now_us(&server->clock), certificates))
		logging(SEVERITY_INFO, "the certificates were read again");
	if (certificates->of[DOOR_HTTP] != NULL)
		http_show(daemon->http, certificates->of[DOOR_HTTP]);
	certificates_count(certificates, &server->counters);
}

/* How it is, in a line for `systemctl status`: what /readyz says. The caller releases *out. */
static const char *status_print(const struct server *server, struct text *out)
{
	struct reason reason;
	if (server_cannot_serve(server, &reason)) {
		text_printf(out, "not ready: %s", reason.text);
	} else {
		text_printf(out, "serving, %llu records",
			(unsigned long long)atomic_load(&server->counters.last_seq));
		server_warnings_add(server, "; ", "", out);
	}
	return out->failed ? "there is not enough memory" : out->data;
}

/* Tells the manager that the daemon serves. */
static void ready_tell(const struct daemon *daemon)
{
	struct text status = { 0 };
	notify_ready(&daemon->notify, status_print(&daemon->server, &status));
	text_release(&status);
}

/* Ends the waits of who follows the log that are over. */
static void tails_turn(struct daemon *daemon, bool all)
{
	const struct server *server = &daemon->server;
	tail_turn(&daemon->web.tail, atomic_load(&server->counters.last_seq),
		clock_monotonic_us(&server->clock), all);
}

/*
 * SIGHUP: partners, analysts, scrapers, names and certificates anew; all else stays until a
 * restart.
 */
static void reload(void *context)
{
	struct daemon *daemon = context;
	struct server *server = &daemon->server;
	struct config *config;
	notify_reloading(&daemon->notify, clock_monotonic_us(&server->clock));
	if (configure(daemon->line, &config) != OK) {
		logging(SEVERITY_ERROR, "the configuration is wrong: the old one stays in force");
		audit_act(server, "reload", AUDIT_REFUSED);
		ready_tell(daemon);
		return;
	}
	certificates_reload(daemon);
	auditing_rotate(server);
	access_drop(server->access);
	server->access = access_hold(config->access);
	config_free(config);
	tails_turn(daemon, true);
	site_cache_forget_pages(&daemon->web.site->cache);
	if (server_partners_read(server) != OK)
		logging(SEVERITY_WARNING, "the newest record of a partner cannot be read");
	logging(SEVERITY_INFO, "partners, analysts, scrapers and municipalities were read again");
	audit_act(server, "reload", AUDIT_DONE);
	ready_tell(daemon);
}

/* After an erasure: who was shown the people before is hung up on. */
static void answers_forget(struct daemon *daemon)
{
	struct server *server = &daemon->server;
	unsigned erasures = atomic_load(&server->erasures);
	if (erasures != daemon->erasures_seen)
		http_end_requests(daemon->http, gate_shows_persons);
	daemon->erasures_seen = erasures;
	if (http_ending(daemon->http) == 0)
		atomic_store(&server->forgotten, erasures);
}

/* Of a follower nobody pushes: when a partner was heard of last, its log says. */
static void followed_count(struct daemon *daemon)
{
	struct server *server = &daemon->server;
	uint64_t seq = atomic_load(&server->counters.last_seq);
	if (server->follower == NULL || seq == daemon->counted_seq)
		return;
	daemon->counted_seq = seq;
	if (server_partners_read(server) != OK)
		logging(SEVERITY_WARNING, "the newest record of a partner cannot be read");
}

/*
 * Ends the waits that are over and the answers that an erasure ends; forgets what is too old.
 * Tells the manager that the daemon is alive, as long as that is so: the loop turns, or this were
 * not called, and neither thread that all wait for has stood still for very long.
 */
static void turn(void *context)
{
	struct daemon *daemon = context;
	struct server *server = &daemon->server;
	int64_t committer_us = committer_still_us(server->committer);
	int64_t refresher_us = refresher_still_us(server->refresher);
	bool still = committer_us > COMMITTER_STILL_US_MAX || refresher_us > REFRESHER_STILL_US_MAX;
	if (still && !daemon->still)
		logging(SEVERITY_ERROR, "the %s has stood still for %lld s",
			committer_us > COMMITTER_STILL_US_MAX ? "committer" : "refresher",
			(long long)((committer_us > COMMITTER_STILL_US_MAX ? committer_us
									   : refresher_us) /
				    US_PER_SECOND));
	daemon->still = still;
	int64_t now_us = clock_monotonic_us(&server->clock);
	answers_forget(daemon);
	tails_turn(daemon, server->stopping);
	outcomes_forget(&server->outcomes, clock_now_us(&server->clock));
	arena_pool_rest(&server->arenas);
	memory_wipe_stack();
	atomic_fetch_add(&server->turns, 1);
	followed_count(daemon);
	/* Others need not answer any more. */
	if (server->stopping)
		peers_stop(server->peers);
	if (still || !notify_is_due(&daemon->notify, now_us))
		return;
	struct text status = { 0 };
	notify_alive(&daemon->notify, now_us, status_print(server, &status));
	text_release(&status);
}

/* As many descriptors as the system allows: connections must not starve the store. */
static void descriptors_raise(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0)
		logging(SEVERITY_WARNING, "the limit of open files could not be raised");
}

/* Who could publish by * before must be told; that it cannot is no error. */
static void say_who_published_by_star(const struct access *access)
{
	for (size_t i = 0; i < access->partner_count; i++) {
		if (rights_published_by_star(&access->partners[i].rights))
			logging(SEVERITY_WARNING,
				"[partner %s] could publish by * before; * includes neither "
				"report_published nor the municipality any more: if it publishes, "
				"name both, as types = *, report_published and municipalities = "
				"*, GM0823",
				access->partners[i].name);
	}
}

static void warn_of_nobody(const struct access *access)
{
	if (access->partner_count == 0)
		logging(SEVERITY_WARNING, "there is no [partner]: nobody may push events");
	if (access->analyst_count == 0)
		logging(SEVERITY_INFO, "there is no [analyst]: nobody reads more than what is "
				       "published");
}

/* Was it told to end, before the loop hears of it? */
static bool signal_waits(void)
{
	sigset_t waiting;
	return sigpending(&waiting) == 0 &&
	       (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

static enum err threads_start(struct server *server, bool follows, struct reason *reason)
{
	const struct committer_limits limits = {
		.batches_max = server->config->limits_queue_batches_max,
		.bytes_max = config_queue_bytes_max(server->config),
		.follows = follows,
		.clustered = node_is_one(server->config),
	};
	enum err err = committer_start(
		server->log, &server->clock, &limits, &server->counters, &server->committer);
	if (err == OK)
		err = workers_start(server->config->limits_workers,
			server->config->limits_worker_queue_max, &server->workers);
	if (err == OK)
		err = refresher_start(server->log, server->config->store_path, &server->clock,
			server->committer, &server->counters, &server->refresher);
	if (err == OK)
		err = caretaker_start(server->log, &server->clock, &server->caretaker);
	if (err == OK)
		err = node_start(server, DEFINITIONS);
	if (err != OK)
		return fail(reason, err, "the threads do not start");
	return server->front != NULL ? server_erasures_await(server, signal_waits, reason) : OK;
}

static enum err listeners_open(struct daemon *daemon, struct reason *reason)
{
	const struct config *config = daemon->server.config;
	struct activation *listeners = &daemon->listeners;
	if (listeners->http < 0)
		listeners->http = listener_open(&config->http_listen, reason);
	if (listeners->http < 0)
		return ERR_IO;
	if (listeners->stream < 0 && !config->stream_listen.off) {
		listeners->stream = listener_open(&config->stream_listen, reason);
		if (listeners->stream < 0)
			return ERR_IO;
	}
	return OK;
}

static void listeners_close(struct daemon *daemon)
{
	if (daemon->listeners.http >= 0)
		close(daemon->listeners.http);
	if (daemon->listeners.stream >= 0)
		close(daemon->listeners.stream);
	if (daemon->control_listener >= 0)
		close(daemon->control_listener);
}

/* Of the system, for names and certificates of others: these need not be there. */
static const char *const of_system[] = {
	"/etc/resolv.conf",
	"/etc/ssl/certs/ca-certificates.crt",
};

/* The files that may be read later, and the store. */
#define CONFINED_FILES_MAX 256
struct confined_files {
	struct landlock_path paths[CONFINED_FILES_MAX];
	size_t count;
	bool failed;
};

static void confined_put(struct confined_files *files, const char *path, enum landlock_kind kind)
{
	if (path == NULL || path[0] == '\0')
		return;
	files->failed = files->failed || files->count == CONFINED_FILES_MAX;
	if (!files->failed)
		files->paths[files->count++] = (struct landlock_path){ path, kind };
}

static void confined_add(struct confined_files *files, const char *path)
{
	confined_put(files, path, LANDLOCK_FILE);
}

static void confined_read(struct confined_files *files, const char *path)
{
	confined_put(files, path, LANDLOCK_FOUND);
}

/*
 * From here on whoever takes the process over can do little more with it than it does: before
 * there are threads, and anybody is heard.
 */
static enum err confine(const struct daemon *daemon, struct reason *reason)
{
	const struct config *config = daemon->server.config;
	/* What SIGHUP reads, beside the store; and what is read to ask another ladderd. */
	bool node = node_is_one(config);
	bool outgoing = daemon->follows || daemon->server.peers != NULL || node;
	const char *const files[] = { daemon->line->config_path, config->http_certificate,
		config->http_key, config->http_client_ca, config->stream_certificate,
		config->stream_key, config->stream_client_ca, config->follow_token_file,
		config->follow_ca };
	const char *found[POSTGRES_FILES_MAX];
	struct confined_files to = { .count = 1 };
	to.paths[0] = (struct landlock_path){ config->store_path, LANDLOCK_FOLDER };
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		confined_add(&to, files[i]);
	for (size_t i = 0; node && i < postgres_files(&daemon->server.intake, found); i++)
		confined_read(&to, found[i]);
	for (size_t i = 0; i < daemon->server.access->peer_count; i++) {
		confined_add(&to, daemon->server.access->peers[i].token_file);
		confined_add(&to, daemon->server.access->peers[i].ca);
	}
	for (size_t i = 0; outgoing && i < ARRAY_LENGTH(of_system); i++) {
		if (access(of_system[i], R_OK) == 0)
			confined_add(&to, of_system[i]);
	}
	if (to.failed)
		return fail(reason, ERR_INVALID, "there are more than %d files of [peer NAME]",
			CONFINED_FILES_MAX);
	unsigned version = landlock_version();
	enum err err = OK;
	if (version > 0 && !CALLS_INSTRUMENTED)
		err = landlock_confine(to.paths, to.count, outgoing, reason);
	if (err == OK)
		err = calls_confine(outgoing, reason);
	if (err == OK && CALLS_INSTRUMENTED)
		logging(SEVERITY_WARNING, "built to be watched: it is confined by little");
	else if (err == OK && version == 0)
		logging(SEVERITY_WARNING,
			"confined: system calls by seccomp; this kernel has no Landlock, so that "
			"files are confined by their rights alone");
	else if (err == OK)
		logging(SEVERITY_INFO,
			"confined: system calls by seccomp, files by Landlock of version %u",
			version);
	return err;
}

static enum err doors_open(struct daemon *daemon, struct reason *reason)
{
	daemon->server.strangers = (struct strangers){
		.max = daemon->server.config->limits_strangers_max,
		.address_max = daemon->server.config->limits_strangers_per_address_max,
	};
	daemon->web.server = &daemon->server;
	if (site_new(&daemon->web.site) != OK)
		return fail(reason, ERR_FULL, "no memory");
	certificates_count(&daemon->server.certificates, &daemon->server.counters);
	struct http_options options = routes_options(&daemon->web);
	options.listener = daemon->listeners.http;
	daemon->listeners.http = -1;
	enum err err = http_start(&options, &daemon->http, reason);
	if (err == OK)
		err = loop_new(&daemon->loop, reason);
	if (err != OK)
		return err;
	int listener = daemon->listeners.stream;
	daemon->listeners.stream = -1;
	return stream_start(
		&daemon->server, loop_base(daemon->loop), listener, &daemon->stream, reason);
}

/* The operator's socket, which has a thread of its own. */
static enum err control_begin(struct daemon *daemon, struct reason *reason)
{
	int listener = daemon->control_listener;
	enum err err = control_start(&daemon->server, listener, &daemon->control);
	if (err != OK)
		return fail(reason, err, "the thread of the operator's socket does not start");
	daemon->control_listener = -1;
	return OK;
}

/* The operator's requests ask all others. Workers and refresher ask the committer: it ends last. */
static void daemon_stop(struct daemon *daemon)
{
	struct server *server = &daemon->server;
	atomic_store(&server->front_ends, true);
	/* Whoever is waited for below may wait for a row that finds no room. */
	if (server->committer != NULL)
		committer_give_up(server->committer);
	control_stop(daemon->control);
	follower_stop(server->follower);
	peers_stop(server->peers);
	caretaker_stop(server->caretaker);
	workers_stop(server->workers);
	refresher_stop(server->refresher);
	front_stop(server->front);
	committer_stop(server->committer);
	/* Requests that the threads have finished are answered here: none may stay suspended. */
	if (daemon->http != NULL)
		http_run(daemon->http);
	http_stop(daemon->http);
	stream_stop(daemon->stream);
	arena_pool_release(&server->arenas);
	workers_free(server->workers);
	refresher_free(server->refresher);
	front_free(server->front);
	postgres_free(&server->intake);
	committer_free(server->committer);
	caretaker_free(server->caretaker);
	site_free(daemon->web.site);
	loop_free(daemon->loop);
	follower_free(server->follower);
	peers_free(server->peers);
	log_close(server->log);
	access_log_free(server->access_log);
	opener_stop(&daemon->opener);
}

static void say_where(const struct daemon *daemon, uint64_t seq)
{
	char http[80], stream[80];
	http_address(daemon->http, http, sizeof(http));
	stream_address(daemon->stream, stream, sizeof(stream));
	const struct certificates *certificates = &daemon->server.certificates;
	logging(SEVERITY_INFO, "version %s, store %s at record %llu, http%s://%s, stream %s%s",
		LADDERD_VERSION, daemon->server.config->store_path, (unsigned long long)seq,
		certificates->of[DOOR_HTTP] != NULL ? "s" : "", http,
		certificates->of[DOOR_STREAM] != NULL ? "tls://" : "", stream);
}

static int opener_ask(void *context, const char *path)
{
	(void)path;
	return opener_open(context);
}

/* The process that opens the access log for the confined daemon; before there is anything in it. */
static enum err access_log_begin(struct daemon *daemon, struct reason *reason)
{
	char path[FILE_PATH_MAX];
	struct server *server = &daemon->server;
	enum err err = auditing_path(server->config, path, reason);
	if (err == OK)
		err = opener_start(&daemon->opener, access_log_open_file, path, reason);
	if (err != OK)
		return err;
	err = access_log_new(path, opener_ask, &daemon->opener, &server->access_log);
	return err == OK ? OK : fail(reason, err, "no memory");
}

/* What asks other ladderds: before the process is confined. */
static enum err others_begin(struct daemon *daemon, struct reason *reason)
{
	struct server *server = &daemon->server;
	enum err err = daemon->follows ? follower_new(server, &server->follower) : OK;
	if (err == OK && server->access->peer_count > 0)
		err = peers_new(server->access, &server->clock, &server->peers);
	return err == OK ? OK : fail(reason, err, "no memory");
}

static enum err store_begin(struct server *server, struct reason *reason)
{
	const struct log_options options = {
		.path = server->config->store_path,
		.size_max = server->config->store_size_max,
		.reserve = server->config->limits_store_reserve,
		.person_events_max = (uint32_t)server->config->limits_events_per_person_max,
		.partner_municipalities_max =
			(uint32_t)server->config->limits_partner_municipalities_max,
		/* In a cluster each row says which set is current. */
		.definitions = node_is_one(server->config) ? 0 : DEFINITIONS,
	};
	enum err err = log_open(&options, LOG_WRITE, &server->log, reason);
	if (err == OK)
		err = node_prepare(server, reason);
	return err == OK ? server_erasures_check(server, reason) : err;
}

static enum err serve(struct daemon *daemon)
{
	struct reason reason = { "" };
	struct server *server = &daemon->server;
	memory_large_apart();
	enum err err = follower_check(server->config, &daemon->follows, &reason);
	if (err == OK)
		err = access_log_begin(daemon, &reason);
	if (err == OK)
		err = store_begin(server, &reason);
	/* The committer's from when it has started. */
	uint64_t seq = err == OK ? log_last_seq(server->log) : 0;
	if (err == OK && (err = publishing_warn(server)) != OK)
		err = store_fail(&reason, err, "what was published");
	if (err == OK && (err = server_partners_read(server)) != OK)
		err = store_fail(&reason, err, "the newest record of a partner");
	if (err == OK)
		err = auditing_begin(server, &reason);
	if (err == OK)
		err = others_begin(daemon, &reason);
	if (err == OK)
		err = listeners_open(daemon, &reason);
	if (err == OK)
		err = control_listen(
			server->config->store_path, &daemon->control_listener, &reason);
	if (err == OK)
		err = confine(daemon, &reason);
	if (err == OK)
		err = threads_start(server, daemon->follows, &reason);
	if (err == OK) {
		atomic_store(&server->opened, true);
		err = doors_open(daemon, &reason);
	}
	if (err == OK)
		err = control_begin(daemon, &reason);
	if (err == OK) {
		say_where(daemon, seq);
		audit_act(server, "start", AUDIT_DONE);
		warn_of_nobody(server->access);
		ready_tell(daemon);
		if (server->follower != NULL && follower_start(server->follower) != OK)
			err = fail(&reason, ERR_FULL, "the thread that follows does not start");
	}
	if (err == OK) {
		const struct loop_duties duties = {
			.server = server,
			.http = daemon->http,
			.stream = daemon->stream,
			.reload = reload,
			.turn = turn,
			.context = daemon,
		};
		err = loop_run(daemon->loop, &duties, &reason);
		notify_stopping(&daemon->notify);
	}
	daemon_stop(daemon);
	listeners_close(daemon);
	if (err != OK)
		logging(SEVERITY_ERROR, "%s", reason.text);
	else
		logging(SEVERITY_INFO, "stopped");
	return err;
}

/*
 * From here on the process is who it stays. SIGHUP reads the configuration as that user. The
 * exit code, when it must not go on.
 */
static int user_settle(const struct config *config, const char *config_path)
{
	struct reason reason = { "" };
	enum err err =
		config->process_as_root ? OK : privileges_become(config->process_user, &reason);
	if (err == OK)
		err = privileges_hide(&reason);
	if (err == OK && config_path != NULL && access(config_path, R_OK) != 0)
		err = fail(&reason, ERR_INVALID,
			"the user %s cannot read the configuration %s, which SIGHUP reads again",
			config->process_user, config_path);
	if (err != OK) {
		logging(SEVERITY_ERROR, "%s", reason.text);
		return EX_NOPERM;
	}
	return EX_OK;
}

/* Nobody else may write the store, nor read it from here on. The exit code. */
static int store_guard(const char *path)
{
	struct reason reason = { "" };
	bool tightened = false;
	enum err err = guard_folder(path, "the store", &tightened, &reason);
	if (err != OK) {
		logging(SEVERITY_ERROR, "%s", reason.text);
		return err == ERR_INVALID ? EX_NOPERM : err_exit_code(err);
	}
	if (tightened)
		logging(SEVERITY_WARNING,
			"the store %s could be read by others: that right was taken away", path);
	return EX_OK;
}

/* The certificates, as the user that the process stays. The exit code. */
static int certificates_settle(struct server *server)
{
	enum err err = certificates_read(
		server->config, clock_now_us(&server->clock), &server->certificates);
	return err == OK ? EX_OK : EX_CONFIG;
}

/*
 * A socket that was handed over takes the place of `listen`, and what holds for that holds for it:
 * beyond loopback nothing travels in clear unless that was said. The exit code.
 */
static int handed_over_check(const struct activation *listeners, const struct config *config)
{
	const struct {
		const char *name;
		int fd;
		bool clear, plaintext;
	} doors[] = {
		{ "http", listeners->http, config->http_certificate[0] == '\0',
			config->http_plaintext },
		{ "stream", listeners->stream, config->stream_certificate[0] == '\0',
			config->stream_plaintext },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(doors); i++) {
		if (doors[i].fd < 0 || listener_is_loopback(doors[i].fd))
			continue;
		bool in_clear = doors[i].clear && !doors[i].plaintext;
		if (!in_clear && config->audit_key.given)
			continue;
		if (!in_clear)
			logging(SEVERITY_ERROR, "[audit] key: " CONFIG_KEY_NEEDED);
		else
			logging(SEVERITY_ERROR,
				"the socket that was handed over as %s is not loopback, and tokens "
				"would travel in clear: give [%s] certificate and key, or "
				"plaintext = yes where a proxy has TLS",
				doors[i].name, doors[i].name);
		return EX_CONFIG;
	}
	return EX_OK;
}

/* A store that is where the default was before would be left behind, unseen. The exit code. */
static int store_left_behind(const char *path)
{
	if (strcmp(path, CONFIG_STORE_PATH_SYSTEM) != 0 || access(path, F_OK) == 0 ||
		access(CONFIG_STORE_PATH_BEFORE "/data.mdb", F_OK) != 0)
		return EX_OK;
	logging(SEVERITY_ERROR,
		"there is a store in %s, where it was by default before: move its files into %s, "
		"or give [store] path",
		CONFIG_STORE_PATH_BEFORE, path);
	return EX_CONFIG;
}

/* What it must be, and have, before it serves; what is wrong is told. The exit code. */
static int settle(struct daemon *daemon)
{
	const struct config *config = daemon->server.config;
	int code = user_settle(config, daemon->line->config_path);
	if (code == EX_OK)
		code = certificates_settle(&daemon->server);
	if (code == EX_OK)
		code = store_left_behind(config->store_path);
	if (code == EX_OK)
		code = store_guard(config->store_path);
	if (code == EX_OK)
		code = handed_over_check(&daemon->listeners, config);
	if (code == EX_OK && config->stream_listen.off && daemon->listeners.stream >= 0) {
		logging(SEVERITY_ERROR,
			"a socket was handed over as stream, but [stream] listen is off");
		code = EX_CONFIG;
	}
	return code;
}

/* Makes what those who come are counted with. */
static void server_count(struct server *server)
{
	static struct accounts accounts;
	const struct config *config = server->config;
	const struct account_limits limits = {
		.memory_max = config->limits_memory_max,
		.events_per_second_max = config->limits_partner_events_per_second_max,
		.bytes_per_second_max = config->limits_partner_bytes_per_second_max,
	};
	counters_init(&server->counters, clock_now_us(&server->clock));
	outcomes_init(&server->outcomes, clock_now_us(&server->clock));
	accounts_init(&accounts, &limits, clock_monotonic_us(&server->clock));
	server->accounts = &accounts;
	server->arenas.bytes_max = (size_t)config->limits_memory_max / 8;
	server->reception = (struct reception){
		.events_max = config->limits_batch_events_max,
		.committer = &server->committer,
		.counters = &server->counters,
		.outcomes = &server->outcomes,
		.access = &server->access,
		.arenas = &server->arenas,
		.round_to = (uint32_t)config->public_round_to,
	};
	server->access = access_hold(config->access);
}

/* --check-config: the values go together; what they lead to is looked at. The exit code. */
static int configuration_check(struct server *server)
{
	int code = certificates_settle(server);
	say_who_published_by_star(server->config->access);
	if (code == EX_OK)
		logging(SEVERITY_INFO, "the configuration is right");
	return code;
}

int main(int argc, char **argv)
{
	static struct arguments line;
	static struct daemon daemon = { .control_listener = -1, .opener = { .socket = -1 } };
	struct server *server = &daemon.server;
	wipe_begin();
	logging_init("ladderd");
	int code = arguments_read(argc, argv, &line);
	if (code != -1)
		return code;
	daemon.line = &line;
	/* Paths are fixed here: the file that is read first is the one that SIGHUP reads. */
	if (line.config_path == NULL && access(CONFIG_PATH_DEFAULT, F_OK) == 0)
		line.config_path = CONFIG_PATH_DEFAULT;
	struct reason reason;
	if (activation_take(&daemon.listeners, &reason) != OK) {
		logging(SEVERITY_ERROR, "%s", reason.text);
		return EX_CONFIG;
	}
	if (privileges_drop(&reason) != OK) {
		logging(SEVERITY_ERROR, "%s", reason.text);
		return EX_OSERR;
	}
	signals_block(true);
	server->clock = clock_system();
	audit_open(&server->audit);
	enum err err = configure(&line, &server->config);
	if (err != OK) {
		if (!line.check_only)
			audit_act(server, "start", AUDIT_REFUSED);
		audit_close(&server->audit);
		return err == ERR_IO ? EX_NOINPUT : err == ERR_FULL ? EX_OSERR : EX_CONFIG;
	}
	if (line.check_only)
		code = configuration_check(server);
	else
		code = settle(&daemon);
	if (line.check_only || code != EX_OK) {
		if (!line.check_only)
			audit_act(server, "start", AUDIT_REFUSED);
		audit_close(&server->audit);
		certificates_release(&server->certificates);
		config_free(server->config);
		return code;
	}
	/* Writing to a peer that has hung up is then an error, and does not end the process; and so
	 * is a file that may not grow. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	descriptors_raise();
	notify_open(&daemon.notify);
	server_count(server);
	err = sign_ins_new(&server->sign_ins);
	if (err == OK)
		err = arrivals_new(
			server->config->limits_handshakes_per_second_max, &server->arrivals);
	if (err == OK)
		err = serve(&daemon);
	else
		logging(SEVERITY_ERROR, "there is no memory");
	audit_act(server, "stop", err == OK ? AUDIT_DONE : AUDIT_FAILED);
	audit_close(&server->audit);
	notify_close(&daemon.notify);
	accounts_release(server->accounts);
	sign_ins_free(server->sign_ins);
	arrivals_free(server->arrivals);
	counters_release(&server->counters);
	outcomes_release(&server->outcomes);
	access_drop(server->access);
	certificates_release(&server->certificates);
	config_free(server->config);
	return err == ERR_INVALID ? EX_CONFIG : err_exit_code(err);
}
