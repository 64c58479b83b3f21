/*
 * indicators/benefit_spell.c - see benefit_spell.h.
 *
 * First the events of welfare that are of the person's home are listed, each with what the
 * rules ask of the others: the end before it in its municipality, and whether starts and ends
 * of its municipality meet on its day. Then one pass in their order finds what is news, which
 * depends on what came before only. The spells are cut out of the news, looking ahead for
 * starts that join.
 */
#include "indicators/benefit_spell.h"

#include "base/check.h"
#include "base/sort.h"

/* An event of welfare: its place in the history, the last end before it there, and a flag. */
#define PLACE_BITS 31
#define PLACE_MASK ((UINT64_C(1) << PLACE_BITS) - 1)
#define MEETS      (UINT64_C(1) << 63)

static size_t place_of(uint64_t listed)
{
	return (size_t)(listed & PLACE_MASK);
}

/* One more than the place of the end; 0: there is none. */
static size_t end_before(uint64_t listed)
{
	return (size_t)(listed >> PLACE_BITS & PLACE_MASK);
}

static bool is_benefit(const struct fact *fact)
{
	return fact->type == EVENT_BENEFIT_STARTED || fact->type == EVENT_BENEFIT_CONFIRMED ||
	       fact->type == EVENT_BENEFIT_ENDED;
}

/*
 * "Of a municipality in which the person lives at the beginning or the end of that day, or of
 * any if nowhere at both."
 */
static bool is_of_home(const struct person *person, const struct fact *fact)
{
	int32_t day = fact_day(fact);
	int32_t before = person_lives_in(person, day - 1), after = person_lives_in(person, day);
	if (before == NOWHERE && after == NOWHERE)
		return true;
	return fact->municipality == before || fact->municipality == after;
}

static size_t list_events(const struct person *person, uint64_t *listed)
{
	size_t count = 0;
	CHECK(person->fact_count < PLACE_MASK);
	for (size_t i = 0; i < person->fact_count; i++) {
		if (is_benefit(&person->facts[i]) && is_of_home(person, &person->facts[i]))
			listed[count++] = i;
	}
	return count;
}

/* Notes of each event the last end of its municipality before it. */
static void note_ends(
	const struct person *person, uint64_t *listed, size_t count, uint64_t *numbers)
{
	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = &person->facts[place_of(listed[i])];
		numbers[i] = (uint64_t)fact->municipality << 32 | i;
	}
	sort_numbers(numbers, count);
	uint64_t end = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t *event = &listed[(uint32_t)numbers[i]];
		size_t place = place_of(*event);
		if (i == 0 || numbers[i] >> 32 != numbers[i - 1] >> 32)
			end = 0;
		*event |= end << PLACE_BITS;
		if (person->facts[place].type == EVENT_BENEFIT_ENDED)
			end = place + 1;
	}
}

/* Marks the starts and ends of one municipality that meet on one day. */
static void note_meetings(
	const struct person *person, uint64_t *listed, size_t count, uint64_t *numbers)
{
	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = &person->facts[place_of(listed[i])];
		numbers[i] = ((uint64_t)fact->day_offset << 16 | fact->municipality) << 32 | i;
	}
	sort_numbers(numbers, count);
	for (size_t i = 0, next; i < count; i = next) {
		bool starts = false, ends = false;
		for (next = i; next < count && numbers[next] >> 32 == numbers[i] >> 32; next++) {
			uint64_t event = listed[(uint32_t)numbers[next]];
			uint8_t type = person->facts[place_of(event)].type;
			starts |= type == EVENT_BENEFIT_STARTED;
			ends |= type == EVENT_BENEFIT_ENDED;
		}
		for (size_t j = i; j < next && starts && ends; j++)
			listed[(uint32_t)numbers[j]] |= MEETS;
	}
}

/* What is known before the next event. */
struct state {
	const struct person *person;
	bool open;
	int32_t last_news;
	int32_t closed_on;     /* the last end that closed a spell, no exit since; DAY_NONE */
	size_t started;        /* one more than the place of the last start that is news; 0 */
	int32_t started_on;    /* its day */
	size_t leavings;       /* that are behind */
	int32_t day;           /* of the event before */
	bool open_or_joinable; /* at the beginning of that day */
};

