// The part of XGBoost's C interface that is in use, found when the program runs. Declared from its documentation.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Nothing is computed here, but every C source that names floating numbers says so.
#pragma clang fp contract(off)
#pragma clang assume_nonnull begin

/// The functions in use, as X(member, name in the library, result, parameters). An `int` result is 0 where all went well;
/// else `last_error` says what did not, on the same thread.
#define CUTLINE_XGBOOST_FUNCTIONS(X) \
  X(version, XGBoostVersion, void, (int *major, int *minor, int *patch)) \
  X(last_error, XGBGetLastError, const char *_Nullable, (void)) \
  X(set_global, XGBSetGlobalConfig, int, (const char *json)) \
  X(create_matrix, XGDMatrixCreateFromMat_omp, int, \
    (const float *data, uint64_t rows, uint64_t columns, float missing, void *_Nullable *_Nonnull matrix, int threads)) \
  X(set_numbers, XGDMatrixSetFloatInfo, int, (void *matrix, const char *field, const float *values, uint64_t count)) \
  X(free_matrix, XGDMatrixFree, int, (void *matrix)) \
  X(create_booster, XGBoosterCreate, int, \
    (void *const _Nonnull *_Nullable matrices, uint64_t count, void *_Nullable *_Nonnull booster)) \
  X(set_parameter, XGBoosterSetParam, int, (void *booster, const char *name, const char *value)) \
  X(update, XGBoosterUpdateOneIter, int, (void *booster, int round, void *matrix)) \
  X(save, XGBoosterSaveModelToBuffer, int, \
    (void *booster, const char *json, uint64_t *length, const char *_Nullable *_Nonnull bytes)) \
  X(load, XGBoosterLoadModelFromBuffer, int, (void *booster, const void *bytes, uint64_t length)) \
  X(predict, XGBoosterPredictFromDMatrix, int, \
    (void *booster, void *matrix, const char *json, const uint64_t *_Nullable *_Nonnull shape, uint64_t *dimensions, \
     const float *_Nullable *_Nonnull values)) \
  X(free_booster, XGBoosterFree, int, (void *booster))

typedef struct {
#define CUTLINE_XGBOOST_MEMBER(member, function, result, parameters) result(*_Nonnull member) parameters;
  CUTLINE_XGBOOST_FUNCTIONS(CUTLINE_XGBOOST_MEMBER)
#undef CUTLINE_XGBOOST_MEMBER
} cutline_xgboost;

/// Opens the library and finds all functions. NULL where it is absent, lacks one or is older than 1.6; `problem` then says
/// which, in at most `size` bytes. The library stays open until the program ends.
const cutline_xgboost *_Nullable cutline_xgboost_load(const char *library, char *problem, size_t size);

#pragma clang assume_nonnull end
