/*
 * indicators/coarse.h - the two ways in which the public profile makes a number coarse.
 *
 * Source: indicators, "Profiles". What depends on an exact number only through these
 * tells no more of it than what is shown.
 */
#ifndef INDICATORS_COARSE_H
#define INDICATORS_COARSE_H

#include <math.h>
#include <stdint.h>

/* What is a half but for the last bits of a double counts as a half. */
#define COARSE_TOLERANCE 1e-9

/* The multiple of the base nearest to a count that is not negative, halves up. */
static inline int64_t coarse_count(int64_t count, int64_t base)
{
	return (2 * count + base) / (2 * base) * base;
}

/* The multiple of `step` nearest to a value, halves up. */
static inline double coarse_step(double value, double step)
{
	return floor(value / step + 0.5 + COARSE_TOLERANCE) * step;
}

#endif
