/*
 * engine/lately.c - see lately.h.
 */
#include "engine/lately.h"

#include "base/check.h"

/* Where the contributions of one person go: by when the spell began. */
struct parting {
	struct tally *recent;
	struct tally *earlier;
	int32_t recent_from;
	struct tally *tally; /* of the spell that is contributed now */
};

static void parting_spell(
	void *context, uint16_t home, int32_t start, const struct fact *job_started)
{
	struct parting *parting = context;
	(void)home;
	(void)job_started;
	parting->tally = start >= parting->recent_from ? parting->recent : parting->earlier;
}

static void parting_add(
	void *context, uint16_t part, bool histogram, unsigned slot, int32_t at, int64_t units)
{
	struct parting *parting = context;
	struct adder adder = { parting->tally, 1 };
	struct sink sink = tally_sink(&adder);
	sink.add(sink.context, part, histogram, slot, at, units);
}

static void parting_visit(void *context, const struct person *person)
{
	static const struct indicator *const indicators[] = { &indicator_ladder_step,
		&indicator_rung_reached };
	struct sink sink = { .add = parting_add, .spell = parting_spell, .context = context };
	for (size_t i = 0; i < ARRAY_LENGTH(indicators); i++) {
		struct sink own = registry_sink(&sink, indicators[i]);
		indicators[i]->contribute(person, &own);
	}
}

enum err lately_fold(struct answers *answers, struct reader *reader,
	const struct question *question, uint16_t municipality, struct lately *out)
{
	struct parting parting = { .recent_from = question->as_of - LATELY_DAYS + 1 };
	*out = (struct lately){ 0 };
	enum err err = tally_new(&parting.recent);
	if (err == OK)
		err = tally_new(&parting.earlier);
	if (err == OK) {
		tally_only(parting.recent, municipality);
		tally_only(parting.earlier, municipality);
		err = answers_visit(
			answers, reader, question, municipality, parting_visit, &parting);
	}
	if (err == OK && (parting.recent->failed || parting.earlier->failed))
		err = ERR_FULL;
	if (err == OK)
		err = curves_copy(tally_part(parting.recent, municipality), &out->recent);
	if (err == OK)
		err = curves_copy(tally_part(parting.earlier, municipality), &out->earlier);
	if (err != OK)
		lately_release(out);
	tally_free(parting.recent);
	tally_free(parting.earlier);
	return err;
}

void lately_release(struct lately *lately)
{
	curves_release(&lately->recent);
	curves_release(&lately->earlier);
}
