// SHA-256 as bytes, Ed25519, AES-256-GCM and random bytes of libcrypto. All but the digest return 1 when done and 0 when not.
#ifndef CUTLINE_CSIGNING_H
#define CUTLINE_CSIGNING_H

#include <stddef.h>
#include <stdint.h>

void cutline_sha256(const void *bytes, size_t count, uint8_t digest[32]);

int cutline_random_bytes(uint8_t *bytes, size_t count);

/// The public key of a seed (RFC 8032).
int cutline_ed25519_public(const uint8_t seed[32], uint8_t key[32]);
int cutline_ed25519_sign(const uint8_t seed[32], const uint8_t *message, size_t count, uint8_t signature[64]);
int cutline_ed25519_verify(const uint8_t key[32], const uint8_t *message, size_t count, const uint8_t signature[64]);

/// Whether two digests are equal, in the same time wherever they differ.
int cutline_equal_digests(const uint8_t a[32], const uint8_t b[32]);

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D). `about` is bound to the text and not hidden; `sealed` has `count` bytes.
int cutline_seal(
  const uint8_t key[32], const uint8_t nonce[12], const uint8_t *about, size_t aboutCount, const uint8_t *plain,
  size_t count, uint8_t *sealed, uint8_t tag[16]);
/// 0, too, where the key, `about`, the text or the tag is another one.
int cutline_unseal(
  const uint8_t key[32], const uint8_t nonce[12], const uint8_t *about, size_t aboutCount, const uint8_t *sealed,
  size_t count, const uint8_t tag[16], uint8_t *plain);

#endif
