/*
 * store/shield.c - see shield.h.
 */
#include "store/shield.h"

#include <pthread.h>
#include <signal.h>

#include "base/check.h"
#include "store/tables.h"

/* The innermost of this thread. Read by the handler, which runs in the thread that faulted. */
static _Thread_local struct shield *volatile innermost;

static struct sigaction before_segv, before_bus;

static void trip(void)
{
	struct shield *shield = innermost;
	innermost = shield->before;
	siglongjmp(shield->place, 1);
}

/* Outside of a shield it is a fault as ever: it comes again, and meets what was there before. */
static void fault(int number, siginfo_t *info, void *context)
{
	(void)info;
	if (innermost != NULL) {
		/* As it was: ThreadSanitizer blocks all signals meanwhile, the next fault too. */
		pthread_sigmask(SIG_SETMASK, &((const ucontext_t *)context)->uc_sigmask, NULL);
		trip();
	}
	sigaction(number, number == SIGBUS ? &before_bus : &before_segv, NULL);
}

static void install(int number, struct sigaction *before)
{
	const struct sigaction action = { .sa_sigaction = fault,
		.sa_flags = SA_SIGINFO | SA_NODEFER };
	struct sigaction now;
	CHECK(sigaction(number, NULL, &now) == 0);
	if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == fault)
		return;
	*before = now;
	CHECK(sigaction(number, &action, NULL) == 0);
}

void shield_install(void)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	CHECK(pthread_mutex_lock(&mutex) == 0);
	install(SIGSEGV, &before_segv);
	install(SIGBUS, &before_bus);
	CHECK(pthread_mutex_unlock(&mutex) == 0);
}

/* LMDB ends the process after this returns. */
static void assertion(MDB_env *env, const char *message)
{
	(void)env;
	(void)message;
	if (innermost != NULL)
		trip();
}

void shield_environment(MDB_env *env)
{
	CHECK(mdb_env_set_assert(env, assertion) == 0);
}

void shield_enter(struct shield *shield)
{
	shield->before = innermost;
	innermost = shield;
}

void shield_leave(struct shield *shield)
{
	CHECK(innermost == shield);
	innermost = shield->before;
}

static const struct reason damage = {
	"a page of the store is not as it was written: restore a backup"
};

enum err shield_tripped(struct log *log)
{
	if (log->lock_fd >= 0)
		log_note_damage(log, &damage);
	return ERR_CORRUPT;
}

enum err shield_told(struct log *log, struct reason *reason)
{
	*reason = damage;
	return shield_tripped(log);
}
