"""Roots and proofs of RFC 6962, section 2.1, word for word, over the leaves "leaf 0", "leaf 1", ...

Usage: merkle.py SIZE. Prints "root n 0 HASH", "inclusion m n HASHES" and "consistency m n HASHES" for all n and some m.
"""
import functools
import hashlib
import sys


def sha(data):
    return hashlib.sha256(data).digest()


@functools.lru_cache(None)
def tree(start, end):
    n = end - start
    if n == 0:
        return sha(b"")
    if n == 1:
        return sha(b"\x00" + b"leaf %d" % start)
    k = split(n)
    return sha(b"\x01" + tree(start, start + k) + tree(start + k, end))


def split(n):
    return 1 << (n - 1).bit_length() - 1


def path(m, start, end):
    n = end - start
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return path(m, start, start + k) + [tree(start + k, end)]
    return path(m - k, start + k, end) + [tree(start, start + k)]


def subproof(m, start, end, whole):
    n = end - start
    if m == n:
        return [] if whole else [tree(start, end)]
    k = split(n)
    if m <= k:
        return subproof(m, start, start + k, whole) + [tree(start + k, end)]
    return subproof(m - k, start + k, end, False) + [tree(start, start + k)]


def say(kind, a, b, hashes):
    print(kind, a, b, *(h.hex() for h in hashes))


for n in range(int(sys.argv[1]) + 1):
    say("root", n, 0, [tree(0, n)])
    for m in {n // 3, n - 1} if n else ():
        say("inclusion", m, n, path(m, 0, n))
    for m in {n // 3, n - 1} - {0} if n else ():
        say("consistency", m, n, subproof(m, 0, n, True))
