#include "CSigning.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

void cutline_sha256(const void *bytes, size_t count, uint8_t digest[32]) { SHA256(bytes, count, digest); }

int cutline_random_bytes(uint8_t *bytes, size_t count) { return RAND_bytes(bytes, (int)count) == 1; }

int cutline_ed25519_public(const uint8_t seed[32], uint8_t key[32]) {
  EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
  if (!pair) return 0;
  size_t length = 32;
  int done = EVP_PKEY_get_raw_public_key(pair, key, &length) == 1 && length == 32;
  EVP_PKEY_free(pair);
  return done;
}

int cutline_ed25519_sign(const uint8_t seed[32], const uint8_t *message, size_t count, uint8_t signature[64]) {
  EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  size_t length = 64;
  int done = pair && context && EVP_DigestSignInit(context, NULL, NULL, NULL, pair) == 1
    && EVP_DigestSign(context, signature, &length, message, count) == 1 && length == 64;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(pair);
  return done;
}

int cutline_ed25519_verify(const uint8_t key[32], const uint8_t *message, size_t count, const uint8_t signature[64]) {
  EVP_PKEY *pair = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int done = pair && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pair) == 1
    && EVP_DigestVerify(context, signature, 64, message, count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(pair);
  return done;
}

int cutline_equal_digests(const uint8_t a[32], const uint8_t b[32]) { return CRYPTO_memcmp(a, b, 32) == 0; }

int cutline_seal(
  const uint8_t key[32], const uint8_t nonce[12], const uint8_t *about, size_t aboutCount, const uint8_t *plain,
  size_t count, uint8_t *sealed, uint8_t tag[16]) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int part = 0, rest = 0;
  int done = context && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1
    && EVP_EncryptUpdate(context, NULL, &part, about, (int)aboutCount) == 1
    && EVP_EncryptUpdate(context, sealed, &part, plain, (int)count) == 1
    && EVP_EncryptFinal_ex(context, sealed + part, &rest) == 1 && (size_t)(part + rest) == count
    && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, tag) == 1;
  EVP_CIPHER_CTX_free(context);
  return done;
}

int cutline_unseal(
  const uint8_t key[32], const uint8_t nonce[12], const uint8_t *about, size_t aboutCount, const uint8_t *sealed,
  size_t count, const uint8_t tag[16], uint8_t *plain) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int part = 0, rest = 0;
  uint8_t own[16];
  for (int i = 0; i < 16; i++) own[i] = tag[i];
  int done = context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1
    && EVP_DecryptUpdate(context, NULL, &part, about, (int)aboutCount) == 1
    && EVP_DecryptUpdate(context, plain, &part, sealed, (int)count) == 1
    && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, own) == 1
    && EVP_DecryptFinal_ex(context, plain + part, &rest) == 1 && (size_t)(part + rest) == count;
  EVP_CIPHER_CTX_free(context);
  return done;
}
