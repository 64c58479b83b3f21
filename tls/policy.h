/*
 * tls/policy.h - the TLS that this program speaks, at its doors and as a client: versions, suites
 * and groups that the Dutch NCSC calls good, as spec/interfaces.md lists them.
 *
 * No renegotiation: GnuTLS hands a wish for one to who reads, and who reads ends the connection
 * then. No compression and no early data: GnuTLS has neither unless it is asked for.
 */
#ifndef TLS_POLICY_H
#define TLS_POLICY_H

/* As a priority string of GnuTLS. */
#define TLS_POLICY                                                                                 \
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:+AEAD:"       \
	"+ECDHE-ECDSA:+ECDHE-RSA:+GROUP-X25519:+GROUP-X448:+GROUP-SECP256R1:+GROUP-SECP384R1:"     \
	"+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-EDDSA-ED25519:"           \
	"+SIGN-EDDSA-ED448:+SIGN-RSA-PSS-SHA256:+SIGN-RSA-PSS-SHA384:+SIGN-RSA-PSS-SHA512:"        \
	"+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-PSS-RSAE-SHA512:"           \
	"+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-SHA512:+SIGN-RSA-SHA256:"               \
	"+SIGN-RSA-SHA384:+SIGN-RSA-SHA512:%SERVER_PRECEDENCE"

/* How certificates are looked at: keys and hashes of at least 112 bits of strength. */
#define TLS_VERIFY GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM)

#endif
