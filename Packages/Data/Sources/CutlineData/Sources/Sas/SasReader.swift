internal import CutlineCore
internal import Glibc

/// Reads SAS7BDAT and transport files through the reader program.
struct SasReader {
  private let file: InputFile
  private let options: ReadOptions
  private let buffer = SasMessageBuffer()
  private var facts: ReadFacts
  /// Rows by the header; −1 where the format does not say.
  private var promisedRows = -1
  private var columnCount = 0
  private var variables: [SasVariable] = []
  private var columns: [SasColumnBuilder] = []
  private var rows = 0
  private var fileSize = 0
  private var unfoldedBytes = 0

  static func read(_ file: InputFile, format: TableFormat, options: ReadOptions) throws -> ReadResult {
    try read(file, format: format, options: options) {
      try SasWorker(program: $0, path: $1, descriptor: $2, fileSize: $3, options: $4)
    }
  }

  /// - Parameter start: starts a program, by its path, on a file's path, descriptor and size.
  static func read(
    _ file: InputFile, format: TableFormat, options: ReadOptions,
    by start: (String, String, Int32, Int, ReadOptions) throws -> any SasProgram
  ) throws -> ReadResult {
    var reader = SasReader(file: file, options: options, facts: ReadFacts(path: file.path, format: format))
    return try reader.read(start)
  }

  private init(file: InputFile, options: ReadOptions, facts: ReadFacts) {
    self.file = file
    self.options = options
    self.facts = facts
  }

  private mutating func read(
    _ start: (String, String, Int32, Int, ReadOptions) throws -> any SasProgram
  ) throws -> ReadResult {
    facts.isCompressed = file.isGzip
    let program = try options.sasReaderPath ?? SasReaderProgram.locate()
    // The parser goes back and forth, so a gzipped file is unfolded into a nameless temporary one.
    let unfolded = file.isGzip ? try UnfoldedFile(file, limit: options.expansionLimit) : nil
    let descriptor = unfolded?.descriptor ?? file.descriptor
    fileSize = unfolded?.size ?? file.size
    let worker = try start(program, file.path, descriptor, fileSize, options)
    while try buffer.receive(from: worker, path: file.path) {
      // The program is ended where no more is wanted.
      if let limit = options.rows, rows >= limit, !columns.isEmpty { return try result() }
      var message = SasMessageReader(buffer.bytes, path: file.path)
      switch buffer.kind {
      case SasMessage.header: try takeHeader(&message)
      case SasMessage.variable: try takeVariable(&message)
      case SasMessage.keep: worker.send(try chooseColumns())
      case SasMessage.block: try takeBlock(&message)
      case SasMessage.slot:
        let (slot, count) = (Int(try message.uint32()), Int(try message.uint32()))
        try message.end()
        guard let bytes = worker.slot(slot, count: count) else { throw SasMessageReader.broken(file.path) }
        var block = SasMessageReader(bytes, path: file.path)
        try takeBlock(&block)
        worker.releaseSlot()
      case SasMessage.done:
        try takeDone(&message)
        worker.leave()
        return try result()
      case SasMessage.error:
        let (origin, code) = (try message.uint32(), try message.int32())
        let length = Int(try message.uint32())
        let text = String(decoding: try message.take(length), as: UTF8.self)
        throw Self.error(path: file.path, origin: origin, code: code, text: text, options: options)
      default: throw SasMessageReader.broken(file.path)
      }
    }
    throw worker.stopped()
  }

  private mutating func takeHeader(_ message: inout SasMessageReader) throws {
    promisedRows = try message.int64()
    columnCount = Int(try message.uint32())
    _ = try (message.uint8(), message.uint8(), message.uint8())
    let version = try message.uint8()
    let isGuessed = try message.uint8() != 0
    let encoding = try message.string(of: "the character set's name")
    let table = try message.string(of: "the table's name")
    let label = try message.string(of: "the table's label")
    try message.end()
    guard promisedRows >= -1, columnCount <= 1 << 20, variables.isEmpty else {
      throw SasMessageReader.broken(file.path)
    }
    facts.format = promisedRows < 0 ? .xpt : .sas7bdat
    facts.tableName = table.isEmpty ? nil : table
    facts.label = label.isEmpty ? nil : label
    if let named = options.encoding {
      facts.encoding = named
    } else if !encoding.isEmpty {
      facts.encoding = encoding
      if isGuessed {
        facts.said.append(
          "the header names no character set; text was read as \(word: encoding), name another one if it is not")
      }
    }
    if facts.format == .xpt, version != 5, version != 8 { throw SasMessageReader.broken(file.path) }
  }

