/*
 * tools/cmd_card.c - `ladder card`: how well a partner reports.
 */
#include "tools/common/command.h"

#include "base/check.h"
#include "base/plain.h"
#include "engine/card.h"
#include "tools/asking.h"
#include "tools/common/daemon_options.h"
#include "tools/push/answer.h"

#define CARD_PATH   "/v1/card"
#define CARD_VALUES 4096 /* of its JSON */
#define CARD_BYTES  ((size_t)64 << 10)

struct card_command {
	const char *to;
	struct daemon_tls tls;
	const char *token_file;
	const char *format;
	json_t *answer;
	struct text out;
	bool is_card; /* so far all was there that a card has */
};

/* What a text, a number of the answer is; "" and 0, and then it is no card, when it is not there.
 */
static const char *text_at(struct card_command *card, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	card->is_card = card->is_card && text != NULL;
	return text == NULL ? "" : text;
}

static long long number_at(struct card_command *card, const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);
	card->is_card = card->is_card && json_is_integer(number);
	return json_integer_value(number);
}

static const json_t *array_at(struct card_command *card, const char *key)
{
	const json_t *array = json_object_get(card->answer, key);
	card->is_card = card->is_card && json_is_array(array);
	return array;
}

/* What a daemon wrote, as a terminal may have it. */
static void add_plain(struct card_command *card, const char *text)
{
	text_add_plain(&card->out, bytes_of_string(text));
}

static void outcome_print(struct card_command *card)
{
	json_t *codes = json_object_get(card->answer, "rejected_by_code");
	json_t *count;
	const json_t *one;
	const char *code;
	size_t i;
	add_plain(card, text_at(card, card->answer, "partner"));
	text_add_string(&card->out, " on ");
	add_plain(card, text_at(card, card->answer, "as_of"));
	text_add_string(&card->out, "\n\nSince ");
	add_plain(card, text_at(card, card->answer, "since"));
	text_printf(&card->out,
		", when the daemon started:\n  %lld accepted, %lld duplicates, %lld rejected\n",
		number_at(card, card->answer, "accepted"),
		number_at(card, card->answer, "duplicates"),
		number_at(card, card->answer, "rejected"));
	card->is_card = card->is_card && json_is_object(codes);
	json_object_foreach (codes, code, count) {
		text_printf(&card->out, "  %8lld ", (long long)json_integer_value(count));
		add_plain(card, code);
		text_add_char(&card->out, '\n');
	}
	const json_t *last = array_at(card, "last_rejected");
	if (json_array_size(last) > 0)
		text_add_string(&card->out, "\nThe last that were rejected:\n");
	json_array_foreach (last, i, one) {
		const char *id = json_string_value(json_object_get(one, "id"));
		text_add_string(&card->out, "  ");
		add_plain(card, text_at(card, one, "at"));
		text_printf(&card->out, " place %lld, ", number_at(card, one, "index"));
		add_plain(card, text_at(card, one, "code"));
		text_add_string(&card->out, id == NULL ? "" : ", id ");
		add_plain(card, id == NULL ? "" : id);
		text_add_char(&card->out, '\n');
	}
}

static void reports_print(struct card_command *card)
{
	const json_t *reports = json_object_get(card->answer, "reports");
	long long records = number_at(card, reports, "records");
	long long corrections = number_at(card, reports, "corrections");
	text_printf(&card->out, "\nOf the last 91 days: %lld records, %lld of them corrections.\n",
		records, corrections);
	if (records > corrections)
		text_printf(&card->out,
			"Half of the first reports came within %lld days, nine of ten within "
			"%lld.\n",
			number_at(card, reports, "delay_p50_days"),
			number_at(card, reports, "delay_p90_days"));
}

static void types_print(struct card_command *card)
{
	const json_t *types = array_at(card, "types"), *one;
	size_t i;
	if (json_array_size(types) > 0)
		text_add_string(&card->out, "\nOf the last 365 days, by type:\n");
	json_array_foreach (types, i, one) {
		const json_t *usual = json_object_get(one, "usual_days");
		text_printf(&card->out, "  %8lld ", number_at(card, one, "records"));
		add_plain(card, text_at(card, one, "type"));
		text_printf(
			&card->out, ", the last %lld days ago", number_at(card, one, "days_since"));
		if (json_is_integer(usual))
			text_printf(&card->out, ", usually within %lld%s",
				(long long)json_integer_value(usual),
				json_is_true(json_object_get(one, "late")) ? ": LATE" : "");
		text_add_char(&card->out, '\n');
	}
}

