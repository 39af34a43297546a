// System calls that the Swift overlay of the C library does not show.
#ifndef CUTLINE_CFILESYSTEM_H
#define CUTLINE_CFILESYSTEM_H

/// Exchanges two paths in one step. 0 when done; otherwise −1 with errno, EINVAL where the file system cannot.
int cutline_exchange_paths(const char *a, const char *b);

#endif
