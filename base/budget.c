/*
 * base/budget.c - see budget.h.
 */
#include "base/budget.h"

#include "base/check.h"

void budget_init(struct budget *budget, size_t size)
{
	CHECK(size > 0);
	*budget = (struct budget){ .size = size };
	pthread_mutex_init(&budget->mutex, NULL);
}

void budget_release(struct budget *budget)
{
	CHECK(budget->used == 0);
	pthread_mutex_destroy(&budget->mutex);
}

size_t budget_used(struct budget *budget)
{
	pthread_mutex_lock(&budget->mutex);
	size_t used = budget->used;
	pthread_mutex_unlock(&budget->mutex);
	return used;
}

void share_init(struct share *share, struct budget *budget, size_t parts)
{
	CHECK(parts > 0);
	*share = (struct share){ .budget = budget, .parts = parts };
}

size_t share_take_some(struct share *share, enum holding holding, size_t least, size_t most)
{
	struct budget *budget = share->budget;
	CHECK(holding < HOLDINGS && least <= most);
	pthread_mutex_lock(&budget->mutex);
	CHECK(share->held[HELD_FOR_PEER] + share->held[HELD_FOR_WORK] <= budget->used);
	size_t free = budget->used < budget->size ? budget->size - budget->used : 0;
	size_t claimed = share->held[holding] * share->parts;
	size_t may = claimed < free ? (free - claimed) / (share->parts + 1) : 0;
	size_t taken = most < may ? most : may;
	if (taken < least)
		taken = 0;
	budget->used += taken;
	share->held[holding] += taken;
	pthread_mutex_unlock(&budget->mutex);
	return taken;
}

bool share_take(struct share *share, enum holding holding, size_t bytes)
{
	return bytes == 0 || share_take_some(share, holding, bytes, bytes) == bytes;
}

void share_move(struct share *share, enum holding from, enum holding to, size_t bytes)
{
	CHECK(from < HOLDINGS && to < HOLDINGS);
	pthread_mutex_lock(&share->budget->mutex);
	CHECK(share->held[from] >= bytes);
	share->held[from] -= bytes;
	share->held[to] += bytes;
	pthread_mutex_unlock(&share->budget->mutex);
}

void share_give(struct share *share, enum holding holding, size_t bytes)
{
	struct budget *budget = share->budget;
	CHECK(holding < HOLDINGS);
	pthread_mutex_lock(&budget->mutex);
	CHECK(share->held[holding] >= bytes && budget->used >= bytes);
	share->held[holding] -= bytes;
	budget->used -= bytes;
	pthread_mutex_unlock(&budget->mutex);
}

size_t share_most(const struct share *share, size_t beside)
{
	size_t size = share->budget->size;
	return beside < size ? (size - beside) / (share->parts + 1) : 0;
}