/* The sentence of a reason or of a kind; its word, when this program does not know it. */
static const char *sentence_of(const char *word)
{
	for (unsigned i = 0; i < DUE_REASON_COUNT; i++) {
		if (strcmp(due_reason_name((enum due_reason)i), word) == 0)
			return due_reason_sentence((enum due_reason)i);
	}
	for (unsigned i = 0; i < CONTRADICTION_COUNT; i++) {
		if (strcmp(contradiction_name((enum contradiction)i), word) == 0)
			return contradiction_sentence((enum contradiction)i);
	}
	return word;
}

static void people_print(struct card_command *card)
{
	const json_t *one;
	const char *head = "\nOnly this partner can resolve (`ladder worklist` says of whom):\n";
	size_t i;
	json_array_foreach (array_at(card, "news"), i, one) {
		long long silent = number_at(card, one, "silent");
		long long coming = number_at(card, one, "coming");
		if (silent + coming == 0)
			continue;
		text_printf(
			&card->out, "%s  %8lld unknown by now, %lld soon: ", head, silent, coming);
		add_plain(card, sentence_of(text_at(card, one, "reason")));
		text_add_char(&card->out, '\n');
		head = "";
	}
	head = "\nPeople of whom it says two things that cannot both be so:\n";
	json_array_foreach (array_at(card, "contradictions"), i, one) {
		long long people = number_at(card, one, "persons");
		if (people == 0)
			continue;
		text_printf(&card->out, "%s  %8lld ", head, people);
		add_plain(card, sentence_of(text_at(card, one, "kind")));
		text_add_char(&card->out, '\n');
		head = "";
	}
}

static int print(struct card_command *card, struct bytes body)
{
	enum err err = answer_json_read(body, CARD_VALUES, &card->answer);
	if (err == ERR_FULL)
		return complain("card", EX_OSERR, "There is not enough memory.");
	card->is_card = err == OK;
	outcome_print(card);
	reports_print(card);
	types_print(card);
	people_print(card);
	if (!card->is_card)
		return complain("card", EX_PROTOCOL,
			"What answered is no ladderd, or one of another version.");
	if (strcmp(card->format, "json") == 0) {
		card->out.length = 0;
		text_add(&card->out, body);
	}
	if (card->out.failed)
		return complain("card", EX_OSERR, "There is not enough memory.");
	return output_write(text_bytes(&card->out)) == OK ? EX_OK : EX_IOERR;
}

static int run(struct card_command *card)
{
	char token[TOKEN_LENGTH_MAX + 1];
	struct http_answer answer = { 0 };
	const struct daemon_question asking = {
		.command = "card",
		.to = card->to,
		.tls = &card->tls,
		.path = CARD_PATH,
		.query = "",
		.bytes_max = CARD_BYTES,
	};
	int code = token_file_read("card", card->token_file, token);
	if (code == EX_OK)
		code = ask_daemon(&asking, token, &answer);
	if (code == EX_OK)
		code = print(card, text_bytes(&answer.body));
	text_release(&answer.body);
	text_release(&card->out);
	json_decref(card->answer);
	return code;
}

int command_card(int argc, char **argv)
{
	static struct card_command card = { .to = DAEMON_ADDRESS, .format = "text" };
	static const struct option_row options[] = {
		OPTION_TO(&card.to),
		OPTION_TOKEN_FILE(&card.token_file),
		{ "format", 'f', OPTION_TEXT, &card.format, 0, 0, "FORMAT",
			"text, or json as /v1/card has it (default text)" },
		OPTIONS_TLS(card.tls),
	};
	static const struct command_line line = {
		.name = "card",
		.purpose = "Prints how well a partner reports: what became of its events, how late "
			   "they came,\n"
			   "which type is overdue, of how many people the figures wait for its "
			   "news, and\n"
			   "where it contradicts itself. It is made of its own events alone.",
		.example = "ladder card --token-file isd.token",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	if (strcmp(card.format, "text") != 0 && strcmp(card.format, "json") != 0)
		return complain("card", EX_USAGE, "--format takes text or json.");
	code = daemon_tls_check("card", &card.tls);
	return code == EX_OK ? run(&card) : code;
}
