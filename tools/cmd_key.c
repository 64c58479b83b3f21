/*
 * tools/cmd_key.c - `ladder key`: the two halves of a key, for what is written for one reader
 * only: the persons of the access log, the file of a hand-over.
 */
#include "tools/common/command.h"

#include "secret/seal.h"
#include "tools/common/options.h"

int command_key(int argc, char **argv)
{
	static const struct command_line line = {
		.name = "key",
		.purpose =
			"Makes a key (X25519) and prints its two halves, `public: ...` and "
			"`secret: ...`.\n"
			"Whoever has the public half can write what only the holder of the secret "
			"half can\n"
			"read. The public half of the auditor's key goes into the configuration of "
			"ladderd,\n"
			"[audit] key; that of a municipality goes to those who hand people over to "
			"it. The\n"
			"secret half stays with its holder: without it nobody can read what was "
			"written for it.",
		.example = "(umask 077; ladder key > auditor.key)",
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;

	struct seal_key key;
	struct seal_secret secret;
	char public_text[SEAL_KEY_LENGTH + 1];
	char secret_text[SEAL_SECRET_LENGTH + 1];
	seal_make(&key, &secret);
	seal_key_print(&key, public_text);
	seal_secret_print(&secret, secret_text);
	seal_secret_release(&secret);
	printf("public: %s\nsecret: %s\n", public_text, secret_text);
	return EX_OK;
}
