#include "CSqlite.h"

#include <errno.h>
#include <sys/vfs.h>

int cutline_sqlite_harden(sqlite3 *database) {
  int code = sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
  if (code == SQLITE_OK) code = sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
  return code;
}

int cutline_sqlite_bind_text(sqlite3_stmt *statement, int place, const char *text, int bytes) {
  return sqlite3_bind_text(statement, place, text, bytes, SQLITE_TRANSIENT);
}

int cutline_sqlite_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, int count) {
  if (count == 0) return sqlite3_bind_zeroblob(statement, place, 0);
  return sqlite3_bind_blob(statement, place, bytes, count, SQLITE_TRANSIENT);
}

int cutline_file_system(const char *folder, long *kind, long long *free_bytes) {
  struct statfs status;
  int code;
  do code = statfs(folder, &status);
  while (code != 0 && errno == EINTR);
  if (code != 0) return -1;
  *kind = (long)status.f_type;
  *free_bytes = (long long)status.f_bavail * (long long)status.f_bsize;
  return 0;
}
