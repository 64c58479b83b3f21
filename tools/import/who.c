/*
 * tools/import/who.c - see who.h.
 *
 * Names are compared by hashes: people share one only by chance, and then two columns of a list
 * are asked for where one would do.
 */
#include "tools/import/who.h"

#include <stdlib.h>

#include "base/check.h"

/* Appends the parts of a name from `from` to `to`, single spaces between. */
static void add_parts(const struct list *list, const struct sheet_row *row, enum person_column from,
	enum person_column to, struct text *out)
{
	for (size_t i = from; i <= to; i++) {
		struct bytes part = bytes_trim(list_cell(list, row, i));
		text_add_string(out, out->length > 0 && part.length > 0 ? " " : "");
		text_add(out, part);
	}
}

/* Is the name, after its folding, the part and more? `at_end`: with the part last. */
static bool has_part(const struct text *name, const struct text *part, bool at_end)
{
	if (part->length == 0 || name->length <= part->length)
		return false;
	const char *begin = name->data + (at_end ? name->length - part->length : 0);
	char beside = at_end ? begin[-1] : begin[part->length];
	return beside == ' ' && memcmp(begin, part->data, part->length) == 0;
}

/* What a name beside its parts is. */
enum name_beside {
	NAME_ALONE,   /* no part is filled in, or they say the same */
	NAME_FAMILY,  /* it goes after the first name and the infix */
	NAME_GIVEN,   /* it goes before the infix and the last name */
	NAME_DOUBTED, /* that cannot be known */
};

static enum name_beside name_beside_parts(const struct list *list, const struct sheet_row *row)
{
	struct text name = { 0 }, first = { 0 }, last = { 0 }, parts = { 0 }, joined = { 0 };
	struct bytes whole = list_cell(list, row, PERSON_NAME);
	add_parts(list, row, PERSON_FIRST, PERSON_LAST, &parts);
	fold_name(whole, &name);
	fold_name(text_bytes(&parts), &joined);
	fold_name(list_cell(list, row, PERSON_FIRST), &first);
	fold_name(list_cell(list, row, PERSON_LAST), &last);
	enum name_beside beside = NAME_DOUBTED;
	if (joined.length == 0 || bytes_equal(text_bytes(&name), text_bytes(&joined)))
		beside = NAME_ALONE;
	else if (last.length == 0 && list->positions[PERSON_LAST] == LIST_ABSENT)
		/* "Fatma Yilmaz" beside "Fatma", or "de Boer" beside "de": is it all there? */
		beside = has_part(&name, &first, false) || has_part(&name, &joined, false)
				 ? NAME_DOUBTED
				 : NAME_FAMILY;
	else if (last.length > 0 && list->positions[PERSON_FIRST] == LIST_ABSENT)
		beside = has_part(&name, &last, true) ? NAME_DOUBTED : NAME_GIVEN;
	text_release(&name);
	text_release(&first);
	text_release(&last);
	text_release(&parts);
	text_release(&joined);
	return beside;
}

/*
 * Appends the name as the list writes it. A family name beside the first one belongs to it: else
 * people of one family were one. False: which name is meant cannot be known.
 */
static bool add_name(const struct list *list, const struct sheet_row *row, struct text *out)
{
	struct bytes name = list_cell(list, row, PERSON_NAME);
	if (bytes_trim(name).length == 0) {
		add_parts(list, row, PERSON_FIRST, PERSON_LAST, out);
		return true;
	}
	switch (name_beside_parts(list, row)) {
	case NAME_ALONE:
		text_add(out, name);
		return true;
	case NAME_FAMILY:
		add_parts(list, row, PERSON_FIRST, PERSON_INFIX, out);
		text_add_char(out, ' ');
		text_add(out, bytes_trim(name));
		return true;
	case NAME_GIVEN:
		text_add(out, bytes_trim(name));
		add_parts(list, row, PERSON_INFIX, PERSON_LAST, out);
		return true;
	case NAME_DOUBTED:
		text_add(out, name);
		return false;
	}
	check_failed("a name of the enum", __FILE__, __LINE__);
}

