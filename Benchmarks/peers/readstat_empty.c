// Peer of `cutline-bench read` for SAS files: ReadStat with handlers that do nothing, in this process.
// cc -O2 -o readstat_empty readstat_empty.c -lreadstat; readstat_empty FILE [repetitions]
#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int metadata(readstat_metadata_t *metadata, void *context) {
  (void)metadata, (void)context;
  return READSTAT_HANDLER_OK;
}

static int variable(int index, readstat_variable_t *variable, const char *labels, void *context) {
  (void)index, (void)variable, (void)labels, (void)context;
  return READSTAT_HANDLER_OK;
}

static int value(int row, readstat_variable_t *variable, readstat_value_t value, void *context) {
  (void)row, (void)variable, (void)value, (void)context;
  return READSTAT_HANDLER_OK;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int count, char **arguments) {
  if (count < 2) return 2;
  int repetitions = count > 2 ? atoi(arguments[2]) : 5;
  double *times = calloc((size_t)repetitions + 1, sizeof(double));
  for (int i = 0; i <= repetitions; i++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    readstat_parser_t *parser = readstat_parser_init();
    readstat_set_metadata_handler(parser, metadata);
    readstat_set_variable_handler(parser, variable);
    readstat_set_value_handler(parser, value);
    readstat_error_t error = readstat_parse_sas7bdat(parser, arguments[1], NULL);
    readstat_parser_free(parser);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (error != READSTAT_OK) return 1;
    times[i] = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
  }
  // The first run is not counted.
  qsort(times + 1, (size_t)repetitions, sizeof(double), compare);
  printf("%s: ReadStat with empty handlers: wall %.2f ms\n", arguments[1], times[1 + repetitions / 2] * 1000);
  return 0;
}
