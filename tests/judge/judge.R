# judge.R - what R's survival says of records, in the words of tests/helper/curve.c.
#
#   Rscript judge.R datasets       R's own data sets as lines "name least group entry
#                                  exit cause", in whole days (or half days, or months)
#   Rscript judge.R judge FILE     of the records of such a file: the lines of
#                                  tests/helper/curve.c, each behind its name, and
#     jackknife_1|jackknife_2 GROUP DAY error    R's default where entry is delayed
#     quantile GROUP days low high               quantile.survfit, where no step is at 1/2
#     score CAUSE statistic degrees              the log-rank test as a Cox score test
#     mantel_haenszel CAUSE statistic degrees p  and as a test on a table a day
suppressPackageStartupMessages(library(survival))
THRESHOLD <- 0.5 - 1e-9 # that of spec/indicators.md
SCORE_CHOICES_MAX <- 2e5 # coxph goes through all choices of d out of n

show <- function(words, ...) {
	numbers <- cbind(...)
	if (nrow(numbers) == 0)
		return()
	text <- ifelse(is.finite(numbers), sprintf("%.17g", numbers), "null")
	dim(text) <- dim(numbers)
	cat(paste(words, apply(text, 1, paste, collapse = " ")), sep = "\n")
}

# A data set's time 0 is a record that is never at risk.
dataset <- function(name, group, entry, exit, cause, least = 0) {
	all <- data.frame(name, least, group = as.integer(factor(group)), entry, exit,
		cause = as.integer(cause))
	all <- all[complete.cases(all), ]
	stopifnot(all$entry %% 1 == 0, all$exit %% 1 == 0)
	write.table(all, quote = FALSE, row.names = FALSE, col.names = FALSE)
}

datasets <- function() {
	with(lung, dataset("lung-by-sex", sex, 0, time, status == 2))
	with(lung, dataset("lung-by-ecog", ph.ecog, 0, time, status == 2))
	with(ovarian, dataset("ovarian-by-rx", rx, 0, futime, fustat))
	with(ovarian, dataset("ovarian-by-both", interaction(rx, ecog.ps), 0, futime, fustat))
	with(veteran, dataset("veteran-by-celltype", celltype, 0, time, status))
	with(aml, dataset("aml-by-maintenance", x, 0, time, status))
	with(mgus2, dataset("mgus2-by-sex", sex, 0, ifelse(pstat == 1, ptime, futime),
		ifelse(pstat == 1, 1, 2 * death)))
	# by age in years: competing risks with delayed entry
	with(mgus2, dataset("mgus2-by-age", sex, age,
		age + ceiling(ifelse(pstat == 1, ptime, futime) / 12),
		ifelse(pstat == 1, 1, 2 * death), least = 10))
	with(transplant, dataset("transplant-by-blood-group", abo, 0, futime,
		c(0, 2, 1, 0)[match(event, c("censored", "death", "ltx", "withdraw"))]))
	# one stay on the list ends after 4.5 days
	with(heart, dataset("heart-by-transplant", transplant, 2 * start, 2 * stop, event))
}

# The first time at which `value` is a half.
reached <- function(times, value) {
	times[which(value >= THRESHOLD)[1]]
}

# spec/indicators.md has no limits of what is 0 or 1; R's own rule is the same but for rounding.
inside <- function(value, limit) {
	ifelse(value < 1e-9 | value > 1 - 1e-9, NA, limit)
}

# A function of `fit` on days: `start` before its first time.
step <- function(fit, days, values, start) {
	c(start, values)[findInterval(days, fit$time) + 1]
}

