/*
 * daemon/server/sign_ins.c - see sign_ins.h.
 */
#include "daemon/server/sign_ins.h"

#include <stdlib.h>

#include "base/check.h"
#include "daemon/server/addresses.h"

struct sign_in {
	unsigned count; /* wrong ones */
	int64_t last_us;
	int64_t until_us; /* the wait is over then */
};

struct sign_ins {
	struct addresses addresses;
	struct sign_in wrong[ADDRESSES_MAX];
};

enum err sign_ins_new(struct sign_ins **out)
{
	struct sign_ins *sign_ins = calloc(1, sizeof(*sign_ins));
	if (sign_ins == NULL)
		return ERR_FULL;
	addresses_init(&sign_ins->addresses);
	*out = sign_ins;
	return OK;
}

void sign_ins_free(struct sign_ins *sign_ins)
{
	free(sign_ins);
}

static struct sign_in *sign_in_of(
	struct sign_ins *sign_ins, const struct origin *origin, int64_t now_us)
{
	uint8_t address[ORIGIN_SIZE];
	bool is_new;
	origin_place(origin, address);
	size_t place = addresses_came(&sign_ins->addresses, address, now_us, &is_new);
	if (is_new)
		sign_ins->wrong[place] = (struct sign_in){ .last_us = now_us };
	return &sign_ins->wrong[place];
}

/* Rounded up, so that who waits that long has waited long enough. */
static unsigned seconds_until(int64_t until_us, int64_t now_us)
{
	CHECK(until_us > now_us);
	return (unsigned)((until_us - now_us + US_PER_SECOND - 1) / US_PER_SECOND);
}

unsigned sign_ins_wrong(struct sign_ins *sign_ins, const struct origin *origin, int64_t now_us)
{
	struct sign_in *wrong = sign_in_of(sign_ins, origin, now_us);
	int64_t seconds = 1;
	if (now_us - wrong->last_us >= SIGN_INS_FORGET_SECONDS * US_PER_SECOND)
		wrong->count = 0;
	wrong->last_us = now_us;
	if (wrong->count > SIGN_INS_FREE && now_us < wrong->until_us)
		return seconds_until(wrong->until_us, now_us);
	wrong->count++;
	if (wrong->count <= SIGN_INS_FREE)
		return 0;
	for (unsigned i = SIGN_INS_FREE + 1; i < wrong->count && seconds < SIGN_INS_SECONDS_MAX;
		i++)
		seconds *= 2;
	wrong->until_us = now_us + seconds * US_PER_SECOND;
	return (unsigned)seconds;
}
