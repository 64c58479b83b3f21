/*
 * store/append.c - what becomes of the events of a group: see log_append_group() in log.h; and of
 * the records of another log: follow.h.
 *
 * Three steps: look up all identities and keys of the group, in the order of the tables;
 * decide on the events in their own order, in memory, and append their records; hand the
 * identities and keys that changed to index_lag.h, which writes them when it is cheap.
 */
#include "base/check.h"
#include "proto/codec.h"
#include "store/erase_inside.h"
#include "store/definitions.h"
#include "store/erased.h"
#include "store/follow.h"
#include "store/log.h"
#include "store/newest.h"
#include "store/published.h"
#include "store/shield.h"
#include "store/tables.h"

#define AHEAD 8 /* events: so far ahead memory is fetched for who they are about */

/* The number of a partner's name among those that have one. ERR_NOT_FOUND: it has none. */
static enum err partner_find(struct log *log, struct bytes name, uint16_t *out)
{
	CHECK(name.length > 0);
	/* There are few partners: look through them. */
	for (uint32_t number = 1; number <= log->txn_partner; number++) {
		MDB_val key = val_of(&number, sizeof(number)), val;
		int code = mdb_get(log->txn, log->at->tables.partners, &key, &val);
		if (code != 0)
			return code == MDB_NOTFOUND ? ERR_CORRUPT : lmdb_err(code);
		if (bytes_equal(bytes_of_val(&val), name)) {
			*out = (uint16_t)number;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

static enum err partner_add(struct log *log, struct bytes name, uint16_t *out)
{
	if (log->txn_partner == UINT16_MAX - 1)
		return ERR_FULL;
	uint32_t number = (uint32_t)log->txn_partner + 1;
	MDB_val key = val_of(&number, sizeof(number)), val = val_of(name.data, name.length);
	int code = mdb_put(log->txn, log->at->tables.partners, &key, &val, MDB_APPEND);
	if (code != 0)
		return lmdb_err(code);
	log->txn_partner = (uint16_t)number;
	*out = (uint16_t)number;
	return OK;
}

/* The number of a partner's name, given out when it is new. Batches are of one partner. */
static enum err partner_number(struct log *log, struct bytes name, uint16_t *out)
{
	if (log->known_partner != 0 && bytes_are(name, log->known_partner_name)) {
		*out = log->known_partner;
		return OK;
	}
	enum err err = partner_find(log, name, out);
	if (err == ERR_NOT_FOUND)
		err = partner_add(log, name, out);
	CHECK(err != OK || (*out > 0 && *out <= log->txn_partner));
	log->known_partner = 0;
	if (err == OK && name.length < sizeof(log->known_partner_name)) {
		memcpy(log->known_partner_name, name.data, name.length);
		log->known_partner_name[name.length] = '\0';
		log->known_partner = *out;
	}
	return err;
}

/* The number of a subject; 0 when it has none. */
static enum err person_find(struct log *log, struct bytes subject, uint32_t *out)
{
	*out = subject_cache_find(log->subjects, subject);
	/* A larger number would be one of a transaction that was aborted. */
	CHECK(*out <= log->txn_person);
	if (*out != 0)
		return OK;
	MDB_val key = val_of(subject.data, subject.length), val;
	int code = mdb_get(log->txn, log->at->tables.subjects, &key, &val);
	if (code == MDB_NOTFOUND) {
		*out = 0;
		return OK;
	}
	if (code != 0)
		return lmdb_err(code);
	if (val.mv_size != sizeof(*out))
		return ERR_CORRUPT;
	memcpy(out, val.mv_data, sizeof(*out));
	subject_cache_put(log->subjects, subject, *out);
	return OK;
}

static enum err person_add(struct log *log, struct bytes subject, uint32_t *out)
{
	if (log->txn_person == UINT32_MAX)
		return ERR_FULL;
	uint32_t number = log->txn_person + 1;
	MDB_val key = val_of(subject.data, subject.length);
	MDB_val val = val_of(&number, sizeof(number));
	int code = mdb_put(log->txn, log->at->tables.subjects, &key, &val, MDB_NOOVERWRITE);
	if (code == 0)
		code = mdb_put(log->txn, log->at->tables.persons, &val, &key, MDB_APPEND);
	if (code != 0)
		return lmdb_err(code);
	log->txn_person = number;
	subject_cache_put(log->subjects, subject, number);
	*out = number;
	return OK;
}

static enum err refuse(
	struct appended *out, enum rejection_code code, const char *field, const char *message)
{
	*out = (struct appended){
		.verdict = VERDICT_REJECTED,
		.code = code,
		.field = field,
		.message = message,
	};
	return OK;
}

/* The record at `seq` of the transaction. */
static enum err txn_record(struct log *log, uint64_t seq, struct record *out)
{
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	int code = mdb_get(log->txn, log->at->tables.log, &key, &val);
	if (code != 0)
		return code == MDB_NOTFOUND ? ERR_CORRUPT : lmdb_err(code);
	return record_read(seq, bytes_of_val(&val), out);
}

static enum err is_withdrawn(struct log *log, uint64_t seq, bool *out)
{
	uint64_t by;
	MDB_val key = val_of(&seq, sizeof(seq));
	enum err err = table_get_u64(log->txn, log->at->tables.withdrawals, &key, &by);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	*out = err == OK;
	return OK;
}

/* The partner used the id before: a duplicate when the content is the same, else a conflict. */
static enum err decide_identity(struct log *log, uint64_t first, const struct event *event,
	struct bytes body, struct appended *out)
{
	struct record record;
	uint32_t person = 0;
	enum err err = txn_record(log, first, &record);
	if (err == OK && record.kind == RECORD_TOMBSTONE) {
		/* Nobody knows any more what it said, and it stays erased. */
		*out = (struct appended){ .verdict = VERDICT_DUPLICATE, .seq = first };
		return OK;
	}
	if (err == OK && event->subject.length > 0)
		err = person_find(log, event->subject, &person);
	if (err != OK)
		return err;
	/* What is not in the body is in the header: day, municipality and person. */
	if (record.person == person && record.municipality == event->municipality &&
		record.day == event->day && record.type == event->type &&
		bytes_equal(record.body, body)) {
		*out = (struct appended){ .verdict = VERDICT_DUPLICATE, .seq = first };
		return OK;
	}
	return refuse(out, REJECTION_ID_CONFLICT, "id",
		"was used for an event with other content; send a correction under a new id");
}

static enum erased_kind kind_of(const struct log *log, const struct key_set *set)
{
	return set == &log->ids ? ERASED_IDENTITY : ERASED_KEY;
}

/* The value that a key has by now: the group's, or else the table's. */
static enum err value_find(
	struct log *log, const struct key_set *set, MDB_dbi table, MDB_val key, uint64_t *out)
{
	const struct key_row *row = key_set_find(set, bytes_of_val(&key));
	if (row == NULL) {
		const struct lag_table *lag = set == &log->ids ? &log->lag.ids : &log->lag.keys;
		if (index_lag_find(lag, bytes_of_val(&key), out))
			return OK;
		enum err err = table_get_u64(log->txn, table, &key, out);
		return err == ERR_NOT_FOUND
			       ? erased_find(log->txn, log->at, kind_of(log, set), key, out)
			       : err;
	}
	*out = row->value;
	return row->present ? OK : ERR_NOT_FOUND;
}

/*
 * The seq that an EventRetracted names: of the sender's own event or key, else, by its id, of an
 * event of the partner that it succeeds. ERR_NOT_FOUND: there is none.
 */
static enum err target_find(
	struct log *log, uint16_t partner, const struct log_entry *entry, uint64_t *seq)
{
	const struct value *by_id = &entry->event->values[EVENT_RETRACTED_TARGET_ID];
	const struct value *by_key = &entry->event->values[EVENT_RETRACTED_TARGET_KEY];
	uint8_t space[IDENTITY_KEY_MAX];
	CHECK(by_id->present != by_key->present);
	if (!by_id->present)
		return value_find(log, &log->keys, log->at->tables.keys,
			key_key(partner, by_key->text, space), seq);
	enum err err = value_find(log, &log->ids, log->at->tables.identity,
		identity_key(partner, by_id->text, space), seq);
	if (err != ERR_NOT_FOUND || entry->succeeds.length == 0)
		return err;
	uint16_t before;
	err = partner_find(log, entry->succeeds, &before);
	return err != OK ? err
			 : value_find(log, &log->ids, log->at->tables.identity,
				   identity_key(before, by_id->text, space), seq);
}

/* What an EventRetracted withdraws, in *target; or a refusal in *out. */
static enum err decide_target(struct log *log, uint16_t partner, const struct log_entry *entry,
	struct appended *out, uint64_t *target)
{
	const struct event *event = entry->event;
	const struct value *by_id = &event->values[EVENT_RETRACTED_TARGET_ID];
	const char *field = by_id->present ? "target_id" : "target_key";
	uint64_t seq = 0;
	enum err err = target_find(log, partner, entry, &seq);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	bool known = err == OK && seq != 0, erased = false;
	if (known) {
		struct record record;
		err = txn_record(log, seq, &record);
		if (err != OK)
			return err;
		erased = record.kind == RECORD_TOMBSTONE;
		known = erased || (record.type != EVENT_EVENT_RETRACTED &&
					  record.type != EVENT_REPORT_PUBLISHED &&
					  record.type != EVENT_REPORT_WITHDRAWN);
	}
	if (!known)
		return refuse(out, REJECTION_TARGET_UNKNOWN, field,
			"must be an event that this partner sent, and no EventRetracted, "
			"ReportPublished or ReportWithdrawn");
	bool withdrawn;
	err = is_withdrawn(log, seq, &withdrawn);
	if (err != OK)
		return err;
	if (withdrawn || erased)
		return refuse(out, REJECTION_TARGET_WITHDRAWN, field,
			"is withdrawn already; a withdrawal is never undone");
	*target = seq;
	return OK;
}

/* The row of a ReportPublished, in *row; or a refusal in *out. */
static enum err decide_publication(struct log *log, const struct log_entry *entry, uint64_t seq,
	struct appended *out, struct published *row)
{
	struct published last;
	const struct event *event = entry->event;
	*row = (struct published){
		.seq = seq,
		.municipality = event->municipality,
		.as_of = event->values[REPORT_PUBLISHED_AS_OF].number,
		.round_to = entry->round_to,
		.definitions = entry->round_to == 0 ? 0 : log->txn_definitions,
	};
	enum err err =
		published_last(log->txn, &log->at->tables, row->municipality, row->as_of, &last);
	if (err == OK && last.withdrawn_by == 0)
		return refuse(out, REJECTION_ALREADY_PUBLISHED, "as_of",
			"was published for this municipality already; once a quarter, unless it "
			"is withdrawn");
	return err == ERR_NOT_FOUND ? OK : err;
}

/* The row of what was published, in *row, withdrawn; or a refusal in *out. */
static enum err decide_withdrawal(struct log *log, const struct event *event, uint64_t seq,
	struct appended *out, struct published *row)
{
	enum err err = published_last(log->txn, &log->at->tables, event->municipality,
		event->values[REPORT_WITHDRAWN_AS_OF].number, row);
	if (err == ERR_NOT_FOUND || (err == OK && row->withdrawn_by != 0))
		return refuse(out, REJECTION_TARGET_UNKNOWN, "as_of",
			"must be a quarter that is published for this municipality and not "
			"withdrawn");
	if (err != OK)
		return err;
	CHECK(seq > row->seq);
	row->withdrawn_by = seq;
	return OK;
}

/* Has the partner used up what it may send about this person, or of municipalities? */
static enum err decide_limits(struct log *log, const struct record *record, struct appended *out)
{
	const struct usage *usage = &log->usage;
	const struct log_rules *limits = &log->txn_limits;
	if (limits->person_events_max != 0 && record->person != 0 &&
		usage_of_person(usage, record->partner, record->person) >=
			limits->person_events_max)
		return refuse(out, REJECTION_TOO_MANY_EVENTS, "subject",
			"has as many events of this partner as a person may have; see [limits] "
			"events_per_person_max of ladderd");
	if (limits->partner_municipalities_max != 0 &&
		!usage_has(usage, record->partner, record->municipality) &&
		usage_municipalities(usage, record->partner) >= limits->partner_municipalities_max)
		return refuse(out, REJECTION_TOO_MANY_MUNICIPALITIES, "municipality",
			"would be one more than a partner may report about; see [limits] "
			"partner_municipalities_max of ladderd");
	return OK;
}

/* Of a record of the main: what it withdraws and publishes is what the main says. */
static enum err decide_followed(struct log *log, const struct log_entry *entry,
	struct record *record, struct published *row)
{
	const struct event *event = entry->event;
	const struct record_view *view = entry->followed;
	struct appended refused = { .verdict = VERDICT_ACCEPTED };
	bool withdrawn = false;
	enum err err = OK;
	record->recorded_us = view->recorded_us;
	if (event->type == EVENT_EVENT_RETRACTED) {
		record->withdraws = view->withdraws;
		if (view->withdraws == 0 || view->withdraws >= record->seq)
			return ERR_CONFLICT;
		err = is_withdrawn(log, view->withdraws, &withdrawn);
	} else if (event->type == EVENT_REPORT_PUBLISHED) {
		*row = (struct published){
			.seq = record->seq,
			.municipality = event->municipality,
			.as_of = event->values[REPORT_PUBLISHED_AS_OF].number,
			.round_to = view->round_to,
			.definitions = view->definitions,
		};
		if (view->round_to != 0)
			err = definitions_follow(
				log->txn, &log->at->tables, view->definitions, record->seq);
	} else if (event->type == EVENT_REPORT_WITHDRAWN) {
		err = decide_withdrawal(log, event, record->seq, &refused, row);
	}
	if (err == OK && (withdrawn || refused.verdict == VERDICT_REJECTED))
		return ERR_CONFLICT;
	return err == OK && event->subject.length > 0
		       ? person_find(log, event->subject, &record->person)
		       : err;
}

/*
 * What may refuse an event that is new, in the order of the contract: its target, then the
 * limits. *row: what is to be noted of a publication; seq 0: nothing.
 */
static enum err decide(struct log *log, const struct log_entry *entry, struct record *record,
	struct appended *out, struct published *row)
{
	const struct event *event = entry->event;
	enum err err = OK;
	*row = (struct published){ .seq = 0 };
	out->verdict = VERDICT_ACCEPTED;
	if (entry->followed != NULL)
		return decide_followed(log, entry, record, row);
	if (event->type == EVENT_EVENT_RETRACTED)
		err = decide_target(log, record->partner, entry, out, &record->withdraws);
	else if (event->type == EVENT_REPORT_PUBLISHED)
		err = decide_publication(log, entry, record->seq, out, row);
	else if (event->type == EVENT_REPORT_WITHDRAWN)
		err = decide_withdrawal(log, event, record->seq, out, row);
	if (err == OK && out->verdict != VERDICT_REJECTED && event->subject.length > 0)
		err = person_find(log, event->subject, &record->person);
	if (err == OK && out->verdict != VERDICT_REJECTED)
		err = decide_limits(log, record, out);
	return err;
}

/*
 * The key's last event is withdrawn by the new one. *withdraws is its seq, when
 * it counted still; *used whether the partner had used the key before.
 */
static enum err key_take(struct log *log, const struct event *event, uint64_t seq,
	struct key_row *row, uint64_t *withdraws, bool *used)
{
	uint64_t before = row->present ? row->value : 0;
	CHECK(event->key.length > 0 && seq > log->last_seq);
	*used = row->present;
	/* A publication cannot be withdrawn: it only marks the key as used. */
	bool publishes = event->type == EVENT_REPORT_PUBLISHED;
	*withdraws = 0;
	if (before != 0 && !publishes) {
		bool withdrawn;
		struct record record;
		enum err err = is_withdrawn(log, before, &withdrawn);
		if (err == OK)
			err = txn_record(log, before, &record);
		if (err != OK)
			return err;
		*withdraws = withdrawn || record.kind == RECORD_TOMBSTONE ? 0 : before;
	}
	*row = (struct key_row){
		.value = publishes ? before : seq,
		.present = true,
		.changed = true,
	};
	return OK;
}

/* Writes the record and its withdrawal. */
static enum err record_put(struct log *log, const struct record *record)
{
	uint8_t header[RECORD_HEADER_SIZE];
	CHECK(log->cursor != NULL);
	CHECK(record->seq == log->txn_seq + 1 && record->partner > 0);
	/* No record is stamped at or before a K that was answered, nor before the one before. */
	CHECK(record->recorded_us > log->floor_us && record->recorded_us > log->txn_recorded_us);
	CHECK(record->person <= log->txn_person);
	record_header_write(record, header);
	MDB_val key = val_of(&record->seq, sizeof(record->seq));
	MDB_val val = { .mv_size = RECORD_HEADER_SIZE + record->body.length };
	int code = mdb_cursor_put(log->cursor, &key, &val, MDB_RESERVE | MDB_APPEND);
	if (code != 0)
		return lmdb_err(code);
	memcpy(val.mv_data, header, RECORD_HEADER_SIZE);
	memcpy((uint8_t *)val.mv_data + RECORD_HEADER_SIZE, record->body.data, record->body.length);

	if (record->withdraws == 0)
		return OK;
	val = val_of(&record->seq, sizeof(record->seq));
	key = val_of(&record->withdraws, sizeof(record->withdraws));
	code = mdb_put(log->txn, log->at->tables.withdrawals, &key, &val, MDB_NOOVERWRITE);
	CHECK(code != MDB_KEYEXIST);
	return lmdb_err(code);
}

/* What comes after identity: target, key, person; then the record itself. */
static enum err append_new(struct log *log, uint16_t partner, const struct log_entry *entry,
	struct key_row *key, struct appended *out)
{
	const struct event *event = entry->event;
	struct record record = {
		.seq = log->txn_seq + 1,
		.recorded_us = log->txn_recorded_us + 1,
		.day = event->day,
		.partner = partner,
		.municipality = event->municipality,
		.type = event->type,
		.correction = event->type == EVENT_EVENT_RETRACTED,
		.body = entry->body,
	};
	struct published row;
	CHECK(entry->body.length > 0);
	enum err err = decide(log, entry, &record, out, &row);
	if (err != OK || out->verdict == VERDICT_REJECTED)
		return err;
	if (row.seq != 0)
		err = published_put(log->txn, &log->at->tables, &row);
	if (err == OK && key != NULL)
		err = key_take(log, event, record.seq, key, &record.withdraws, &record.correction);
	if (err == OK && event->subject.length > 0 && record.person == 0)
		err = person_add(log, event->subject, &record.person);
	CHECK(err != OK || (record.person != 0) == (event->subject.length > 0));
	if (err == OK)
		err = usage_add(&log->usage, partner, record.person, record.municipality);
	if (err == OK)
		err = record_put(log, &record);
	if (err != OK)
		return err;
	log->txn_seq = record.seq;
	log->txn_recorded_us = record.recorded_us;
	*out = (struct appended){ .verdict = VERDICT_ACCEPTED, .seq = record.seq };
	return OK;
}

/* One event of the group, with the rows of its identity and its key. */
static enum err append_entry(struct log *log, uint16_t partner, struct log_entry *entry,
	struct key_row *identity, struct key_row *key)
{
	struct appended appended = { 0 };
	CHECK((key != NULL) == (entry->event->key.length > 0));
	enum err err = identity->present ? decide_identity(log, identity->value, entry->event,
						   entry->body, &appended)
					 : append_new(log, partner, entry, key, &appended);
	if (err != OK)
		return err;
	/* An event that was rejected leaves no identity: it may be sent again. */
	if (appended.verdict == VERDICT_ACCEPTED)
		*identity = (struct key_row){
			.value = appended.seq,
			.present = true,
			.changed = true,
		};
	entry->appended = appended;
	return OK;
}

/* Sorts a set, and fills the rows that the index lag has. */
static void rows_fill(struct key_set *set, const struct lag_table *lag)
{
	key_set_sort(set);
	index_lag_fill(lag, set);
}

/* Fills the rows of a set that only what was erased has. */
static enum err erased_fill(struct log *log, struct key_set *set)
{
	enum err err = OK;
	for (size_t i = 0; i < set->row_count && err == OK; i++) {
		struct bytes key = key_set_key(set, i);
		if (set->rows[i].present)
			continue;
		err = erased_find(log->txn, log->at, kind_of(log, set),
			val_of(key.data, key.length), &set->rows[i].value);
		set->rows[i].present = err == OK;
		if (err == ERR_NOT_FOUND)
			err = OK;
	}
	return err;
}

/* Collects the identities and the keys of the group, and looks up their values. */
static enum err group_look_up(struct log *log, const struct log_entry *entries, size_t count)
{
	key_set_clear(&log->ids);
	key_set_clear(&log->keys);
	for (size_t i = 0; i < count; i++) {
		const struct event *event = entries[i].event;
		uint8_t space[IDENTITY_KEY_MAX];
		uint16_t partner = 0;
		uint32_t number;
		enum err err = partner_number(log, entries[i].partner, &partner);
		if (err != OK)
			return err;
		MDB_val id = identity_key(partner, event->id, space);
		err = key_set_add(&log->ids, bytes_of_val(&id), &number);
		if (err == OK && event->key.length > 0) {
			MDB_val key = key_key(partner, event->key, space);
			err = key_set_add(&log->keys, bytes_of_val(&key), &number);
		}
		if (err != OK)
			return err;
	}
	/* group_append() finds the rows by these numbers. */
	CHECK(log->ids.count == count && log->keys.count <= count);
	rows_fill(&log->ids, &log->lag.ids);
	rows_fill(&log->keys, &log->lag.keys);
	enum err err = key_set_look_up(&log->ids, log->txn, log->at->tables.identity);
	if (err == OK)
		err = key_set_look_up(&log->keys, log->txn, log->at->tables.keys);
	if (err == OK)
		err = erased_fill(log, &log->ids);
	return err == OK ? erased_fill(log, &log->keys) : err;
}

/* Notes the newest record of a partner, if there is one since the last note. */
static enum err newest_note(struct log *log, uint16_t partner, struct newest *newest)
{
	enum err err = OK;
	if (newest->seq != 0)
		err = newest_put(log->txn, &log->at->tables, partner, newest);
	*newest = (struct newest){ 0 };
	return err;
}

/*
 * Before event `at` is appended: fetches from memory, step by step, what those after it will need
 * to know of their persons. `persons` is for this function.
 */
static void group_expect(const struct log *log, const struct log_entry *entries, size_t count,
	size_t at, uint32_t persons[AHEAD])
{
	size_t next = at + AHEAD, half = at + AHEAD / 2, quarter = at + AHEAD / 4;
	if (next < count)
		subject_cache_expect(log->subjects, entries[next].event->subject);
	if (half < count) {
		uint32_t person = subject_cache_find(log->subjects, entries[half].event->subject);
		persons[half % AHEAD] = person;
		usage_expect_head(&log->usage, person);
	}
	if (quarter < count && at >= AHEAD / 4)
		usage_expect_share(&log->usage, persons[quarter % AHEAD]);
}

/* Appends the events in their order. After each, the rows hold what the tables would. */
static enum err group_append(struct log *log, struct log_entry *entries, size_t count)
{
	struct newest newest = { 0 };
	uint32_t keys = 0, persons[AHEAD];
	uint16_t noted = 0; /* whose `newest` is */
	enum err err = OK;
	for (size_t i = 0; i < count && err == OK; i++) {
		struct key_row *identity = key_set_row(&log->ids, (uint32_t)i), *key = NULL;
		uint16_t partner = 0;
		group_expect(log, entries, count, i, persons);
		if (entries[i].event->key.length > 0)
			key = key_set_row(&log->keys, keys++);
		err = partner_number(log, entries[i].partner, &partner);
		if (err == OK && partner != noted)
			err = newest_note(log, noted, &newest);
		noted = partner;
		if (err == OK)
			err = append_entry(log, partner, &entries[i], identity, key);
		if (err == OK && entries[i].appended.verdict == VERDICT_ACCEPTED)
			newest = (struct newest){ log->txn_seq, log->txn_recorded_us };
	}
	if (err == OK)
		err = newest_note(log, noted, &newest);
	CHECK(err != OK || keys == log->keys.count);
	return err;
}

static enum err shielded_append_group(struct log *log, struct log_entry *entries, size_t count)
{
	CHECK(log_is_in_txn(log) && log->cursor == NULL);
	enum err err = group_look_up(log, entries, count);
	if (err != OK)
		return err;
	err = lmdb_err(mdb_cursor_open(log->txn, log->at->tables.log, &log->cursor));
	if (err != OK)
		return err;
	err = group_append(log, entries, count);
	mdb_cursor_close(log->cursor);
	log->cursor = NULL;
	if (err == OK)
		err = index_lag_take(&log->lag, &log->ids, &log->keys);
	return err;
}

enum err log_append_group(struct log *log, struct log_entry *entries, size_t count)
{
	SHIELD_RETURN(log, shielded_append_group(log, entries, count));
}

static enum err shielded_newest(struct log *log, struct bytes partner, struct newest *out)
{
	uint16_t number;
	CHECK(log_is_in_txn(log));
	enum err err = partner_find(log, partner, &number);
	return err == OK ? newest_get(log->txn, &log->at->tables, number, out) : err;
}

enum err log_newest(struct log *log, struct bytes partner, struct newest *out)
{
	SHIELD_RETURN(log, shielded_newest(log, partner, out));
}

enum err log_append(struct log *log, struct bytes partner, const struct event *event,
	struct arena *arena, struct appended *out)
{
	size_t mark = arena->used;
	struct log_entry entry = { .event = event, .partner = partner };
	enum err err = event_encode(event, ENVELOPE_STORED, arena, &entry.body);
	if (err == OK)
		err = log_append_group(log, &entry, 1);
	if (err == OK)
		*out = entry.appended;
	arena_rewind(arena, mark);
	return err;
}

static enum err shielded_keep_figures(struct log *log, uint64_t seq, struct bytes figures)
{
	MDB_val key = val_of(&seq, sizeof(seq)), val = val_of(figures.data, figures.length);
	CHECK(log_is_in_txn(log) && figures.length > 0);
	int code = mdb_put(log->txn, log->at->tables.kept, &key, &val, MDB_NOOVERWRITE);
	return code == MDB_KEYEXIST ? OK : lmdb_err(code);
}

enum err log_keep_figures(struct log *log, uint64_t seq, struct bytes figures)
{
	SHIELD_RETURN(log, shielded_keep_figures(log, seq, figures));
}

/* Writes the record of an act, and that it is the newest. */
static enum err act_put(struct log *log, const struct record *record)
{
	const struct newest newest = { record->seq, record->recorded_us };
	MDB_val key = val_of_string(META_LAST_ACT);
	enum err err = lmdb_err(mdb_cursor_open(log->txn, log->at->tables.log, &log->cursor));
	if (err != OK)
		return err;
	err = record_put(log, record);
	mdb_cursor_close(log->cursor);
	log->cursor = NULL;
	if (err == OK)
		err = newest_put(log->txn, &log->at->tables, record->partner, &newest);
	if (err == OK)
		err = table_put_u64(log->txn, log->at->tables.meta, &key, record->seq);
	log->txn_seq = record->seq;
	log->txn_recorded_us = record->recorded_us;
	return err;
}

static enum err restricted_put(struct log *log, const struct record *record, bool lift)
{
	MDB_val key = val_of(&record->person, sizeof(record->person));
	if (!lift)
		return table_put_u64(log->txn, log->at->tables.restricted, &key, record->seq);
	int code = mdb_del(log->txn, log->at->tables.restricted, &key, NULL);
	return code == MDB_NOTFOUND ? OK : lmdb_err(code);
}

static enum err shielded_restrict(struct log *log, struct bytes subject, bool lift)
{
	struct text body = { 0 };
	const struct log_act act = { .type = lift ? LOG_ACT_UNRESTRICTED : LOG_ACT_RESTRICTED };
	CHECK(log_is_in_txn(log));
	struct record record = {
		.seq = log->txn_seq + 1,
		.recorded_us = log->txn_recorded_us + 1,
		.kind = RECORD_ACT,
		.act = act.type,
	};
	enum err err = OK;
	if (identifier_is_valid(subject))
		err = person_find(log, subject, &record.person);
	if (err == OK && record.person == 0)
		return ERR_NOT_FOUND;
	if (err == OK)
		err = partner_number(log, bytes_of_string(LOG_ACT_PARTNER), &record.partner);
	log_act_encode(&act, false, &body);
	record.body = text_bytes(&body);
	if (err == OK)
		err = body.failed ? ERR_FULL : act_put(log, &record);
	text_release(&body);
	return err == OK ? restricted_put(log, &record, lift) : err;
}

enum err log_restrict(struct log *log, struct bytes subject, bool lift)
{
	SHIELD_RETURN(log, shielded_restrict(log, subject, lift));
}

/* The stamp of a tombstone is not told: the first that its day and what was before it leave. */
static int64_t stamp_of(const struct log *log, const struct record_view *view)
{
	int64_t after_us = log->txn_recorded_us;
	return view->kind == RECORD_TOMBSTONE && view->recorded_us <= after_us ? after_us + 1
									       : view->recorded_us;
}

/* Does the record come next? Else *reason says why it does not. */
static enum err next_check(struct log *log, const struct record_view *view, struct reason *reason)
{
	if (!log->txn_follows) {
		log->txn_follows = true;
		log->txn_recorded_us = log->last_recorded_us > log->txn_floor_us
					       ? log->last_recorded_us
					       : log->txn_floor_us;
	}
	if (view->seq != log->txn_seq + 1)
		return fail(reason, ERR_CONFLICT,
			"the main sent record %llu where %llu comes next: its token must be that "
			"of an analyst who sees all municipalities",
			(unsigned long long)view->seq, (unsigned long long)log->txn_seq + 1);
	if (stamp_of(log, view) <= log->txn_recorded_us)
		return fail(reason, ERR_CONFLICT,
			"record %llu of the main was recorded before what is here: it is another "
			"log",
			(unsigned long long)view->seq);
	return OK;
}

static enum err differs(const struct log *log, struct reason *reason)
{
	return fail(reason, ERR_CONFLICT,
		"record %llu of the main cannot come after the records that are here: it is "
		"another log",
		(unsigned long long)log->txn_seq + 1);
}

/* Of what was erased before it came here: its place. Nobody knows its id here. */
static enum err tombstone_put(struct log *log, const struct record_view *view)
{
	uint8_t header[RECORD_HEADER_SIZE];
	const struct record record = {
		.seq = view->seq,
		.recorded_us = stamp_of(log, view),
		.kind = RECORD_TOMBSTONE,
		.nameless = true,
	};
	record_header_write(&record, header);
	MDB_val key = val_of(&record.seq, sizeof(record.seq));
	MDB_val val = val_of(header, sizeof(header));
	int code = mdb_put(log->txn, log->at->tables.log, &key, &val, MDB_APPEND);
	log->txn_seq = record.seq;
	log->txn_recorded_us = record.recorded_us;
	return lmdb_err(code);
}

/* Appends events, of which none is a tombstone. */
static enum err events_follow(struct log *log, const struct record_view *views, size_t count,
	struct arena *arena, struct reason *reason)
{
	struct log_entry *entries = arena_take(arena, count * sizeof(*entries));
	enum err err = entries == NULL ? ERR_FULL : OK;
	for (size_t i = 0; i < count && err == OK; i++) {
		entries[i] = (struct log_entry){
			.event = &views[i].event,
			.partner = views[i].partner,
			.followed = &views[i],
		};
		err = event_encode(&views[i].event, ENVELOPE_STORED, arena, &entries[i].body);
	}
	if (err == OK)
		err = shielded_append_group(log, entries, count);
	if (err == ERR_CONFLICT)
		return differs(log, reason);
	/* An id that is there already, or a content that is not what it was. */
	for (size_t i = 0; i < count && err == OK; i++) {
		if (entries[i].appended.verdict != VERDICT_ACCEPTED ||
			entries[i].appended.seq != views[i].seq)
			err = differs(log, reason);
	}
	return err;
}

/* How many of the views, the first of which is an event, are one group: they are in order. */
static size_t run_length(const struct record_view *views, size_t count)
{
	size_t length = 1;
	while (length < count && views[length].kind == RECORD_EVENT &&
		views[length].seq == views[0].seq + length &&
		views[length].recorded_us > views[length - 1].recorded_us)
		length++;
	return length;
}

static enum err shielded_follow(struct log *log, const struct record_view *views, size_t count,
	struct arena *arena, struct reason *reason)
{
	enum err err = OK;
	CHECK(log_is_in_txn(log));
	for (size_t i = 0, length; i < count && err == OK; i += length) {
		length = 1;
		CHECK(views[i].kind != RECORD_ACT);
		err = next_check(log, &views[i], reason);
		if (err == OK && views[i].kind == RECORD_TOMBSTONE) {
			err = tombstone_put(log, &views[i]);
		} else if (err == OK) {
			length = run_length(views + i, count - i);
			err = events_follow(log, views + i, length, arena, reason);
		}
	}
	return err;
}

enum err log_follow(struct log *log, const struct record_view *views, size_t count,
	struct arena *arena, struct reason *reason)
{
	SHIELD_RETURN(log, shielded_follow(log, views, count, arena, reason));
}

/* Adds to a number of meta, or raises it. */
static enum err meta_follow(struct log *log, const char *name, uint64_t more, uint64_t least)
{
	MDB_val key = val_of_string(name);
	uint64_t value = 0;
	enum err err = table_get_u64(log->txn, log->at->tables.meta, &key, &value);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	value += more;
	return table_put_u64(log->txn, log->at->tables.meta, &key, value < least ? least : value);
}

/*
 * Is the act the rest of the one before, of the same person? It had so many records that one act
 * does not list them.
 */
static enum err act_goes_on(
	struct log *log, const struct record_view *view, struct arena *arena, bool *out)
{
	struct record record;
	struct log_act before;
	*out = false;
	if (log->txn_seq == 0 || view->act.seq_count == 0)
		return OK;
	enum err err = txn_record(log, log->txn_seq, &record);
	if (err != OK || record.kind != RECORD_ACT || record.act != LOG_ACT_ERASED)
		return err;
	err = log_act_decode(record.body, arena, &before);
	*out = err == OK && before.seq_count == LOG_ACT_SEQS_MAX &&
	       before.seqs[before.seq_count - 1] < view->act.seqs[0];
	return err;
}

/* What the store says of itself after an erasure of nobody whom it had. */
static enum err erased_note(struct log *log, const struct record_view *view)
{
	struct arena arena = { 0 };
	bool goes_on = false;
	enum err err = arena_init(&arena, (LOG_ACT_SEQS_MAX + 2) * sizeof(uint64_t));
	if (err == OK)
		err = act_goes_on(log, view, &arena, &goes_on);
	arena_release(&arena);
	if (err == OK)
		err = meta_follow(log, META_ERASED_PEOPLE, !goes_on, 0);
	if (err == OK && view->act.before != 0)
		err = meta_follow(log, META_COMPLETE_FROM, 0, (uint64_t)view->act.before);
	return err;
}

static enum err shielded_follow_act(
	struct log *log, const struct record_view *view, struct reason *reason)
{
	struct text body = { 0 };
	CHECK(log_is_in_txn(log) && view->kind == RECORD_ACT);
	struct record record = {
		.seq = view->seq,
		.recorded_us = view->recorded_us,
		.kind = RECORD_ACT,
		.act = view->act.type,
	};
	enum err err = next_check(log, view, reason);
	bool restricts = view->act.type != LOG_ACT_ERASED;
	if (err == OK && restricts)
		err = person_find(log, view->act.subject, &record.person);
	if (err == OK && restricts && record.person == 0)
		err = differs(log, reason);
	if (err == OK)
		err = partner_number(log, bytes_of_string(LOG_ACT_PARTNER), &record.partner);
	if (err == OK && !restricts)
		err = erased_note(log, view);
	log_act_encode(&view->act, false, &body);
	record.body = text_bytes(&body);
	if (err == OK)
		err = body.failed ? ERR_FULL : act_put(log, &record);
	text_release(&body);
	return err == OK && restricts
		       ? restricted_put(log, &record, view->act.type == LOG_ACT_UNRESTRICTED)
		       : err;
}

enum err log_follow_act(struct log *log, const struct record_view *view, struct reason *reason)
{
	SHIELD_RETURN_REASON(log, reason, shielded_follow_act(log, view, reason));
}