/* Applies the exits before `day`. */
static void state_exits(struct state *state, int32_t day)
{
	const struct person *person = state->person;
	while (state->leavings < person->leaving_count &&
		person->leavings[state->leavings].day < day) {
		state->leavings++;
		state->open = false;
		state->closed_on = DAY_NONE;
	}
}

static bool is_joinable(const struct state *state, int32_t day)
{
	return state->closed_on != DAY_NONE && day - state->closed_on <= BENEFIT_JOIN_DAYS;
}

/* Goes to the day of an event. An exit on it comes before what opens and after what was. */
static void state_turn(struct state *state, int32_t day)
{
	if (day == state->day)
		return;
	state_exits(state, day);
	if (state->open && day - state->last_news > BENEFIT_NEWS_DAYS)
		state->open = false;
	state->day = day;
	state->open_or_joinable = state->open || is_joinable(state, day);
	state_exits(state, day + 1);
}

/*
 * "From an end on to 31 days later, of the same municipality, and from an exit on to 31 days
 * later, of any, until a start that is news."
 */
static bool is_late_list(const struct state *state, uint64_t listed, int32_t day)
{
	const struct person *person = state->person;
	size_t end = end_before(listed);
	if (end > state->started && day - fact_day(&person->facts[end - 1]) <= BENEFIT_JOIN_DAYS)
		return true;
	if (state->leavings == 0)
		return false;
	int32_t exit = person->leavings[state->leavings - 1].day;
	return day - exit <= BENEFIT_JOIN_DAYS && (state->started == 0 || state->started_on < exit);
}

/* Is the event news? Moves the state past it. */
static bool state_pass(struct state *state, uint64_t listed)
{
	size_t place = place_of(listed);
	const struct fact *fact = &state->person->facts[place];
	int32_t day = fact_day(fact);
	state_turn(state, day);
	if (fact->type == EVENT_BENEFIT_CONFIRMED) {
		if (is_late_list(state, listed, day))
			return false;
		state->open = true;
	} else {
		if ((listed & MEETS) != 0 && !state->open_or_joinable)
			return false;
		if (fact->type == EVENT_BENEFIT_STARTED) {
			state->started = place + 1;
			state->started_on = day;
			state->closed_on = DAY_NONE;
			state->open = true;
		} else if (state->open) {
			state->closed_on = day;
			state->open = false;
		}
	}
	state->last_news = day;
	return true;
}

/* A piece of news: its place, and how many news on the next start is, itself included. */
static uint64_t news_of(size_t place, size_t next_start)
{
	return (uint64_t)next_start << 32 | place;
}

static const struct fact *news_fact(const struct benefit_walk *walk, size_t index)
{
	return &walk->person->facts[(uint32_t)walk->news[index]];
}

struct benefit_walk benefit_walk_begin(const struct person *person)
{
	struct benefit_walk walk = { .person = person };
	if (person->last[EVENT_BENEFIT_STARTED] == NULL &&
		person->last[EVENT_BENEFIT_CONFIRMED] == NULL &&
		person->last[EVENT_BENEFIT_ENDED] == NULL)
		return walk;
	uint64_t *listed = person->work, *numbers = person->work + person->work_facts;
	uint64_t *news = numbers + person->work_facts;
	CHECK_STATIC(WORK_NUMBERS >= 3);
	size_t count = list_events(person, listed);
	note_ends(person, listed, count, numbers);
	note_meetings(person, listed, count, numbers);
	struct state state = { .person = person, .closed_on = DAY_NONE, .day = -1 };
	for (size_t i = 0; i < count; i++) {
		if (state_pass(&state, listed[i]))
			news[walk.news_count++] = place_of(listed[i]);
	}
	size_t next_start = walk.news_count;
	for (size_t i = walk.news_count; i > 0; i--) {
		size_t place = (size_t)news[i - 1];
		if (person->facts[place].type == EVENT_BENEFIT_STARTED)
			next_start = i - 1;
		news[i - 1] = news_of(place, next_start);
	}
	walk.news = news;
	return walk;
}

