// SQLite's interface, and what Swift cannot see of it: functions with a variable number of arguments, and macros with casts.
#ifndef CUTLINE_CSQLITE_H
#define CUTLINE_CSQLITE_H

#include <sqlite3.h>

/// No SQL of a file's own schema may do harm: no writes to the schema, no functions beyond SQLite's harmless ones.
int cutline_sqlite_harden(sqlite3 *database);

/// Binds copies, so that the caller's memory may go.
int cutline_sqlite_bind_text(sqlite3_stmt *statement, int place, const char *text, int bytes);
int cutline_sqlite_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, int count);

/// What kind of file system a folder lies on (linux/magic.h) and how many bytes of it are free. 0 when done; −1 with errno.
int cutline_file_system(const char *folder, long *kind, long long *free_bytes);

#endif
