/*
 * daemon/server/cluster_sql.h - cluster.sql as a string; made by the Makefile.
 */
#ifndef DAEMON_SERVER_CLUSTER_SQL_H
#define DAEMON_SERVER_CLUSTER_SQL_H

extern const char cluster_sql[];

#endif