/* "Unless a start within 31 days after, and before any exit, joins both." */
static bool end_is_joined(const struct benefit_walk *walk, size_t index)
{
	int32_t day = fact_day(news_fact(walk, index));
	size_t next = (size_t)(walk->news[index] >> 32);
	if (next == walk->news_count)
		return false;
	int32_t start = fact_day(news_fact(walk, next));
	const struct leaving *exit = person_exit_from(walk->person, day);
	return start - day <= BENEFIT_JOIN_DAYS && (exit == NULL || exit->day > start);
}

/* The day of the next start or confirmation from `index` on. */
static int32_t return_day(const struct benefit_walk *walk, size_t index)
{
	for (; index < walk->news_count; index++) {
		if (news_fact(walk, index)->type != EVENT_BENEFIT_ENDED)
			return fact_day(news_fact(walk, index));
	}
	return DAY_NONE;
}

/* How a spell ends that no end closes before the next news on day `next`, or P. */
static bool spell_ends_before(
	const struct benefit_walk *walk, struct benefit_spell *spell, int32_t last, int32_t next)
{
	/* "The first exit after the opening": one on its day came before it. */
	const struct leaving *exit = person_exit_from(walk->person, fact_day(spell->opened) + 1);
	if (exit != NULL && exit->day <= next && exit->day - last <= BENEFIT_NEWS_DAYS) {
		spell->end = BENEFIT_EXITED;
		spell->until = exit->day;
		return true;
	}
	if (next - last > BENEFIT_NEWS_DAYS) {
		spell->end = BENEFIT_SILENT;
		spell->until = last + BENEFIT_NEWS_DAYS;
		return true;
	}
	return false;
}

bool benefit_spell_next(struct benefit_walk *walk, struct benefit_spell *out)
{
	while (walk->at < walk->news_count &&
		news_fact(walk, walk->at)->type == EVENT_BENEFIT_ENDED)
		walk->at++;
	if (walk->at == walk->news_count)
		return false;
	const struct fact *opened = news_fact(walk, walk->at++);
	struct benefit_spell spell = {
		.opened = opened,
		.kind = (enum benefit_kind)opened->choice,
		.returned = DAY_NONE,
	};
	int32_t last = fact_day(opened);
	bool over = false;
	while (!over && walk->at < walk->news_count) {
		const struct fact *news = news_fact(walk, walk->at);
		over = spell_ends_before(walk, &spell, last, fact_day(news));
		if (over)
			break;
		last = fact_day(news);
		walk->at++;
		if (news->type != EVENT_BENEFIT_ENDED) {
			spell.kind = (enum benefit_kind)news->choice;
		} else if (!end_is_joined(walk, walk->at - 1)) {
			spell.end = BENEFIT_LEFT;
			spell.until = last;
			spell.returned = return_day(walk, walk->at);
			over = true;
		}
	}
	int32_t as_of = walk->person->question->as_of;
	if (!over && !spell_ends_before(walk, &spell, last, as_of)) {
		spell.end = BENEFIT_OPEN;
		spell.until = as_of;
	}
	*out = spell;
	return true;
}

enum receiving benefit_receiving(struct benefit_walk *walk)
{
	struct benefit_spell spell = { .end = BENEFIT_LEFT };
	while (benefit_spell_next(walk, &spell))
		continue;
	if (spell.end == BENEFIT_OPEN && walk->news_count > 0 && spell.opened != NULL)
		return spell.kind == BENEFIT_KIND_FULL ? RECEIVING_FULL : RECEIVING_SUPPLEMENTARY;
	bool ended = walk->news_count > 0 &&
		     news_fact(walk, walk->news_count - 1)->type == EVENT_BENEFIT_ENDED;
	return ended ? RECEIVING_NONE : RECEIVING_UNKNOWN;
}
