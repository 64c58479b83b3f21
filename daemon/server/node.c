/*
 * daemon/server/node.c - see node.h.
 */
#include "daemon/server/node.h"

#include "daemon/server/erasing.h"
#include "daemon/server/postgres.h"

bool node_is_one(const struct config *config)
{
	return config->cluster_postgres[0] != '\0';
}

enum err node_prepare(struct server *server, struct reason *reason)
{
	const struct config *config = server->config;
	const struct postgres_options options = {
		.where = config->cluster_postgres,
		.node = config->cluster_node,
		.lax = config->cluster_acknowledge_without_promise,
		.keep_days = (unsigned)config->cluster_keep_days,
		.store_path = config->store_path,
	};
	const struct log_place *place = log_place(server->log);
	if (!node_is_one(server->config))
		return place->pos == 0
			       ? OK
			       : fail(reason, ERR_INVALID,
					 "this store follows a cluster, up to its row %llu: "
					 "give [cluster] postgres",
					 (unsigned long long)place->pos);
	enum err err = postgres_new(&options, &server->intake);
	return err == OK ? OK : fail(reason, err, "the connection to the cluster is not made");
}

/* Rows of the cluster were applied. */
static void rows_applied(void *context)
{
	struct server *server = context;
	refresher_wake(server->refresher);
}

enum err node_start(struct server *server, uint32_t definitions)
{
	const struct config *config = server->config;
	const struct front_options options = {
		.intake = server->intake,
		.clock = &server->clock,
		.log = server->log,
		.committer = server->committer,
		.limits = {
			.batches_max = config->limits_queue_batches_max,
			.bytes_max = config_queue_bytes_max(config),
		},
		.rules = {
			.person_events_max = (uint32_t)config->limits_events_per_person_max,
			.partner_municipalities_max =
				(uint32_t)config->limits_partner_municipalities_max,
			.definitions = definitions,
		},
		.applied = rows_applied,
		.act = erasing_apply,
		.context = server,
	};
	return node_is_one(server->config) ? front_start(&options, &server->front) : OK;
}
