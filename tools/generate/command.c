/*
 * tools/generate/command.c - `ladder generate`: the events of a lifelike municipality.
 *
 * Lives come person by person, and events are printed day by day. Each life is drawn
 * twice: the first time its events are counted by day, the second time each is
 * put at its index. So memory is one compact row per event, and the index
 * gives the id: time-ordered, and known to a retraction of it.
 */
#include "tools/common/command.h"

#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "proto/codec.h"
#include "tools/generate/life.h"
#include "tools/common/options.h"

#define MUNICIPALITIES_MAX 400
#define PEOPLE_MAX         10000000
#define FLUSH_BYTES        (1u << 18)
#define MS_PER_DAY         INT64_C(86400000)
#define OPENING_MS         INT64_C(25200000) /* of the day: 07:00 */
#define OPEN_MS            INT64_C(36000000) /* for 10 hours */

/* Oirschot and its neighbours; after them come codes that no municipality has. */
static const uint16_t known_municipalities[] = { 823, 753, 757, 770, 785, 798, 824, 861, 866, 1667,
	1724, 1728, 772, 858 };
#define INVENTED_MUNICIPALITY 9000

/* Those with whom a municipality has agreements: PARTNERS of them. */
static const char *const partners[] = { "isd", "wsd", "lev" };
CHECK_STATIC(ARRAY_LENGTH(partners) == PARTNERS);

struct generator {
	struct world world;
	int64_t people;
	uint64_t identity; /* of the seed and the municipalities: ids, subjects and keys */
	uint16_t municipalities[MUNICIPALITIES_MAX];
	struct life life; /* the one being drawn */
	int32_t day_first;
	size_t day_count;
	uint32_t *starts;      /* by day: the index of its first row; one more at the end */
	uint32_t *next;        /* by day: the index of its next row */
	struct life_row *rows; /* in the order of printing */
};

static size_t day_index(const struct generator *generator, int32_t day)
{
	CHECK(day >= generator->day_first && day <= generator->world.until);
	return (size_t)(day - generator->day_first);
}

static void draw_life(struct generator *generator, uint64_t number)
{
	uint64_t people = (uint64_t)generator->people;
	if (number < people)
		life_of_person(&generator->world, (uint32_t)number, &generator->life);
	else
		life_of_municipality(
			&generator->world, (size_t)(number - people), &generator->life);
}

static uint64_t life_count(const struct generator *generator)
{
	return (uint64_t)generator->people + generator->world.municipality_count;
}

/* False when there are more events than a row's index can count. */
static bool count_days(struct generator *generator)
{
	uint64_t total = 0;
	for (uint64_t number = 0; number < life_count(generator); number++) {
		draw_life(generator, number);
		total += generator->life.count;
		if (total >= UINT32_MAX)
			return false;
		for (size_t i = 0; i < generator->life.count; i++)
			generator->starts[day_index(generator, generator->life.rows[i].day) + 1]++;
	}
	for (size_t day = 0; day < generator->day_count; day++) {
		generator->starts[day + 1] += generator->starts[day];
		generator->next[day] = generator->starts[day];
	}
	return true;
}

static void place_life(struct generator *generator)
{
	const struct life *life = &generator->life;
	uint32_t indexes[LIFE_ROWS_MAX];
	for (size_t i = 0; i < life->count; i++) {
		struct life_row row = life->rows[i];
		size_t day = day_index(generator, row.day);
		indexes[i] = generator->next[day]++;
		if (row.type == EVENT_EVENT_RETRACTED) {
			CHECK(row.link < i);
			row.link = indexes[row.link];
		}
		generator->rows[indexes[i]] = row;
	}
}

/* The exit code. */
static int draw_all(struct generator *generator)
{
	generator->starts = calloc(generator->day_count + 1, sizeof(*generator->starts));
	generator->next = calloc(generator->day_count + 1, sizeof(*generator->next));
	if (generator->starts == NULL || generator->next == NULL)
		return complain("generate", EX_OSERR, "There is not enough memory.");
	if (!count_days(generator))
		return complain("generate", EX_USAGE,
			"These are more events than one run can print: choose fewer people or "
			"years.");

	size_t total = generator->starts[generator->day_count];
	generator->rows = malloc(total * sizeof(*generator->rows));
	if (generator->rows == NULL)
		return complain("generate", EX_OSERR,
			"There is not enough memory for %zu events: choose fewer people or years.",
			total);
	for (uint64_t number = 0; number < life_count(generator); number++) {
		draw_life(generator, number);
		place_life(generator);
	}
	return EX_OK;
}

