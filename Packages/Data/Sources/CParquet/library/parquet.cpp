// Parses Parquet files with Arrow C++ for `CParquet.h`. A library of its own, built by scripts/setup; the program
// opens it when it first meets such a file. Nothing is thrown across its functions.
#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <arrow/util/io_util.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <numeric>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "CParquet.h"

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

// Read in pieces of this size, so that a column of a row group is never in memory as a whole.
constexpr int64_t piece_bytes = 1 << 20;

int code(const arrow::Status &status) {
  if (status.ok()) return 0;
  if (const int system = arrow::internal::ErrnoFromStatus(status)) return system;
  if (status.IsOutOfMemory()) return ENOMEM;
  return status.IsNotImplemented() ? ENOSYS : EINVAL;
}

// What `work` gives as an errno; its words are put where `say` takes them.
template <typename Work, typename Say>
int guarded(Work work, Say say) noexcept {
  try {
    try {
      const arrow::Status status = work();
      if (!status.ok()) say(status.message());
      return code(status);
    } catch (const parquet::ParquetStatusException &error) {
      say(error.status().message());
      return code(error.status());
    } catch (const std::bad_alloc &) {
      return ENOMEM;
    } catch (const std::exception &error) {
      say(error.what());
    }
  } catch (...) {
    // Nothing is left to say, perhaps for want of memory.
  }
  return EINVAL;
}

template <typename Work>
int guarded(char *problem, size_t size, Work work) noexcept {
  if (size > 0) problem[0] = 0;
  return guarded(work, [&](const std::string &text) { snprintf(problem, size, "%s", text.c_str()); });
}

// Memory for one file, with a limit of its own.
struct Pool {
  arrow::ProxyMemoryPool counted{arrow::default_memory_pool()};
  arrow::CappedMemoryPool limited;

  explicit Pool(int64_t bytes) : limited(&counted, bytes) {}
};

// Whether all pages of a column of bytes refer to a dictionary. Then it is handed over as one, which saves comparing its
// values one by one.
bool is_dictionary(const parquet::FileMetaData &metadata, int leaf) {
  if (metadata.schema()->Column(leaf)->physical_type() != parquet::Type::BYTE_ARRAY) return false;
  for (int group = 0; group < metadata.num_row_groups(); group++) {
    const auto chunk = metadata.RowGroup(group)->ColumnChunk(leaf);
    bool has_dictionary = false;
    for (const auto &pages : chunk->encoding_stats()) {
      const bool refers = pages.encoding == parquet::Encoding::RLE_DICTIONARY ||
                          pages.encoding == parquet::Encoding::PLAIN_DICTIONARY;
      if (pages.page_type == parquet::PageType::DICTIONARY_PAGE) continue;
      if (!refers) return false;
      has_dictionary = true;
    }
    if (!has_dictionary) return false;
  }
  return metadata.num_row_groups() > 0;
}

}  // namespace

struct cutline_parquet_file {
  std::shared_ptr<Pool> pool;
  std::shared_ptr<arrow::io::RandomAccessFile> source;
  std::shared_ptr<parquet::FileMetaData> metadata;
  std::shared_ptr<arrow::Schema> schema;
  // The place among the file's columns of each column of the table; -1 for one that is made of several.
  std::vector<int> leaves;
  // Of all row groups: what the columns hold. Some writers leave the file's own count at 0. -1 where there is no such sum.
  int64_t rows = 0;

  parquet::ReaderProperties file_properties() const {
    parquet::ReaderProperties properties(&pool->limited);
    properties.enable_buffered_stream();
    properties.set_buffer_size(piece_bytes);
    properties.set_page_checksum_verification(true);
    return properties;
  }

  arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> reader(parquet::ArrowReaderProperties properties) const {
    properties.set_use_threads(false);
    properties.set_pre_buffer(false);
    // Nanoseconds in 64 bits end in 2262; years that stand for "never" must not come back as others.
    properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
    parquet::arrow::FileReaderBuilder builder;
    ARROW_RETURN_NOT_OK(builder.Open(source, file_properties(), metadata));
    return builder.memory_pool(&pool->limited)->properties(properties)->Build();
  }