  private mutating func takeVariable(_ message: inout SasMessageReader) throws {
    let index = Int(try message.uint32())
    let isText = try message.uint8() != 0
    let width = Int(try message.uint32())
    let place = "column \(index + 1)"
    let name = try message.string(of: "the name of \(place)")
    let label = try message.string(of: "the label of \(place)")
    let format = try message.string(of: "the format of \(place)")
    try message.end()
    guard index == variables.count, index < columnCount else { throw SasMessageReader.broken(file.path) }
    variables.append(SasVariable(name: name, label: label, format: format, isText: isText, width: width))
  }

  /// One byte a column: 1 where its values are wanted.
  private mutating func chooseColumns() throws -> [UInt8] {
    guard variables.count == columnCount else { throw SasMessageReader.broken(file.path) }
    let names = ColumnNames.unique(variables.map(\.name), notes: &facts.said)
    for index in names.indices { variables[index].name = names[index] }
    facts.allNames = names
    let choice = try ColumnNames.choice(from: names, options: options, path: file.path)
    columns = zip(variables, choice).filter(\.1).map { SasColumnBuilder(variable: $0.0, path: file.path) }
    // Room for what the header promises, but never for more than the file can hold uncompressed.
    let rowBytes = max(1, variables.reduce(0) { $0 + $1.width })
    if promisedRows > 0, promisedRows <= fileSize / rowBytes {
      let wanted = min(promisedRows, options.rows ?? .max)
      for index in columns.indices { columns[index].reserve(wanted) }
    }
    return choice.map { $0 ? 1 : 0 }
  }

  private mutating func takeBlock(_ message: inout SasMessageReader) throws {
    let count = Int(try message.uint32())
    let stride = Int(try message.uint32())
    guard count > 0, count <= stride, stride <= 1 << 16 else { throw SasMessageReader.broken(file.path) }
    for index in columns.indices { try columns[index].append(rows: count, stride: stride, from: &message) }
    for index in columns.indices { try columns[index].appendText(from: &message) }
    try message.end()
    rows += count
    unfoldedBytes += message.bytes.count
    guard unfoldedBytes <= (256 << 20) + options.expansionLimit * fileSize else {
      throw Faults.data(
        file.path, "the content unfolds to more than \(unfoldedBytes >> 20) MiB from a file of \(fileSize) bytes",
        "The file is damaged or made to fill the memory; raise expansion_limit (--expansion-limit) if it is neither.")
    }
    if promisedRows >= 0, rows > promisedRows { throw SasMessageReader.broken(file.path) }
  }

  private mutating func takeDone(_ message: inout SasMessageReader) throws {
    let sent = try message.int64()
    let deleted = try message.int64()
    let blank = try message.int64()
    try message.end()
    guard sent == rows, deleted >= 0, blank >= 0 else { throw SasMessageReader.broken(file.path) }
    if promisedRows >= 0, !columns.isEmpty, rows + deleted != promisedRows {
      throw Faults.data(
        file.path, "the header promises \(promisedRows) rows, the file holds \(rows + deleted)",
        "The file was cut off; get it again from where it came.")
    }
    if deleted > 0 { facts.said.append("\(deleted) rows are marked as deleted and were left out") }
    if blank > 0 {
      facts.said.append("\(blank) rows of nothing but blanks at the end were taken for padding and left out")
    }
  }

  private mutating func result() throws -> ReadResult {
    for column in columns where column.cutValues > 0 {
      facts.said.append(
        "the last character was cut in two by the column's width and was left out", column: column.name,
        "in \(column.cutValues) values")
    }
    facts.rowCount = rows
    return ReadResult(table: try Table(columns: columns.map(\.column), rowCount: rows), facts: facts)
  }
}
