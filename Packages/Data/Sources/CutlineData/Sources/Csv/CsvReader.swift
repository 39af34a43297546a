internal import CutlineCore
enum CsvReader {
  static func read(_ file: InputFile, options: ReadOptions) throws -> ReadResult {
    throw DataError(file.path, "not yet", "")
  }
}
