extension RunContext {
  /// Streams a file into the run's folder, beside the stage's output: for tables that would not fit into memory, and for
  /// what people want to look at. It is kept, with its digest, and taken over as long as the stage's key is unchanged.
  ///
  /// ```swift
  /// try await context.attach("data/audit.csv", columns: notes) { writer in
  ///   try writer.append("row,reason\n")
  ///   for row in rows { try writer.append("\(row.number),\(row.reason)\n") }
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - path: relative to the run folder, such as `data/audit.csv`; no other stage may give it.
  ///   - columns: what the columns of a table mean; the first line of a CSV file must then be their names.
  ///   - personal: whether it holds rows of applications; the manifest says so.
  ///   - write: its errors are passed on, and nothing is left of the file.
  /// - Throws: `Faults` (usage) for a path that is taken or not free, inside another stage, and outside a run whose context
  ///   has no place for files; `Faults` (data) for other columns than described; `Faults` (io).
  public func attach(
    _ path: String, columns: [ColumnNote] = [], personal: Bool = false, isolation: isolated (any Actor)? = #isolation,
    _ write: (AttachedWriter) async throws -> Void
  ) async throws {
    try await place(for: path).write(path, columns: columns, personal: personal, isolation: isolation, write)
  }

  /// Puts a finished file into the run's folder, as `attach(_:columns:_:)` does.
  public func attach(_ file: ResultFile) async throws {
    try await attach(file.path, columns: file.columns, personal: file.isPersonal) { try $0.append(file.bytes) }
  }

  private func place(for path: String) throws -> AttachedFiles {
    guard !isInner else {
      throw Faults.usage(
        "file \(path.debugDescription)", "is attached by a stage that runs inside another one",
        "Only stages of the plan attach files: put it into the plan, or let the outer stage write the file.")
    }
    guard let files else {
      throw Faults.usage(
        "file \(path.debugDescription)", "is attached outside a run, and its context has no place for it",
        "Give one: RunContext(stageID: …, seed: …, files: AttachedFiles(in: folder)).")
    }
    return files
  }
}