  arrow::Status open(int descriptor, int64_t memory) {
    pool = std::make_shared<Pool>(memory);
    const int own = dup(descriptor);
    if (own < 0) return arrow::internal::IOErrorFromErrno(errno, "the descriptor cannot be duplicated");
    auto opened = arrow::io::ReadableFile::Open(own, &pool->limited);
    if (!opened.ok()) close(own);
    ARROW_ASSIGN_OR_RAISE(source, std::move(opened));
    metadata = parquet::ReadMetaData(source);
    for (int group = 0; group < metadata->num_row_groups() && rows >= 0; group++) {
      const int64_t more = metadata->RowGroup(group)->num_rows();
      if (more < 0 || __builtin_add_overflow(rows, more, &rows)) rows = -1;
    }
    ARROW_ASSIGN_OR_RAISE(auto reader, this->reader(parquet::ArrowReaderProperties(false)));
    ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
    const auto &fields = reader->manifest().schema_fields;
    if (static_cast<size_t>(schema->num_fields()) != fields.size()) {
      return arrow::Status::Invalid("the file's schema contradicts itself");
    }
    for (const auto &field : fields) leaves.push_back(field.is_leaf() ? field.column_index : -1);
    return arrow::Status::OK();
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> column(int32_t place, int64_t rows) const {
    if (place < 0 || static_cast<size_t>(place) >= leaves.size() || leaves[place] < 0) {
      return arrow::Status::NotImplemented("a column made of several");
    }
    const int leaf = leaves[place];
    parquet::ArrowReaderProperties properties(false);
    properties.set_batch_size(rows);
    properties.set_read_dictionary(leaf, is_dictionary(*metadata, leaf));
    std::vector<int> groups(metadata->num_row_groups());
    std::iota(groups.begin(), groups.end(), 0);
    ARROW_ASSIGN_OR_RAISE(auto reader, this->reader(properties));
    ARROW_ASSIGN_OR_RAISE(auto batches, reader->GetRecordBatchReader(groups, {leaf}));
    // The batches come out of the reader, which must live as long.
    struct Owner {
      std::unique_ptr<parquet::arrow::FileReader> reader;
      std::unique_ptr<arrow::RecordBatchReader> batches;
    };
    auto owner = std::make_shared<Owner>(Owner{std::move(reader), std::move(batches)});
    return std::shared_ptr<arrow::RecordBatchReader>(owner, owner->batches.get());
  }
};

namespace {

// A column as Arrow's own export has it, but for exceptions, which that one lets through.
struct Stream {
  std::shared_ptr<Pool> pool;
  std::shared_ptr<arrow::RecordBatchReader> batches;
  std::string error;

  static Stream &of(ArrowArrayStream *stream) { return *static_cast<Stream *>(stream->private_data); }

  template <typename Work>
  int guarded(Work work) noexcept {
    error.clear();
    return ::guarded(work, [this](const std::string &text) { error = text; });
  }

  static int get_schema(ArrowArrayStream *stream, ArrowSchema *out) {
    out->release = nullptr;
    return of(stream).guarded([&] { return arrow::ExportSchema(*of(stream).batches->schema(), out); });
  }

  static int get_next(ArrowArrayStream *stream, ArrowArray *out) {
    out->release = nullptr;
    return of(stream).guarded([&] {
      std::shared_ptr<arrow::RecordBatch> batch;
      ARROW_RETURN_NOT_OK(of(stream).batches->ReadNext(&batch));
      return batch ? arrow::ExportRecordBatch(*batch, out) : arrow::Status::OK();
    });
  }

  static const char *get_last_error(ArrowArrayStream *stream) { return of(stream).error.c_str(); }

  static void release(ArrowArrayStream *stream) {
    delete &of(stream);
    stream->release = nullptr;
  }
};

}  // namespace

EXPORTED int32_t cutline_parquet_interface(void) { return CUTLINE_PARQUET_INTERFACE; }

EXPORTED const char *cutline_parquet_version(void) { return ARROW_VERSION_STRING; }

EXPORTED int32_t cutline_parquet_open(int descriptor, int64_t memory, cutline_parquet_file **file, char *problem,
                                      size_t size) {
  *file = nullptr;
  return guarded(problem, size, [&] {
    auto opened = std::make_unique<cutline_parquet_file>();
    ARROW_RETURN_NOT_OK(opened->open(descriptor, memory));
    *file = opened.release();
    return arrow::Status::OK();
  });
}

EXPORTED void cutline_parquet_close(cutline_parquet_file *file) {
  delete file;
  arrow::default_memory_pool()->ReleaseUnused();
}

EXPORTED int64_t cutline_parquet_rows(const cutline_parquet_file *file) { return file->rows; }

EXPORTED int32_t cutline_parquet_schema(const cutline_parquet_file *file, ArrowSchema *schema, char *problem,
                                        size_t size) {
  schema->release = nullptr;
  return guarded(problem, size, [&] { return arrow::ExportSchema(*file->schema, schema); });
}

EXPORTED int32_t cutline_parquet_stream(const cutline_parquet_file *file, int32_t column, int64_t rows,
                                        ArrowArrayStream *stream, char *problem, size_t size) {
  stream->release = nullptr;
  return guarded(problem, size, [&] {
    ARROW_ASSIGN_OR_RAISE(auto batches, file->column(column, rows));
    stream->private_data = new Stream{file->pool, std::move(batches), {}};
    stream->get_schema = Stream::get_schema;
    stream->get_next = Stream::get_next;
    stream->get_last_error = Stream::get_last_error;
    stream->release = Stream::release;
    return arrow::Status::OK();
  });
}
