/*
 * daemon/web/api_metrics.h - what is looked at by machines: metrics and health.
 */
#ifndef DAEMON_WEB_API_METRICS_H
#define DAEMON_WEB_API_METRICS_H

struct request;

/* GET /metrics, in either text format of Prometheus. */
void metrics_handle(struct request *request);

/* GET /healthz: the loop runs. */
void health_handle(struct request *request);

/* GET /readyz: events are taken and figures shown. */
void ready_handle(struct request *request);

#endif
