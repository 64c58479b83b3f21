/*
 * daemon/web/site_figures.h - the figures as a page, and as a spreadsheet.
 */
#ifndef DAEMON_WEB_SITE_FIGURES_H
#define DAEMON_WEB_SITE_FIGURES_H

struct request;

/* GET / */
void page_handle(struct request *request);

/* GET /figures.csv */
void figures_csv_handle(struct request *request);

#endif
