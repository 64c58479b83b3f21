/*
 * daemon/server/strangers.c - see strangers.h.
 */
#include "daemon/server/strangers.h"

#include <string.h>

#include "base/check.h"

static bool is_of(const struct stranger *stranger, const uint8_t place[ORIGIN_SIZE])
{
	return !stranger->shared && memcmp(stranger->place, place, ORIGIN_SIZE) == 0;
}

static void cut(struct strangers *strangers, struct stranger *stranger)
{
	strangers_remove(strangers, stranger);
	stranger->cut(stranger);
}

/* Cuts the oldest of the address of the newest, if it has too many. */
static void address_hold(struct strangers *strangers)
{
	size_t count = 0;
	struct stranger *oldest = NULL;
	for (struct stranger *at = strangers->newest; at != NULL; at = at->older) {
		if (is_of(at, strangers->newest->place)) {
			count++;
			oldest = at;
		}
	}
	if (count > strangers->address_max)
		cut(strangers, oldest);
}

void strangers_add(struct strangers *strangers, struct stranger *stranger,
	const struct origin *origin, const struct networks *shared)
{
	CHECK(!stranger->listed && stranger->cut != NULL);
	origin_place(origin, stranger->place);
	stranger->shared = networks_have(shared, origin);
	stranger->listed = true;
	stranger->newer = NULL;
	stranger->older = strangers->newest;
	if (stranger->older != NULL)
		stranger->older->newer = stranger;
	else
		strangers->oldest = stranger;
	strangers->newest = stranger;
	strangers->count++;
	if (!stranger->shared)
		address_hold(strangers);
	if (strangers->count > strangers->max)
		cut(strangers, strangers->oldest);
}

void strangers_remove(struct strangers *strangers, struct stranger *stranger)
{
	if (!stranger->listed)
		return;
	CHECK(strangers->count > 0);
	if (stranger->older != NULL)
		stranger->older->newer = stranger->newer;
	else
		strangers->oldest = stranger->newer;
	if (stranger->newer != NULL)
		stranger->newer->older = stranger->older;
	else
		strangers->newest = stranger->older;
	strangers->count--;
	stranger->listed = false;
}

bool strangers_cut_oldest(struct strangers *strangers, const struct stranger *spared)
{
	struct stranger *oldest = strangers->oldest;
	if (oldest == spared && oldest != NULL)
		oldest = oldest->newer;
	if (oldest == NULL)
		return false;
	cut(strangers, oldest);
	return true;
}
