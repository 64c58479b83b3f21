/*
 * daemon/server/sign_ins.h - how often an address showed a wrong token of late, and how long it
 * must wait until its next one is looked at as usual.
 *
 * Only wrong ones are held up. A token is 256 random bits: whether guesses are slow or fast
 * nobody finds one, and who shares an address with whoever guesses must not be kept out. What is
 * limited is the work, and what the audit and the operator have to read.
 *
 * The memory is fixed. An address that is not in it takes the place of the one of its set that
 * was silent for longest; the sets are chosen by a keyed hash, so that nobody can choose whose
 * place is taken. The loop's thread only.
 */
#ifndef DAEMON_SERVER_SIGN_INS_H
#define DAEMON_SERVER_SIGN_INS_H

#include "base/date.h"
#include "base/err.h"
#include "daemon/server/origin.h"

#define SIGN_INS_FREE           30 /* wrong ones of an address that wait for nothing */
#define SIGN_INS_SECONDS_MAX    512
#define SIGN_INS_FORGET_SECONDS 900 /* without a wrong one: then an address begins anew */

struct sign_ins;

/* ERR_FULL: no memory. */
enum err sign_ins_new(struct sign_ins **out) NODISCARD;
void sign_ins_free(struct sign_ins *sign_ins);

/*
 * Notes a wrong one, at an instant that is monotonic. Returns how many seconds the address must
 * wait: 0 at first; then 1, 2, 4 and so on, doubled with each wrong one that comes when the wait
 * is over.
 */
unsigned sign_ins_wrong(struct sign_ins *sign_ins, const struct origin *origin, int64_t now_us);

#endif
