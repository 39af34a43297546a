// The part of HiGHS's C interface that is in use, found when the program runs. Declared from its documentation.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum {
  CUTLINE_HIGHS_OK = 0,
  CUTLINE_HIGHS_WARNING = 1,
};

enum {
  CUTLINE_HIGHS_INTEGER_COLUMN = 1,
  CUTLINE_HIGHS_MAXIMISE = -1,
  CUTLINE_HIGHS_BY_ROW = 2,
  /// The solver asks, every now and then, whether to stop.
  CUTLINE_HIGHS_ASK_TO_STOP = 6,
};

/// How a run ended.
enum {
  CUTLINE_HIGHS_OPTIMAL = 7,
  CUTLINE_HIGHS_INFEASIBLE = 8,
  CUTLINE_HIGHS_UNBOUNDED_OR_INFEASIBLE = 9,
  CUTLINE_HIGHS_TIME_LIMIT = 13,
  CUTLINE_HIGHS_INTERRUPTED = 17,
};

/// What the values that a run left behind are: `primal_solution_status`.
enum {
  CUTLINE_HIGHS_NO_POINT = 0,
};

/// What a callback may answer; further members follow in the library.
typedef struct {
  int stop;
} cutline_highs_answer;

typedef void (*cutline_highs_callback)(
    int kind, const char *_Nullable message, const void *_Nullable state, cutline_highs_answer *_Nullable answer,
    void *_Nullable context);

/// The functions in use, as X(member, name in the library, result, parameters). An `int32_t` result is one of the statuses
/// above, except that of the size and of the model status.
#define CUTLINE_HIGHS_FUNCTIONS(X) \
  X(version, Highs_version, const char *_Nonnull, (void)) \
  X(create, Highs_create, void *_Nullable, (void)) \
  X(destroy, Highs_destroy, void, (void *model)) \
  X(get_integer_size, Highs_getSizeofHighsInt, int32_t, (const void *model)) \
  X(set_bool_option, Highs_setBoolOptionValue, int32_t, (void *model, const char *name, int32_t value)) \
  X(set_int_option, Highs_setIntOptionValue, int32_t, (void *model, const char *name, int32_t value)) \
  X(set_double_option, Highs_setDoubleOptionValue, int32_t, (void *model, const char *name, double value)) \
  X(pass_mip, Highs_passMip, int32_t, \
    (void *model, int32_t columns, int32_t rows, int32_t entries, int32_t format, int32_t sense, double offset, \
     const double *_Nullable costs, const double *_Nullable column_lower, const double *_Nullable column_upper, \
     const double *_Nullable row_lower, const double *_Nullable row_upper, const int32_t *_Nullable starts, \
     const int32_t *_Nullable indices, const double *_Nullable values, const int32_t *_Nullable column_kinds)) \
  X(set_solution, Highs_setSolution, int32_t, \
    (void *model, const double *_Nullable columns, const double *_Nullable rows, \
     const double *_Nullable column_duals, const double *_Nullable row_duals)) \
  X(set_callback, Highs_setCallback, int32_t, \
    (void *model, cutline_highs_callback _Nullable callback, void *_Nullable context)) \
  X(start_callback, Highs_startCallback, int32_t, (void *model, int32_t kind)) \
  X(run, Highs_run, int32_t, (void *model)) \
  X(get_model_status, Highs_getModelStatus, int32_t, (const void *model)) \
  X(get_solution, Highs_getSolution, int32_t, \
    (const void *model, double *_Nullable columns, double *_Nullable column_duals, double *_Nullable rows, \
     double *_Nullable row_duals)) \
  X(int_info, Highs_getIntInfoValue, int32_t, (const void *model, const char *name, int32_t *value)) \
  X(int64_info, Highs_getInt64InfoValue, int32_t, (const void *model, const char *name, int64_t *value)) \
  X(double_info, Highs_getDoubleInfoValue, int32_t, (const void *model, const char *name, double *value))

typedef struct {
#define CUTLINE_HIGHS_MEMBER(member, function, result, parameters) result(*_Nonnull member) parameters;
  CUTLINE_HIGHS_FUNCTIONS(CUTLINE_HIGHS_MEMBER)
#undef CUTLINE_HIGHS_MEMBER
} cutline_highs;

/// Opens the library and finds all functions. NULL where it is absent, lacks one, is not of version 1 or counts in other
/// than 32 bits; `problem` then says which, in at most `size` bytes. The library stays open until the program ends.
const cutline_highs *_Nullable cutline_highs_load(const char *library, char *problem, size_t size);

#pragma clang assume_nonnull end
