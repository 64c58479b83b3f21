/*
 * indicators/agreements.c - what was promised, and whether it was kept.
 *
 * Source: indicators, section 25. Nothing comes from people here: what is agreed and how it is
 * judged (agreement.h) is handed in with the figures.
 */
#include "indicators/registry.h"

static void figures_of(const struct sums *sums, struct figures *figures)
{
	(void)sums;
	figures_adopt(figures, "agreements", figures->agreements);
}

static const struct metric metrics[] = {
	{ "ladder_agreement_verdict",
		"What became of an agreement: 1 for the verdict that holds, 0 for the others.", "",
		METRIC_VERDICT },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_agreements = {
	.name = "agreements",
	.set = DEFINITIONS_COUNCIL,
	.figures = figures_of,
	.metrics = metrics,
};
