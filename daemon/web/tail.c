/*
 * daemon/web/tail.c - see tail.h.
 */
#include "daemon/web/tail.h"

#include "base/check.h"

void tail_wait(struct tail *tail, struct tail_wait *wait, void (*finish)(struct request *request),
	void *work)
{
	CHECK(wait->place == NULL && wait->request != NULL);
	wait->next = tail->first;
	if (wait->next != NULL)
		wait->next->place = &wait->next;
	wait->place = &tail->first;
	tail->first = wait;
	request_suspend(wait->request, finish, work);
}

void tail_end(struct tail_wait *wait)
{
	if (wait->place == NULL)
		return;
	CHECK(*wait->place == wait);
	*wait->place = wait->next;
	if (wait->next != NULL)
		wait->next->place = wait->place;
	wait->next = NULL;
	wait->place = NULL;
	request_done(wait->request);
}

void tail_turn(struct tail *tail, uint64_t last_seq, int64_t now_us, bool all)
{
	struct tail_wait *next;
	for (struct tail_wait *wait = tail->first; wait != NULL; wait = next) {
		next = wait->next;
		if (all || last_seq > wait->after || now_us >= wait->until_us)
			tail_end(wait);
	}
}