#define ID_LENGTH        36
#define SUBJECT_LENGTH   13
#define REFERENCE_LENGTH 64
#define IDENTIFIERS_MAX  4

static void print_hex(char *out, uint64_t value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		out[i] = "0123456789abcdef"[value & 15];
		value >>= 4;
	}
}

/* A UUIDv7 (RFC 9562) whose time lies in the office hours of the day and grows with the row's
 * number. */
static struct bytes print_id(
	const struct generator *generator, uint32_t number, char out[ID_LENGTH])
{
	int32_t day = generator->rows[number].day;
	size_t index = day_index(generator, day);
	uint32_t first = generator->starts[index];
	uint32_t count = generator->starts[index + 1] - first;
	uint64_t ms =
		(uint64_t)(day * MS_PER_DAY + OPENING_MS + (number - first) * OPEN_MS / count);
	uint64_t a =
		mix64(generator->identity + UINT64_C(0x9E3779B97F4A7C15) * (number + UINT64_C(1)));
	uint64_t b = mix64(a + UINT64_C(0x632BE59BD9B4E019));
	print_hex(out, ms >> 16, 8);
	out[8] = '-';
	print_hex(out + 9, ms & 0xFFFF, 4);
	out[13] = '-';
	print_hex(out + 14, 0x7000 | (a & 0xFFF), 4);
	out[18] = '-';
	print_hex(out + 19, 0x8000 | (a >> 12 & 0x3FFF), 4);
	out[23] = '-';
	print_hex(out + 24, b, 12);
	return bytes_of(out, ID_LENGTH);
}

/* A pseudonym: 64 bits, a bijection of the person's number, in Crockford's base 32. */
static struct bytes print_subject(
	const struct generator *generator, uint32_t person, char out[SUBJECT_LENGTH])
{
	uint64_t value = mix64(person + mix64(generator->identity + UINT64_C(0x5375626A656374)));
	for (size_t i = 0; i < SUBJECT_LENGTH; i++) {
		out[i] = "0123456789abcdefghjkmnpqrstvwxyz"[value & 31];
		value >>= 5;
	}
	return bytes_of(out, SUBJECT_LENGTH);
}

/* A row of one person: no two of one partner have the same key, whatever runs they come from. */
static struct bytes print_key(
	const struct generator *generator, const struct life_row *row, char out[REFERENCE_LENGTH])
{
	char subject[SUBJECT_LENGTH];
	(void)print_subject(generator, row->person, subject);
	int length =
		snprintf(out, REFERENCE_LENGTH, "row-%.*s-%u", SUBJECT_LENGTH, subject, row->key);
	return bytes_of(out, (size_t)length);
}

static struct bytes print_job_ref(const struct life_row *row, char out[REFERENCE_LENGTH])
{
	date_print((int32_t)row->link, out);
	out[DATE_LENGTH] = (char)('a' + row->values[JOB_REF]);
	return bytes_of(out, DATE_LENGTH + 1);
}

static struct bytes print_activity_ref(const struct life_row *row, char out[REFERENCE_LENGTH])
{
	date_print(row->day, out);
	int length = snprintf(out + DATE_LENGTH, REFERENCE_LENGTH - DATE_LENGTH, ".%s",
		enumeration_activity_kind.names[row->values[ACTIVITY_LOGGED_KIND]]);
	return bytes_of(out, DATE_LENGTH + (size_t)length);
}

static struct bytes print_referral_ref(
	const struct life_row *row, int16_t to, char out[REFERENCE_LENGTH])
{
	date_print((int32_t)row->link, out);
	int length = snprintf(out + DATE_LENGTH, REFERENCE_LENGTH - DATE_LENGTH, "-%s",
		enumeration_org_type.names[to]);
	return bytes_of(out, DATE_LENGTH + (size_t)length);
}

