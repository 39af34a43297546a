// The part of libxlsxwriter that is in use, found when the program runs. Declared from its documentation.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

// Nothing is computed here, but every C source that names floating numbers says so.
#pragma clang fp contract(off)
#pragma clang assume_nonnull begin

/// `lxw_doc_properties`: who and what, and when the workbook was made; 0 = now.
typedef struct {
  const char *_Nullable title, *_Nullable subject, *_Nullable author, *_Nullable manager, *_Nullable company;
  const char *_Nullable category, *_Nullable keywords, *_Nullable comments, *_Nullable status, *_Nullable hyperlink_base;
  time_t created;
} cutline_xlsx_properties;

/// The functions in use, as X(member, name in the library, result, parameters). An `int` result is 0 where all went well.
#define CUTLINE_XLSX_FUNCTIONS(X) \
  X(version, lxw_version, const char *_Nullable, (void)) \
  X(error_text, lxw_strerror, const char *_Nullable, (int code)) \
  X(create, workbook_new, void *_Nullable, (const char *path)) \
  X(set_properties, workbook_set_properties, int, (void *workbook, cutline_xlsx_properties *properties)) \
  X(add_sheet, workbook_add_worksheet, void *_Nullable, (void *workbook, const char *name)) \
  X(add_format, workbook_add_format, void *_Nullable, (void *workbook)) \
  X(close, workbook_close, int, (void *workbook)) \
  X(set_bold, format_set_bold, void, (void *format)) \
  X(set_number_form, format_set_num_format, void, (void *format, const char *form)) \
  X(set_background, format_set_bg_color, void, (void *format, uint32_t colour)) \
  X(write_number, worksheet_write_number, int, \
    (void *sheet, uint32_t row, uint16_t column, double value, void *_Nullable format)) \
  X(write_text, worksheet_write_string, int, \
    (void *sheet, uint32_t row, uint16_t column, const char *text, void *_Nullable format)) \
  X(set_width, worksheet_set_column, int, \
    (void *sheet, uint16_t first, uint16_t last, double width, void *_Nullable format)) \
  X(freeze, worksheet_freeze_panes, void, (void *sheet, uint32_t row, uint16_t column))

typedef struct {
#define CUTLINE_XLSX_MEMBER(member, function, result, parameters) result(*_Nonnull member) parameters;
  CUTLINE_XLSX_FUNCTIONS(CUTLINE_XLSX_MEMBER)
#undef CUTLINE_XLSX_MEMBER
} cutline_xlsx;

/// Opens the library and finds all functions. NULL where it is absent, lacks one or is older than 1.0; `problem` then says
/// which, in at most `size` bytes. The library stays open until the program ends.
const cutline_xlsx *_Nullable cutline_xlsx_load(const char *library, char *problem, size_t size);

#pragma clang assume_nonnull end
