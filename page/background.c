/*
 * page/background.c - see background.h.
 */
#include "page/background.h"

#include <string.h>

#include "base/check.h"

static const struct {
	enum word word;
	enum curve_set set;
	unsigned index;
	int32_t day;
} lately_rows[] = {
#define LATELY_ROW(word, set, index, day) { WORD_##word, set, index, day },
	LATELY_ROWS(LATELY_ROW)
#undef LATELY_ROW
};

static const struct {
	enum word word;
	const char *paths;
} change_rows[] = {
#define CHANGE_ROW(word, paths) { WORD_##word, paths },
	CHANGE_ROWS(CHANGE_ROW)
#undef CHANGE_ROW
};

enum word lately_word(size_t index)
{
	CHECK(index < LATELY_ROW_COUNT);
	return lately_rows[index].word;
}

enum word counts_word(size_t index)
{
	CHECK(index < CHANGE_ROW_COUNT);
	return change_rows[index].word;
}

struct counts counts_of(const struct figure *root)
{
	struct counts counts;
	for (size_t i = 0; i < CHANGE_ROW_COUNT; i++)
		counts.values[i] = look_sum(root, change_rows[i].paths);
	return counts;
}

static struct compared_estimate estimate_at(const struct curves *curves, size_t row)
{
	struct curve curve = curves_find(curves, lately_rows[row].set, lately_rows[row].index);
	struct estimate estimate =
		curve_estimate(&curve, curves_function(lately_rows[row].set), lately_rows[row].day);
	return (struct compared_estimate){ estimate.value, estimate.error,
		curve_at_risk(&curve, lately_rows[row].day) };
}

void lately_read(const struct lately *lately, struct lately_share out[LATELY_ROW_COUNT])
{
	for (size_t i = 0; i < LATELY_ROW_COUNT; i++)
		out[i] = (struct lately_share){ estimate_at(&lately->earlier, i),
			estimate_at(&lately->recent, i) };
}