void who_read(const struct list *list, const struct sheet_row *row, struct who *out)
{
	*out = (struct who){ 0 };
	out->is_certain = add_name(list, row, &out->name);
	fold_name(text_bytes(&out->name), &out->name_folded);
	struct bytes second = list_cell(list, row, PERSON_SECOND);
	if (!birthday_print(second, list->month_first, &out->second))
		text_add(&out->second, second);
	second_fold(text_bytes(&out->second), false, &out->second_folded);
	for (size_t i = 0; i < list->more_second_count; i++) {
		struct bytes cell = sheet_cell(&list->sheet, row, (size_t)list->more_seconds[i]);
		if (out->more.length > 0 && cell.length > 0)
			text_add_char(&out->more, ' ');
		second_fold(cell, list->month_first, &out->more);
	}
}

void who_release(struct who *who)
{
	text_release(&who->name);
	text_release(&who->name_folded);
	text_release(&who->second);
	text_release(&who->second_folded);
	text_release(&who->more);
}

/* Somebody whom the list names, as hashes. */
struct named {
	uint64_t name;
	uint64_t second;
	uint64_t more; /* 0: nothing */
};

struct people {
	struct named *named; /* those with a second, each once, in order */
	size_t count;
};

static uint64_t hash_of(const struct text *text)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);
	for (size_t i = 0; i < text->length; i++)
		hash = (hash ^ (uint8_t)text->data[i]) * UINT64_C(0x100000001B3);
	return hash;
}

static struct named named_of(const struct who *who)
{
	return (struct named){
		.name = hash_of(&who->name_folded),
		.second = hash_of(&who->second_folded),
		.more = who->more.length == 0 ? 0 : hash_of(&who->more),
	};
}

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	return (x->more > y->more) - (x->more < y->more);
}

enum err people_read(const struct list *list, struct people **out)
{
	size_t rows = list->sheet.row_count - list->heading - 1;
	struct people *people = calloc(1, sizeof(*people));
	if (people == NULL)
		return ERR_FULL;
	people->named = calloc(rows + 1, sizeof(*people->named));
	if (people->named == NULL) {
		people_free(people);
		return ERR_FULL;
	}
	for (size_t i = 0; i < rows; i++) {
		struct who who;
		who_read(list, &list->sheet.rows[list->heading + 1 + i], &who);
		if (who.second_folded.length > 0)
			people->named[people->count++] = named_of(&who);
		who_release(&who);
	}
	qsort(people->named, people->count, sizeof(*people->named), compare_named);
	size_t kept = 0;
	for (size_t i = 0; i < people->count; i++) {
		if (kept == 0 || compare_named(&people->named[kept - 1], &people->named[i]) != 0)
			people->named[kept++] = people->named[i];
	}
	people->count = kept;
	*out = people;
	return OK;
}

void people_free(struct people *people)
{
	if (people == NULL)
		return;
	free(people->named);
	free(people);
}

/* The first of the name. */
static size_t find_name(const struct people *people, uint64_t name)
{
	size_t low = 0, high = people->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (people->named[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool people_share_name(const struct people *people, const struct who *who)
{
	const struct named *named = people->named;
	uint64_t name = hash_of(&who->name_folded);
	for (size_t i = find_name(people, name); i + 1 < people->count; i++) {
		if (named[i + 1].name != name)
			return false;
		if (named[i].second != named[i + 1].second)
			return true;
	}
	return false;
}

bool people_contradict(const struct people *people, const struct who *who)
{
	struct named own = named_of(who);
	if (own.more == 0)
		return false;
	if (who->second_folded.length == 0)
		return true;
	for (size_t i = find_name(people, own.name);
		i < people->count && people->named[i].name == own.name; i++) {
		const struct named *other = &people->named[i];
		if (other->second == own.second && other->more != 0 && other->more != own.more)
			return true;
	}
	return false;
}
