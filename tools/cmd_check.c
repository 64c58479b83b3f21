/*
 * tools/cmd_check.c - `ladder check`: one line for a monitor like Nagios, and its exit code.
 *
 * What is asked is what people look at first: does it answer, is it ready, and what do its metrics
 * say of the log, the figures, the certificate and the partners. What is worst decides.
 */
#include "tools/common/command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/plain.h"
#include "proto/event.h"
#include "tools/common/daemon_options.h"
#include "tools/push/answer.h"
#include "tools/push/http_client.h"

#define METRICS_BYTES_MAX ((size_t)16 << 20)
#define SECONDS_PER_DAY   86400.0
#define FIGURES_AGE_MAX   60.0 /* seconds */
#define FULL_RATIO_MAX    0.9

/* The exit codes of a plugin. */
enum check_state { CHECK_FINE, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

struct check_command {
	const char *to;
	const char *token_file;
	struct daemon_tls tls;
	int64_t certificate_warning_days;
	int64_t certificate_critical_days;
	int64_t silent_days;

	double now_s;
	enum check_state state;
	struct text findings; /* "; " between them */
	struct text measured; /* perfdata */
	double log_bytes, log_bytes_max, last_seq;
	bool is_health; /* the metrics of the daemon itself are there */
};

static void finding(struct check_command *check, enum check_state state, const char *format, ...)
	PRINTF_LIKE(3, 4);

static void finding(struct check_command *check, enum check_state state, const char *format, ...)
{
	char sentence[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	/* What ends a line, or begins the measurements, is in no sentence. */
	for (char *c = sentence; *c != '\0'; c++) {
		if (*c == '|' || *c == '\n')
			*c = ' ';
	}
	plain_make_string(sentence);
	if (state > check->state)
		check->state = state;
	text_printf(&check->findings, "%s%s", check->findings.length == 0 ? "" : "; ", sentence);
}

/* A sample of the text format: its name, the value of its one label or "", and what it is. */
struct metric_line {
	struct bytes name;
	struct bytes label;
	double value;
};

static bool metric_line_read(struct bytes line, struct metric_line *out)
{
	char value[64];
	size_t name = 0, space = line.length;
	while (name < line.length && line.data[name] != '{' && line.data[name] != ' ')
		name++;
	while (space > 0 && line.data[space - 1] != ' ')
		space--;
	if (name == 0 || line.data[0] == '#' || space <= name ||
		line.length - space >= sizeof(value))
		return false;
	*out = (struct metric_line){ .name = bytes_of(line.data, name) };
	const uint8_t *open = memchr(line.data, '"', space);
	const uint8_t *close =
		open == NULL ? NULL : memchr(open + 1, '"', (size_t)(line.data + space - open) - 1);
	/* What is no name could be taken for a measurement of its own. */
	if (close != NULL && identifier_is_valid(bytes_of(open + 1, (size_t)(close - open) - 1)))
		out->label = bytes_of(open + 1, (size_t)(close - open) - 1);
	memcpy(value, line.data + space, line.length - space);
	value[line.length - space] = '\0';
	char *end;
	out->value = strtod(value, &end);
	return end != value && *end == '\0';
}

static void look_at_certificate(struct check_command *check, const struct metric_line *line)
{
	double days = (line->value - check->now_s) / SECONDS_PER_DAY;
	enum check_state state = days < (double)check->certificate_critical_days  ? CHECK_CRITICAL
				 : days < (double)check->certificate_warning_days ? CHECK_WARNING
										  : CHECK_FINE;
	text_printf(&check->measured,
		" certificate_%.*s_days=%.1f;%lld:;%lld:", (int)line->label.length,
		(const char *)line->label.data, days, (long long)check->certificate_warning_days,
		(long long)check->certificate_critical_days);
	if (state != CHECK_FINE)
		finding(check, state, "the certificate of %.*s ends in %.1f days",
			(int)line->label.length, (const char *)line->label.data, days);
}

static void look_at_partner(struct check_command *check, const struct metric_line *line)
{
	double days = (check->now_s - line->value) / SECONDS_PER_DAY;
	text_printf(&check->measured, " 'silent_days_%.*s'=%.2f;%lld", (int)line->label.length,
		(const char *)line->label.data, days, (long long)check->silent_days);
	if (days > (double)check->silent_days)
		finding(check, CHECK_WARNING, "%.*s has sent nothing for %.0f days",
			(int)line->label.length, (const char *)line->label.data, days);
}

static void look_at(struct check_command *check, const struct metric_line *line)
{
	if (bytes_are(line->name, "ladderd_log_last_seq")) {
		check->is_health = true;
		check->last_seq = line->value;
	} else if (bytes_are(line->name, "ladderd_log_bytes")) {
		check->log_bytes = line->value;
	} else if (bytes_are(line->name, "ladderd_log_bytes_max")) {
		check->log_bytes_max = line->value;
	} else if (bytes_are(line->name, "ladderd_log_writable") && line->value == 0) {
		finding(check, CHECK_CRITICAL, "the log is not writable");
	} else if (bytes_are(line->name, "ladderd_scrub_findings_total") && line->value > 0) {
		finding(check, CHECK_CRITICAL, "the scrub found damage %.0f times", line->value);
	} else if (bytes_are(line->name, "ladderd_figures_age_seconds")) {
		text_printf(
			&check->measured, " figures_age=%.3fs;%.0f", line->value, FIGURES_AGE_MAX);
		if (line->value > FIGURES_AGE_MAX)
			finding(check, CHECK_WARNING, "the figures are %.0f s old", line->value);
	} else if (bytes_are(line->name, "ladderd_certificate_not_after_timestamp_seconds")) {
		look_at_certificate(check, line);
	} else if (bytes_are(line->name, "ladderd_last_event_timestamp_seconds")) {
		look_at_partner(check, line);
	}
}

static void metrics_look(struct check_command *check, struct bytes body)
{
	while (body.length > 0) {
		struct metric_line line;
		const uint8_t *end = memchr(body.data, '\n', body.length);
		size_t length = end == NULL ? body.length : (size_t)(end - body.data);
		if (metric_line_read(bytes_of(body.data, length), &line))
			look_at(check, &line);
		length += end != NULL;
		body = bytes_of(body.data + length, body.length - length);
	}
	if (!check->is_health) {
		finding(check, CHECK_UNKNOWN,
			"the metrics do not show the health of the daemon: is the token that of a "
			"scraper or an analyst?");
		return;
	}
	double warning = FULL_RATIO_MAX * check->log_bytes_max;
	text_printf(&check->measured, " log_bytes=%.0fB;%.0f;;0;%.0f records=%.0fc",
		check->log_bytes, warning, check->log_bytes_max, check->last_seq);
	if (check->log_bytes > warning)
		finding(check, CHECK_WARNING, "the store is %.0f %% full",
			100 * check->log_bytes / check->log_bytes_max);
}

/* What /readyz says: 503 with a reason, or 200 with warnings, a line each. */
static void ready_look(struct check_command *check, const struct http_answer *answer)
{
	static const char mark[] = "warning: ";
	struct reason reason;
	if (answer->status != 200) {
		problem_read(text_bytes(&answer->body), answer->status, &reason);
		finding(check, CHECK_CRITICAL, "not ready: %s", reason.text);
		return;
	}
	const char *at = answer->body.data == NULL ? "" : answer->body.data;
	while ((at = strstr(at, mark)) != NULL) {
		at += sizeof(mark) - 1;
		finding(check, CHECK_WARNING, "%.*s", (int)strcspn(at, "\n"), at);
	}
}

/* Asks for a path; false: there is no answer, which is told. */
static bool path_get(struct check_command *check, struct http_client *http, const char *path,
	size_t bytes_max, struct http_answer *answer)
{
	struct reason reason;
	if (http_client_get(http, path, "", bytes_max, answer, &reason) == OK)
		return true;
	finding(check, CHECK_CRITICAL, "it does not answer: %s", reason.text);
	return false;
}

static void daemon_look(struct check_command *check, const char *token)
{
	struct http_client *http;
	struct reason reason;
	struct http_answer answer = { 0 };
	if (http_client_open(check->to, token, &check->tls, &http, &reason) != OK) {
		finding(check, CHECK_UNKNOWN, "--to %s: %s", check->to, reason.text);
		return;
	}
	if (path_get(check, http, "/readyz", ANSWER_BYTES, &answer)) {
		ready_look(check, &answer);
		if (path_get(check, http, "/metrics", METRICS_BYTES_MAX, &answer)) {
			if (answer.status == 200)
				metrics_look(check, text_bytes(&answer.body));
			else
				finding(check, CHECK_UNKNOWN, "its metrics are refused: status %ld",
					answer.status);
		}
	}
	http_client_close(http);
	text_release(&answer.body);
}

/* Prints the line. Returns the state. */
static int state_print(struct check_command *check)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	if (check->findings.length == 0)
		finding(check, CHECK_FINE, "ready, %.0f records", check->last_seq);
	struct text line = { 0 };
	if (check->findings.failed || check->measured.failed)
		check->state = CHECK_UNKNOWN;
	text_printf(&line, "LADDERD %s - %s%s%s\n", words[check->state],
		check->findings.failed ? "there is not enough memory" : check->findings.data,
		check->measured.length == 0 ? "" : " |",
		check->measured.length == 0 ? "" : check->measured.data);
	if (line.failed || output_write(text_bytes(&line)) != OK)
		check->state = CHECK_UNKNOWN;
	text_release(&line);
	text_release(&check->findings);
	text_release(&check->measured);
	return (int)check->state;
}

int command_check(int argc, char **argv)
{
	static struct check_command check = { .to = DAEMON_ADDRESS,
		.certificate_warning_days = 21,
		.certificate_critical_days = 3,
		.silent_days = 14 };
	static const struct option_row options[] = {
		OPTION_TO(&check.to),
		OPTION_TOKEN_FILE(&check.token_file),
		{ "certificate-warning", 0, OPTION_INTEGER, &check.certificate_warning_days, 0,
			3650, "DAYS",
			"warn when the certificate ends within so many days (default 21)" },
		{ "certificate-critical", 0, OPTION_INTEGER, &check.certificate_critical_days, 0,
			3650, "DAYS", "when that is critical (default 3)" },
		{ "silent", 0, OPTION_INTEGER, &check.silent_days, 1, 3650, "DAYS",
			"warn when a partner has sent nothing for so many days (default 14)" },
		OPTIONS_TLS(check.tls),
	};
	static const struct command_line line = {
		.name = "check",
		.purpose =
			"Asks a ladderd how it is, for a monitor like Nagios or Icinga: /readyz, "
			"and /metrics\n"
			"with the token of a scraper (with municipalities = * for the partners "
			"too). One\n"
			"line says what is wrong and, after |, what was measured.",
		.example = "ladder check --to http://127.0.0.1:7400 --token-file monitor.token",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
		.exit_codes = "0 all is well\n1 warning\n2 critical: it does not answer, cannot "
			      "serve, or is damaged\n3 unknown: the check itself failed\n",
	};
	char token[TOKEN_LENGTH_MAX + 1];
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code == EX_OK)
		return code;
	if (code == OPTIONS_GO)
		code = daemon_tls_check("check", &check.tls);
	if (code == EX_OK)
		code = token_file_read("check", check.token_file, token);
	struct clock clock = clock_system();
	check.now_s = (double)clock_now_us(&clock) / (double)US_PER_SECOND;
	if (code == EX_OK)
		daemon_look(&check, token);
	else
		finding(&check, CHECK_UNKNOWN,
			"the check cannot run: see what it says on standard error");
	return state_print(&check);
}
