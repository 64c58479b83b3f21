/*
 * daemon/web/visit.c - see visit.h.
 */
#include "daemon/web/visit.h"

#include <stddef.h>

#include "base/check.h"

#define RETRY_SECONDS 1

void visit_set_user(struct visit *visit, const char *user)
{
	size_t length = strlen(user);
	CHECK(length > 0 && length < sizeof(visit->user_space));
	memcpy(visit->user_space, user, length + 1);
	visit->user = visit->user_space;
}

struct visit *visit_of(const struct request *request)
{
	struct visit *visit = request->visit;
	CHECK(visit->request == request && visit->access != NULL);
	return visit;
}

/* In the refresher's thread. */
static void fresh_done(struct refresher_wait *wait)
{
	struct visit *visit = (struct visit *)((char *)wait - offsetof(struct visit, wait));
	request_done(visit->request);
}

void visit_when_fresh(struct request *request, void (*finish)(struct request *request), void *work)
{
	struct visit *visit = visit_of(request);
	visit->wait.done = fresh_done;
	if (refresher_is_fresh(visit->server->refresher, &visit->wait)) {
		request->work = work;
		finish(request);
	} else {
		request_suspend(request, finish, work);
	}
}

/* In a worker's thread. */
static void task_done(struct task *task)
{
	request_done(task->context);
}

static void task_finish(struct request *request)
{
	struct visit *visit = visit_of(request);
	CHECK(visit->task != NULL && visit->task == request->work);
	visit->task = NULL;
	visit->finish(request);
}

static bool submit(struct request *request, struct task *task,
	void (*finish)(struct request *request),
	enum err (*to)(struct workers *workers, struct task *task))
{
	struct visit *visit = visit_of(request);
	CHECK(task->run != NULL && visit->task == NULL);
	task->done = task_done;
	task->context = request;
	if (to(visit->server->workers, task) != OK)
		return false;
	visit->task = task;
	visit->finish = finish;
	request_suspend(request, task_finish, task);
	return true;
}

bool visit_submit(
	struct request *request, struct task *task, void (*finish)(struct request *request))
{
	return submit(request, task, finish, workers_submit);
}

bool visit_resubmit(
	struct request *request, struct task *task, void (*finish)(struct request *request))
{
	return submit(request, task, finish, workers_resubmit);
}

void visit_left(struct request *request)
{
	struct visit *visit = visit_of(request);
	visit->left = true;
	if (visit->task != NULL)
		task_stop(visit->task);
	if (visit->tail_wait != NULL)
		tail_end(visit->tail_wait);
}

enum err visit_snapshot(const struct request *request, struct snapshot *out, struct reason *reason)
{
	return refresher_snapshot(visit_of(request)->server->refresher, out, reason);
}

void visit_busy(struct request *request)
{
	request_try_later(request, 503, RETRY_SECONDS, "too many questions are waiting; try again");
}

void visit_store_error(struct request *request, enum err err)
{
	CHECK(err != OK);
	if (err == ERR_FULL)
		request_try_later(request, 503, RETRY_SECONDS, "too much is being read; try again");
	else if (err == ERR_CONFLICT)
		request_try_later(request, 503, RETRY_SECONDS,
			"this ladderd waits for its cluster, and what was recorded up to that "
			"instant is not settled yet: ask again in a moment");
	else if (err == ERR_STOPPED)
		request_try_later(request, 503, RETRY_SECONDS, "ladderd is stopping");
	else if (err == ERR_IO)
		request_problem(request, 500, "the store cannot be read: the system failed");
	else
		request_problem(request, 500,
			"the store cannot be read; the operator should run ladder verify");
}
