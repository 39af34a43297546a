internal import CParquet
internal import CutlineCore
internal import Glibc

/// An open Parquet file: its columns, and the values of one after the other. All that touches Arrow's structures is here.
///
/// Unchecked, because the library lets several threads read one file at a time and nothing else is shared.
final class ParquetFile: @unchecked Sendable {
  let path: String
  /// As the footer promises them.
  let rowCount: Int
  let fields: [ParquetField]
  private let opened: OpenFile

  /// What is closed when nobody holds it any longer, also where the rest of the file's beginning makes no sense.
  private final class OpenFile {
    let functions: UnsafePointer<cutline_parquet>
    let handle: OpaquePointer

    init(_ functions: UnsafePointer<cutline_parquet>, _ handle: OpaquePointer) {
      (self.functions, self.handle) = (functions, handle)
    }

    deinit { functions.pointee.close(handle) }
  }

  /// Reads the footer.
  ///
  /// - Parameter memory: bytes that the library may take for pages, dictionaries and the values at hand.
  /// - Throws: `Faults` (data, io).
  init(_ library: ParquetLibrary, path: String, descriptor: Int32, memory: Int) throws {
    self.path = path
    let functions = library.functions
    var problem = [CChar](repeating: 0, count: 1024)
    var pointer: OpaquePointer?
    var code = functions.pointee.open(descriptor, Int64(memory), &pointer, &problem, problem.count)
    guard code == 0, let pointer else {
      throw ParquetReader.error(path, code: code, text: ParquetLibrary.text(problem))
    }
    opened = OpenFile(functions, pointer)
    rowCount = Int(functions.pointee.rows(pointer))
    guard rowCount >= 0 else {
      throw ParquetReader.damaged(path, "its footer holds numbers of rows that cannot be")
    }
    var schema = ArrowSchema()
    code = functions.pointee.schema(pointer, &schema, &problem, problem.count)
    guard code == 0 else { throw ParquetReader.error(path, code: code, text: ParquetLibrary.text(problem)) }
    defer { schema.release?(&schema) }
    fields = (0..<Int(schema.n_children)).compactMap { schema.children?[$0]?.pointee }.map(ParquetField.init)
  }

  /// Reads the column at `place` in batches of at most `rows` rows, in order.
  ///
  /// - Parameter place: of a column that is not nested.
  /// - Throws: what `take` throws; `Faults` (data, io).
  func read(column place: Int, rows: Int, _ take: (ParquetBatch) throws -> Void) throws {
    let name = "\(path): column \(fields[place].name)"
    var problem = [CChar](repeating: 0, count: 1024)
    var stream = ArrowArrayStream()
    let code = opened.functions.pointee.stream(
      opened.handle, Int32(place), Int64(rows), &stream, &problem, problem.count)
    guard code == 0 else { throw ParquetReader.error(name, code: code, text: ParquetLibrary.text(problem)) }
    defer { stream.release?(&stream) }
    var schema = ArrowSchema()
    guard stream.get_schema?(&stream, &schema) == 0 else { throw failure(name, &stream, EINVAL) }
    defer { schema.release?(&schema) }
    guard schema.n_children == 1, let type = schema.children?[0]?.pointee else {
      throw ParquetReader.damaged(name, "it comes as \(schema.n_children) columns")
    }
    let kinds = (ParquetType(type), type.dictionary.map { ParquetType($0.pointee) })
    while true {
      var array = ArrowArray()
      let code = stream.get_next?(&stream, &array) ?? EINVAL
      guard code == 0 else { throw failure(name, &stream, code) }
      guard array.release != nil else { return }
      defer { array.release?(&array) }
      guard array.n_children == 1, let column = array.children?[0]?.pointee, array.length == column.length else {
        throw ParquetReader.damaged(name, "its values come in another form than its type")
      }
      let values = ParquetValues(column, type: kinds.0, from: Int(array.offset))
      var dictionary: ParquetValues?
      if let type = kinds.1, let words = column.dictionary?.pointee {
        dictionary = ParquetValues(words, type: type, from: 0)
      }
      try take(ParquetBatch(values: values, dictionary: dictionary))
    }
  }

  private func failure(_ name: String, _ stream: inout ArrowArrayStream, _ code: Int32) -> Faults {
    let text = stream.get_last_error?(&stream).map { String(cString: $0) } ?? ""
    return ParquetReader.error(name, code: code, text: text)
  }
}

/// A column as the file announces it.
struct ParquetField: Sendable {
  let name: String
  /// What its values are; of a dictionary, what its words are.
  let type: ParquetType

  init(_ schema: ArrowSchema) {
    name = schema.name.map { String(cString: $0) } ?? ""
    type = ParquetType(schema.dictionary?.pointee ?? schema)
  }
}

extension ParquetType {
  init(_ schema: ArrowSchema) {
    let extended = schema.metadata.map { ParquetMetadata.value(of: "ARROW:extension:name", in: $0) } ?? nil
    self.init(format: schema.format.map { String(cString: $0) } ?? "", extended: extended)
  }
}

/// Some values of a column, or numbers of words of a dictionary and the words.
struct ParquetBatch {
  let values: ParquetValues
  let dictionary: ParquetValues?
}

/// Values in the library's memory, which are there until the call that they were given to has returned.
struct ParquetValues {
  let type: ParquetType
  let count: Int
  /// Where they begin in the buffers, in values.
  let offset: Int
  /// One bit a value, 0 where it is missing; nil where none is.
  let validity: UnsafePointer<UInt8>?
  private let buffers: UnsafeMutablePointer<UnsafeRawPointer?>?
  private let bufferCount: Int

  fileprivate init(_ array: ArrowArray, type: ParquetType, from start: Int) {
    self.type = type
    count = Int(array.length)
    offset = Int(array.offset) + start
    buffers = array.buffers
    bufferCount = Int(array.n_buffers)
    let mask = bufferCount > 0 && array.null_count != 0 ? array.buffers?[0] : nil
    validity = mask?.assumingMemoryBound(to: UInt8.self)
  }

  /// The buffer after the one of validity, counted from 0.
  func buffer(_ index: Int) -> UnsafeRawPointer? { index + 1 < bufferCount ? buffers?[index + 1] : nil }

  @inline(__always)
  func isMissing(_ row: Int) -> Bool {
    guard let validity else { return false }
    let bit = offset &+ row
    return validity[bit >> 3] >> UInt8(truncatingIfNeeded: bit & 7) & 1 == 0
  }
}