survival_of <- function(label, records, days) {
	fit <- survfit(Surv(entry, exit, cause > 0) ~ 1, records, conf.type = "log-log")
	s <- function(values, start) step(fit, days, values, start)
	# R has an infinite error of log S where S is 0; the error of S is 0 there.
	error <- ifelse(fit$surv == 0, 0, fit$surv * fit$std.err)
	low <- inside(fit$surv, fit$lower)
	high <- inside(fit$surv, fit$upper)
	show(paste(label("survival"), days), s(fit$surv, 1), s(error, 0), s(low, NA), s(high, NA))
	show(paste(label("failure"), days), 1 - s(fit$surv, 1), s(error, 0), 1 - s(high, NA),
		1 - s(low, NA))
	show(label("half_failure"), reached(fit$time, 1 - fit$surv), reached(fit$time, 1 - low),
		reached(fit$time, 1 - high))
	# R takes the middle of a step that is at 1/2, and sorts limits that rise again, as
	# they may with delayed entry; spec/indicators.md takes the first day in both.
	known <- c(fit$surv, low, high)
	at_half <- any(abs(known - 0.5) < 1e-7, na.rm = TRUE)
	rises <- function(values) any(diff(values[!is.na(values)]) > 0)
	if (!at_half && !rises(low) && !rises(high)) {
		quantiles <- quantile(fit, 0.5)
		show(label("quantile"), quantiles$quantile, quantiles$lower, quantiles$upper)
	}
}

no_incidence_of <- function(label, records, days) {
	for (cause in 1:2) {
		show(paste(label(paste0("incidence_", cause)), days), 0 * days, 0 * days,
			NA * days, NA * days)
		show(label(paste0("half_incidence_", cause)), NA, NA, NA)
	}
	if (any(records$entry > min(records$entry)))
		for (cause in 1:2)
			show(paste(label(paste0("jackknife_", cause)), days), 0 * days)
}

# survfit's error of a probability is the infinitesimal jackknife over identities. A
# person's terms at two days are uncorrelated when everybody entered on one day; then
# it is Marubini and Valsecchi's. With delayed entry they are not. Cut at every day, with
# an identity a piece, R sums the days' variances as spec/indicators.md does.
#
# Where nothing happens survfit of survival 3.8 stops; the incidence is 0 then, as survival 3.5
# says.
incidence_of <- function(label, records, days) {
	if (!any(records$cause > 0))
		return(no_incidence_of(label, records, days))
	delayed <- any(records$entry > min(records$entry))
	pieces <- records
	if (delayed) {
		pieces <- survSplit(Surv(entry, exit, last) ~ ., transform(records, last = 1),
			cut = sort(unique(records$exit)))
		pieces$cause <- ifelse(pieces$last == 1, pieces$cause, 0)
	}
	pieces$state <- factor(pieces$cause, 0:2)
	pieces$piece <- seq_len(nrow(pieces))
	fit <- survfit(Surv(entry, exit, state) ~ 1, pieces, id = piece, conf.type = "log-log")
	event <- rowSums(fit$n.event[, 2:3, drop = FALSE]) > 0
	show(paste(label("at_risk"), fit$time)[event], fit$n.risk[event, 1],
		fit$n.event[event, 2], fit$n.event[event, 3])
	for (cause in 1:2) {
		s <- function(values, start) step(fit, days, values, start)
		value <- fit$pstate[, cause + 1]
		low <- inside(value, fit$lower[, cause + 1])
		high <- inside(value, fit$upper[, cause + 1])
		show(paste(label(paste0("incidence_", cause)), days), s(value, 0),
			s(fit$std.err[, cause + 1], 0), s(low, NA), s(high, NA))
		show(label(paste0("half_incidence_", cause)), reached(fit$time, value),
			reached(fit$time, high), reached(fit$time, low))
	}
	if (delayed) {
		records$person <- seq_len(nrow(records))
		fit <- survfit(Surv(entry, exit, factor(cause, 0:2)) ~ 1, records, id = person)
		for (cause in 1:2)
			show(paste(label(paste0("jackknife_", cause)), days),
				step(fit, days, fit$std.err[, cause + 1], 0))
	}
}

curve_of <- function(name, group, records) {
	label <- function(word) paste(name, word, group)
	last <- max(records$exit)
	least <- records$least[1]
	from <- 0
	if (least > 0) {
		at_risk <- sapply(seq_len(last), function(day)
			sum(records$entry < day & day <= records$exit))
		from <- which(at_risk >= least)[1]
	}
	show(label("curve"), nrow(records), from, last)
	if (is.na(from))
		return()
	# What lies before is left out: everybody enters on the eve.
	days <- sort(unique(c(0, from, records$entry, records$exit)))
	records <- records[records$exit >= from, ]
	records$entry <- pmax(records$entry, from - 1)
	days <- days[days >= from & days <= last]
	survival_of(label, records, days)
	incidence_of(label, records, days)
}

