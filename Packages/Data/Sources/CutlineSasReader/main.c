// Reads one SAS7BDAT or transport file and says on a pipe what is in it (protocol.h).
//
// Files are not trusted, and the library that parses them has been crashed by broken ones before. So this program is
// started for one file, limits its own memory, time and rights before it looks at it, and has nothing to lose.
//
// Descriptors: 0 a socket to the parent, 1 the pipe for the answer, 3 the file, 4 common memory for blocks. Arguments: a character set and the name
// of a table, either empty where none is asked for.
#define _GNU_SOURCE
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "blocks.h"
#include "file.h"
#include "protocol.h"

// SAS allows 32,767 bytes; transport files can claim any number.
enum { LONGEST_VALUE = 1 << 16 };

struct reader {
  struct file file;
  struct blocks blocks;
  char message[1024];
  int64_t deleted;
};

static void take_error(const char *message, void *context) {
  struct reader *reader = context;
  strncpy(reader->message, message, sizeof reader->message - 1);
}

static int take_metadata(readstat_metadata_t *metadata, void *context) {
  struct reader *reader = context;
  int columns = readstat_get_var_count(metadata);
  struct bytes payload = {0};
  bytes_append_i64(&payload, reader->file.is_transport ? -1 : readstat_get_row_count(metadata));
  bytes_append_u32(&payload, (uint32_t)columns);
  bytes_append_u8(&payload, (uint8_t)readstat_get_compression(metadata));
  bytes_append_u8(&payload, readstat_get_endianness(metadata) == READSTAT_ENDIAN_BIG);
  bytes_append_u8(&payload, (uint8_t)readstat_get_file_format_is_64bit(metadata));
  bytes_append_u8(&payload, (uint8_t)readstat_get_file_format_version(metadata));
  bytes_append_u8(&payload, (uint8_t)reader->file.encoding_is_guessed);
  bytes_append_string(&payload, readstat_get_file_encoding(metadata));
  bytes_append_string(&payload, readstat_get_table_name(metadata));
  bytes_append_string(&payload, readstat_get_file_label(metadata));
  send_message('H', payload.data, payload.count);
  free(payload.data);
  if (columns < 0 || columns > 1 << 20) return READSTAT_HANDLER_ABORT;
  reader->blocks.column_count = columns;
  reader->blocks.columns = calloc(columns ? (size_t)columns : 1, sizeof(struct column));
  if (!reader->blocks.columns) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for the columns");
  if (columns == 0) blocks_begin(&reader->blocks);
  return READSTAT_HANDLER_OK;
}

static int take_variable(int index, readstat_variable_t *variable, const char *labels, void *context) {
  (void)labels;
  struct reader *reader = context;
  struct blocks *blocks = &reader->blocks;
  if (index < 0 || index >= blocks->column_count) return READSTAT_HANDLER_ABORT;
  struct column *column = &blocks->columns[index];
  column->variable = variable;
  column->is_text = readstat_variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING;
  if (variable->storage_width > LONGEST_VALUE) return READSTAT_HANDLER_ABORT;
  reader->file.transport_row_length += variable->storage_width;
  struct bytes payload = {0};
  bytes_append_u32(&payload, (uint32_t)index);
  bytes_append_u8(&payload, (uint8_t)column->is_text);
  bytes_append_u32(&payload, (uint32_t)variable->storage_width);
  bytes_append_string(&payload, readstat_variable_get_name(variable));
  bytes_append_string(&payload, readstat_variable_get_label(variable));
  bytes_append_string(&payload, readstat_variable_get_format(variable));
  send_message('V', payload.data, payload.count);
  free(payload.data);
  // The parser announces all variables before the first value, so with the last one the choice can be made for all.
  if (index == blocks->column_count - 1) blocks_begin(blocks);
  return variable->skip ? READSTAT_HANDLER_SKIP_VARIABLE : READSTAT_HANDLER_OK;
}

static __attribute__((noinline)) int take_other(struct reader *reader, struct column *column,
                                                const readstat_value_t *value) {
  blocks_add(&reader->blocks, column, value);
  if (column->ends_row) {
    int deleted = file_row_is_deleted(&reader->file);
    reader->deleted += deleted;
    blocks_end_row(&reader->blocks, deleted);
  }
  return READSTAT_HANDLER_OK;
}

// Called for every value of the file: the usual one, a number inside a row, takes the short way.
static int take_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context) {
  (void)row;
  struct reader *reader = context;
  struct column *column = &reader->blocks.columns[variable->index];
  double *place = column->number, number = value.v.double_value;
  if (__builtin_expect(!place || number != number || column->ends_row, 0)) return take_other(reader, column, &value);
  *place = number;
  column->number = place + 1;
  return READSTAT_HANDLER_OK;
}

static void finish(struct reader *reader) {
  struct file *file = &reader->file;
  blocks_flush(&reader->blocks);
  int64_t blank = 0;
  if (file->is_transport) {
    if (file->ends_inside_row) send_error(ORIGIN_PROGRAM, EIO, "the transport file ends inside a row");
    // Fewer than 80 blanks at the end are padding; more are rows of nothing but blanks.
    blank = file->full_rows_read - reader->blocks.rows_sent;
    if (file->transport_row_length) blank -= 79 / (int64_t)file->transport_row_length;
    if (blank < 0 || reader->blocks.kept_count == 0) blank = 0;
  }
  struct bytes payload = {0};
  bytes_append_i64(&payload, reader->blocks.rows_sent);
  bytes_append_i64(&payload, reader->deleted);
  bytes_append_i64(&payload, blank);
  send_message('D', payload.data, payload.count);
}

int main(int count, char **arguments) {
  static struct reader reader;
  struct stat status;
  if (fstat(FD_FILE, &status) != 0) return 1;
  reader.file.size = status.st_size;
  blocks_share_memory(&reader.blocks);
  limit_process(reader.file.size);
  file_inspect(&reader.file, count > 2 && arguments[2][0] ? arguments[2] : NULL);
  const char *encoding = count > 1 && arguments[1][0] ? arguments[1] : NULL;
  reader.file.encoding_named = encoding != NULL;
  if (encoding) {
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) send_error(ORIGIN_PROGRAM, EINVAL, "the character set is not known to this system");
    iconv_close(converter);
  }
  readstat_parser_t *parser = readstat_parser_init();
  if (!parser) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for the parser");
  file_connect(&reader.file, parser);
  readstat_set_error_handler(parser, take_error);
  readstat_set_metadata_handler(parser, take_metadata);
  readstat_set_variable_handler(parser, take_variable);
  readstat_set_value_handler(parser, take_value);
  if (encoding) readstat_set_file_character_encoding(parser, encoding);
  readstat_error_t error = reader.file.is_transport ? readstat_parse_xport(parser, "", &reader)
                                                    : readstat_parse_sas7bdat(parser, "", &reader);
  if (reader.file.system_error) send_error(ORIGIN_SYSTEM, reader.file.system_error, "the file could not be read");
  if (error != READSTAT_OK) {
    send_error(ORIGIN_PARSER, error, reader.message[0] ? reader.message : readstat_error_message(error));
  }
  finish(&reader);
  return 0;
}