/* The identifier in a body. */
static struct bytes print_reference(const struct generator *generator, const struct life_row *row,
	size_t field, char out[REFERENCE_LENGTH])
{
	int length;
	if (row->type == EVENT_EVENT_RETRACTED) {
		if (field == EVENT_RETRACTED_TARGET_KEY)
			return print_key(generator, &generator->rows[row->link], out);
		return print_id(generator, row->link, out);
	}
	if (row->type == EVENT_ACTIVITY_LOGGED)
		return print_activity_ref(row, out);
	if (row->type >= EVENT_SANCTION_ANNOUNCED && row->type <= EVENT_SANCTION_ANNULLED) {
		length = snprintf(out, REFERENCE_LENGTH, "s%d", row->values[SANCTION_REF]);
		return bytes_of(out, (size_t)length);
	}
	if (row->type == EVENT_REFERRAL_MADE || row->type == EVENT_REFERRAL_CLOSED)
		return print_referral_ref(row, row->values[field], out);
	if (row->type == EVENT_CONTACT_HELD || row->type == EVENT_CONTACT_PERSON_ASSIGNED) {
		length = snprintf(out, REFERENCE_LENGTH, "cm-%d", row->values[field]);
		return bytes_of(out, (size_t)length);
	}
	if (row->type == EVENT_AGREEMENT_MADE)
		return bytes_of_string(partners[row->values[field]]);
	CHECK(row->type >= EVENT_JOB_STARTED && row->type <= EVENT_PLACEMENT_ADJUDICATED);
	return print_job_ref(row, out);
}

/* Appends the line of the row at `index`. */
static void print_row(const struct generator *generator, uint32_t index, struct text *out)
{
	const struct life_row *row = &generator->rows[index];
	char id[ID_LENGTH], subject[SUBJECT_LENGTH];
	char key[REFERENCE_LENGTH], reference[REFERENCE_LENGTH];
	const struct schema *schema = schema_by_number(row->type);
	CHECK(schema != NULL);
	struct event event = {
		.type = schema->type,
		.day = row->day,
		.municipality = row->municipality,
		.id = print_id(generator, index, id),
	};
	if (row->key != 0)
		event.key = print_key(generator, row, key);
	if (schema->about_person)
		event.subject = print_subject(generator, row->person, subject);
	for (size_t i = 0; i < schema->field_count; i++) {
		struct value *value = &event.values[i];
		if (row->values[i] == VALUE_ABSENT)
			continue;
		value->present = true;
		if (schema->fields[i].kind == FIELD_IDENTIFIER)
			value->text = print_reference(generator, row, i, reference);
		else if (schema->fields[i].kind == FIELD_DATE)
			value->number = (int32_t)row->link;
		else
			value->number = row->values[i];
	}
	event_print_json(&event, out);
	text_add_char(out, '\n');
}

static int print_all(const struct generator *generator)
{
	struct text out = { 0 };
	uint32_t total = generator->starts[generator->day_count];
	int code = EX_OK;
	for (uint32_t index = 0; index < total && code == EX_OK; index++) {
		print_row(generator, index, &out);
		if (out.length < FLUSH_BYTES && index + 1 < total)
			continue;
		if (out.failed)
			code = complain("generate", EX_OSERR, "There is not enough memory.");
		else if (output_write(text_bytes(&out)) != OK)
			code = EX_IOERR;
		out.length = 0;
	}
	text_release(&out);
	return code;
}

/* A number of municipalities, or their codes with commas between. False when it is neither. */
static bool read_municipalities(const char *text, struct generator *generator)
{
	size_t known = ARRAY_LENGTH(known_municipalities);
	size_t count = 0;
	char *end;
	if (text[0] >= '0' && text[0] <= '9') {
		unsigned long wanted = strtoul(text, &end, 10);
		if (*end != '\0' || wanted < 1 || wanted > MUNICIPALITIES_MAX)
			return false;
		for (; count < wanted; count++)
			generator->municipalities[count] =
				count < known ? known_municipalities[count]
					      : (uint16_t)(INVENTED_MUNICIPALITY + count);
		generator->world.municipality_count = count;
		return true;
	}
	for (;; text += MUNICIPALITY_LENGTH + 1, count++) {
		size_t length = strcspn(text, ",");
		if (count == MUNICIPALITIES_MAX || !municipality_parse(bytes_of(text, length),
							   &generator->municipalities[count]))
			return false;
		for (size_t i = 0; i < count; i++) {
			if (generator->municipalities[i] == generator->municipalities[count])
				return false;
		}
		if (text[length] == '\0')
			break;
	}
	generator->world.municipality_count = count + 1;
	return true;
}

