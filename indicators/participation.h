/*
 * indicators/participation.h - the minutes of a week, as the participation norm reckons them.
 *
 * Source: indicators, section 3: activities of a participation kind, and the hours of work.
 */
#ifndef INDICATORS_PARTICIPATION_H
#define INDICATORS_PARTICIPATION_H

#include "indicators/person/person.h"

#define DAYS_OF_WEEK 7

/*
 * The minutes of the activities of one week from `monday` on, whose facts begin at *at, which
 * moves past them. *reported: there was one, also of 0 minutes. Uses person->work.
 */
int32_t participation_week(const struct person *person, int32_t monday, size_t *at, bool *reported);

/* The minutes of work of a week: those of the largest of the jobs known on its Sunday. */
int32_t participation_work(const struct person *person, int32_t sunday, bool *known);

#endif