# Where nothing can be compared R says 0 on 0 degrees, we say null.
show_test <- function(words, statistic, degrees, ...) {
	if (degrees > 0)
		show(words, statistic, degrees, ...)
	else
		show(words, NA, 0)
}

# The log-rank test is Mantel and Haenszel's on a table a day: group by event or not.
mantel_haenszel_of <- function(label, records) {
	days <- sort(unique(records$exit[records$event]))
	tables <- sapply(days, function(day) {
		at_risk <- records$entry < day & day <= records$exit
		event <- at_risk & records$exit == day & records$event
		cbind(tapply(event, records$group, sum), tapply(at_risk & !event, records$group, sum))
	})
	dim(tables) <- c(nrow(tables) / 2, 2, length(days))
	tables <- tables[apply(tables, 1, sum) > 0, , apply(tables, 3, sum) > 1, drop = FALSE]
	if (nrow(tables) < 2 || dim(tables)[3] < 2)
		return()
	# It inverts the variance, so all groups must be at risk together, or with others that
	# are, on days on which some have the event and some have not. Else only coxph judges.
	at_risk <- tables[, 1, ] + tables[, 2, ]
	dim(at_risk) <- dim(tables)[c(1, 3)]
	chosen <- apply(tables, 3, function(table) all(colSums(table) > 0))
	joined <- (at_risk[, chosen, drop = FALSE] > 0) + 0
	joined <- joined %*% t(joined) > 0
	for (i in seq_len(nrow(joined)))
		joined <- joined %*% joined > 0
	if (all(joined)) {
		test <- mantelhaen.test(tables, correct = FALSE)
		show_test(label("mantel_haenszel"), test$statistic, test$parameter, test$p.value)
	}
}

log_rank_of <- function(name, records, cause) {
	label <- function(word) paste(name, word, cause)
	records$event <- records$cause == cause
	# Each record is expected to have as many events as hazard passes while it is at risk.
	pooled <- survfit(Surv(entry, exit, event) ~ 1, records)
	hazard <- function(days) step(pooled, days, pooled$cumhaz, 0)
	expected <- tapply(hazard(records$exit) - hazard(records$entry), records$group, sum)
	observed <- tapply(records$event, records$group, sum)
	show(paste(label("group"), names(observed)), observed, expected)
	if (length(observed) < 2)
		return()
	if (all(records$entry == 0)) {
		test <- tryCatch(survdiff(Surv(exit, event) ~ group, records),
			error = function(e) NULL) # a singular variance: the score test must do
		if (!is.null(test))
			show_test(label("log_rank"), test$chisq, sum(test$exp > 0) - 1, test$pvalue)
	}
	mantel_haenszel_of(label, records)
	if (sum(choose(pooled$n.risk, pooled$n.event)) <= SCORE_CHOICES_MAX) {
		# The exact partial likelihood has the hypergeometric variance, ties and all.
		# With one informative event coxph fails on the concordance, which nobody asks for.
		cox <- tryCatch(suppressWarnings(coxph(Surv(entry, exit, event) ~ factor(group),
			records, ties = "exact", iter.max = 0)), error = function(e) NULL)
		if (!is.null(cox))
			show_test(label("score"), cox$score, sum(!is.na(coef(cox))))
	}
}

judge <- function(file) {
	all <- read.table(file, col.names = c("name", "least", "group", "entry", "exit", "cause"))
	all <- all[all$entry < all$exit, ]
	for (name in unique(all$name)) {
		records <- all[all$name == name, ]
		for (group in unique(records$group))
			curve_of(name, group, records[records$group == group, ])
		for (cause in 1:2)
			if (any(records$cause == cause))
				log_rank_of(name, records, cause)
	}
}

arguments <- commandArgs(trailingOnly = TRUE)
if (arguments[1] == "datasets") {
	datasets()
} else {
	judge(arguments[2])
}
