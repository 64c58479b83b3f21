/*
 * page/page.h - the page for a council: the figures of one answer as one HTML document.
 *
 * Pure: what is shown is handed in, bytes come out. Complete without a script, and nothing
 * is fetched from elsewhere: style, script and charts are in it. It has no inline style
 * and no handlers, so that a Content-Security-Policy by hash holds it.
 */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "engine/curves.h"
#include "page/agreed.h"
#include "page/background.h"

/* In place of figures. */
enum page_notice {
	PAGE_FIGURES, /* none: the figures are shown */
	PAGE_NOTHING, /* no municipality published anything */
	PAGE_CHOOSE,  /* several did, and none is asked for */
	PAGE_UNKNOWN_PLACE,
	PAGE_UNKNOWN_DAY,
	PAGE_WITHHELD, /* too few people, or no way was found to show it without giving them away */
	PAGE_WITHDRAWN, /* the municipality took it back on `withdrawn_day` */
	PAGE_FORBIDDEN,
	PAGE_OTHER_SET, /* the publication is of another set of definitions */
	PAGE_BAD_ADDRESS,
	PAGE_BUSY,
	PAGE_BROKEN,
};

/* What to show. All is borrowed. */
struct page_view {
	enum language language;
	enum page_notice notice;
	int32_t withdrawn_day; /* of PAGE_WITHDRAWN */

	const struct figure *figures;        /* a tree of answer_build(); NULL with a notice */
	const struct curves *curves;         /* behind them; NULL: in public, or there are none */
	const struct background *background; /* beside internal figures; NULL: there is none */
	int64_t known_us;                    /* what was known then */
	const struct trend_point *points;    /* in the order of time, the last one `figures`' own */
	size_t point_count;
	int64_t trend_known_us;           /* of the points before the last; 0: each its own */
	const struct agreed_past *agreed; /* of the agreements in `figures`; NULL: none */

	/* The choice. `municipality` and `as_of` are what is shown, or was asked. */
	uint16_t municipality;
	const char *name;               /* of it; NULL: only the code is known */
	int32_t as_of;                  /* DAY_NONE: none */
	bool is_dated;                  /* as_of was asked for: links keep it */
	bool is_known_then;             /* so was known_at */
	const uint16_t *municipalities; /* to choose from; may have PART_ALL */
	const char *const *names;       /* beside them, each NULL or a name */
	size_t municipality_count;
	const int32_t *days; /* to choose from: the quarters published, newest first */
	size_t day_count;
	bool any_day; /* up to `today`, in place of these */
	int32_t today;

	const char *analyst;      /* who is signed in; NULL: nobody */
	bool signed_in_by_cookie; /* may sign out */
	bool session_ended;       /* who looks was signed in, and is not any more */
	const char *path;         /* of the page after the first '/'; NULL: it is / */
	bool standalone;          /* one file: no forms and links, CSV as data */
	const char *policy;       /* standalone: its Content-Security-Policy; NULL: none */
};

/* Appends the whole document. The bytes depend on the view alone. */
void page_print(const struct page_view *view, struct text *out);

/* What the form of signing in says first. */
enum page_sign_in {
	SIGN_IN_ASKED,
	SIGN_IN_WRONG,    /* the token is not known */
	SIGN_IN_FOREIGN,  /* the form was sent from another site */
	SIGN_IN_NO_USER,  /* this partner must say who looks */
	SIGN_IN_BAD_USER, /* what was said is no identifier */
};

/*
 * Appends the document with the form that posts `token`, `user`, `lang` and, unless it is NULL,
 * `back` to /sign-in. `back` is where to go then: link_is_page() holds for it.
 */
void page_print_sign_in(
	enum language language, enum page_sign_in state, const char *back, struct text *out);

/* Appends a document of text, up to where its text begins, and from where it ends. */
void page_print_begin(enum language language, enum word title, struct text *out);
void page_print_end(enum language language, struct text *out);

/* Appends the document that says what HTTP's `status` of 400 or more does. */
void page_print_problem(enum language language, int status, struct text *out);

/*
 * Appends the Content-Security-Policy that the document keeps to: the SHA-256 in base64 of
 * page_style() and page_script(). A file needs no forms, and cannot say who may frame it.
 */
void page_print_policy(
	const char *style_hash, const char *script_hash, bool standalone, struct text *out);

/*
 * The bytes between <style> and </style>, and <script> and </script>, for their hashes. In
 * assets.c.
 */
struct bytes page_style(void);
struct bytes page_script(void);

#endif
