/*
 * base/date.h - civil days and instants.
 *
 * A civil day is an int32_t: days since 1970-01-01 in the proleptic Gregorian
 * calendar (Howard Hinnant's algorithms). An instant is an int64_t:
 * microseconds since 1970-01-01T00:00:00Z. The store's time zone says on which
 * civil day an instant falls.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/bytes.h"
#include "base/err.h"

#define US_PER_SECOND  INT64_C(1000000)
#define US_PER_DAY     (INT64_C(86400) * US_PER_SECOND)
#define DATE_LENGTH    10 /* YYYY-MM-DD */
#define INSTANT_LENGTH 27 /* YYYY-MM-DDThh:mm:ss.ffffffZ */

struct civil {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
};

int32_t day_from_civil(struct civil civil);
struct civil civil_from_day(int32_t day);

/* Exactly YYYY-MM-DD, a day that exists. ERR_INVALID otherwise. */
enum err date_parse(struct bytes text, int32_t *day) NODISCARD;

/* Writes DATE_LENGTH characters and a NUL. */
void date_print(int32_t day, char out[DATE_LENGTH + 1]);

/* The Monday of the ISO week of `day`. */
int32_t date_monday(int32_t day);

/* True when `day` is the last day of a calendar quarter. */
bool date_ends_quarter(int32_t day);

/* The last day of the quarter that ended last before this day. */
int32_t date_quarter_before(int32_t day);

/*
 * RFC 3339: date, T or t or a space, time with up to six decimals of a second
 * (further ones are dropped), Z or an offset. A leap second counts as the next
 * second. Within the years 1 to 9999 of UTC. ERR_INVALID otherwise.
 */
enum err instant_parse(struct bytes text, int64_t *us) NODISCARD;

/* Writes INSTANT_LENGTH characters and a NUL: UTC, microseconds, Z. */
void instant_print(int64_t us, char out[INSTANT_LENGTH + 1]);

/*
 * The time zone of the process, an IANA name. Set once, before threads start and before any day is
 * asked for: those of another zone would be others. ERR_NOT_FOUND: the machine's time zone data
 * does not have it. ERR_FULL: it has, and it cannot be read: no memory, or it is damaged.
 */
enum err zone_set(const char *name) NODISCARD;

/* The civil day of an instant in the time zone; the first and the last instant of a civil day. */
int32_t zone_day(int64_t us);
int64_t zone_day_first_us(int32_t day);
int64_t zone_day_last_us(int32_t day);

#endif
