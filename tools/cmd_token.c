/*
 * tools/cmd_token.c - `ladder token`: a token for the one who pushes or reads, and its hash
 * for the configuration.
 */
#include "tools/common/command.h"

#include "secret/token.h"
#include "tools/common/options.h"

int command_token(int argc, char **argv)
{
	static const struct command_line line = {
		.name = "token",
		.purpose =
			"Makes a token of 256 random bits and prints two lines, `token: ...` and\n"
			"`hash: ...`. The token goes, secretly, to the one who pushes or reads; "
			"the hash\n"
			"goes into the configuration of ladderd as token_hash. The token cannot be "
			"found\n"
			"again from its hash.",
		.example = "(umask 077; ladder token > isd.token)",
	};
	int operands;
	int code = options_parse(&line, argc, argv, &operands);
	if (code != OPTIONS_GO)
		return code;

	char token[TOKEN_LENGTH + 1];
	char digits[TOKEN_HASH_LENGTH + 1];
	token_make(token);
	struct token_hash hash = token_hash_of(bytes_of(token, TOKEN_LENGTH));
	token_hash_print(&hash, digits);
	printf("token: %s\nhash: %s\n", token, digits);
	return EX_OK;
}
