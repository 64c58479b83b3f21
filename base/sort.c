/*
 * base/sort.c - see sort.h.
 */
#include "base/sort.h"

#include <stdbool.h>

#define FEW 16 /* numbers that insertion puts in order sooner */

static void insertion_sort(uint64_t *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t number = numbers[i];
		size_t at = i;
		for (; at > 0 && numbers[at - 1] > number; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = number;
	}
}

static bool is_sorted(const uint64_t *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (numbers[i - 1] > numbers[i])
			return false;
	}
	return true;
}

/* Lets the number at `at` sink to where none below it is larger. */
static void sink(uint64_t *numbers, size_t at, size_t count)
{
	uint64_t number = numbers[at];
	for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && numbers[child + 1] > numbers[child])
			child++;
		if (numbers[child] <= number)
			break;
		numbers[at] = numbers[child];
		at = child;
	}
	numbers[at] = number;
}

void sort_numbers(uint64_t *numbers, size_t count)
{
	if (count <= FEW) {
		insertion_sort(numbers, count);
		return;
	}
	if (is_sorted(numbers, count))
		return;
	for (size_t at = count / 2; at > 0; at--)
		sink(numbers, at - 1, count);
	for (size_t end = count - 1; end > 0; end--) {
		uint64_t largest = numbers[0];
		numbers[0] = numbers[end];
		numbers[end] = largest;
		sink(numbers, 0, end);
	}
}

size_t sorted_distinct(const uint64_t *numbers, size_t count)
{
	size_t distinct = count > 0;
	for (size_t i = 1; i < count; i++)
		distinct += numbers[i - 1] != numbers[i];
	return distinct;
}
