/*
 * daemon/web/api_indicators.h - GET /v1/indicators: the figures of a municipality or of all.
 */
#ifndef DAEMON_WEB_API_INDICATORS_H
#define DAEMON_WEB_API_INDICATORS_H

struct request;

/* For an analyst at any (P, K, w) of its municipalities; for anybody else what is published. */
void indicators_handle(struct request *request);

/* GET /v1/sums: the integer sums behind the same, for an analyst with sums = yes. */
void sums_handle(struct request *request);

#endif