static int32_t today_utc(void)
{
	struct clock clock = clock_system();
	return (int32_t)(clock_now_us(&clock) / US_PER_DAY);
}

/*
 * Two municipalities that are generated apart, as an example of one partner's, share nobody and
 * nothing: what people and rows are called is drawn from where they are, too.
 */
static uint64_t identity_of(const struct world *world)
{
	uint64_t identity = world->seed;
	for (size_t i = 0; i < world->municipality_count; i++)
		identity = mix64(identity ^ mix64(world->municipalities[i]));
	return identity;
}

/* The first day of the years that end with `until`. */
static int32_t world_first(int32_t until, int64_t years)
{
	struct civil civil = civil_from_day(until);
	if (civil.month == 2 && civil.day == 29)
		civil.day = 28;
	civil.year -= (int)years;
	return day_from_civil(civil) + 1;
}

static int generate(struct generator *generator, int64_t years, const char *municipalities)
{
	struct world *world = &generator->world;
	int32_t earliest = day_from_civil((struct civil){ 1990, 1, 1 });
	if (!read_municipalities(municipalities, generator))
		return complain("generate", EX_USAGE,
			"--municipalities takes a number from 1 to %d, or different codes such as "
			"GM0823,GM0753.",
			MUNICIPALITIES_MAX);
	world->municipalities = generator->municipalities;
	generator->identity = identity_of(world);
	world->first = world_first(world->until, years);
	generator->day_first = world->first - DAYS_BEFORE_WORLD;
	if (generator->day_first < earliest)
		return complain("generate", EX_USAGE,
			"Events begin in 1990, and people may have settled %d days before the "
			"first "
			"year: choose fewer years or a later --until.",
			DAYS_BEFORE_WORLD);
	generator->day_count = (size_t)(world->until - generator->day_first) + 1;
	int code = draw_all(generator);
	return code == EX_OK ? print_all(generator) : code;
}

int command_generate(int argc, char **argv)
{
	static struct generator generator;
	int64_t seed = 1;
	int64_t years = 4;
	const char *municipalities = "1";
	generator.people = 200;
	generator.world.until = today_utc();
	const struct option_row options[] = {
		{ "seed", 's', OPTION_INTEGER, &seed, 0, INT64_MAX, "N",
			"the same events for the same number (default 1)" },
		{ "people", 'p', OPTION_INTEGER, &generator.people, 1, PEOPLE_MAX, "N",
			"people in all (default 200)" },
		{ "years", 'y', OPTION_INTEGER, &years, 1, WORLD_YEARS_MAX, "N",
			"years that are followed (default 4)" },
		{ "until", 'u', OPTION_DATE, &generator.world.until, 0, 0, "DATE",
			"the last day of them (default: today in UTC)" },
		{ "municipalities", 'm', OPTION_TEXT, &municipalities, 0, 0, "N|CODES",
			"how many, or which, as GM0823,GM0753 (default 1: GM0823)" },
		{ "publish", 0, OPTION_FLAG, &generator.world.publish, 0, 0, NULL,
			"end with the report of the quarter that ended last" },
	};
	const struct command_line line = {
		.name = "generate",
		.purpose =
			"Prints the events of an invented municipality, one Event a line (NDJSON), "
			"sorted\n"
			"by date, as one partner would send them: about 28 a year for each person. "
			"The\n"
			"same options give the same bytes on every machine. Nobody in it exists.\n"
			"Some people settled up to three years before the first day.",
		.example = "ladder generate --seed 7 --people 120 --years 4 --until 2025-12-31 > "
			   "events.ndjson",
		.options = options,
		.option_count = ARRAY_LENGTH(options),
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;
	generator.world.seed = mix64((uint64_t)seed);
	code = generate(&generator, years, municipalities);
	free(generator.starts);
	free(generator.next);
	free(generator.rows);
	return code;
}
