internal import CXGBoost
internal import CutlineCore
internal import Foundation

/// The functions of an XGBoost library that was found at run time.
///
/// Unchecked, because it points to a C table, which is never changed nor freed.
struct XGBoostLibrary: @unchecked Sendable {
  fileprivate let functions: UnsafePointer<cutline_xgboost>
  /// As the library says it, for example `1.7.4`.
  let version: String

  /// The library of this system, looked for when first asked.
  static let installed = Result { () throws(Faults) in try XGBoostLibrary(candidates: candidates) }

  /// Beside the installed program, then what the dynamic loader knows.
  static var candidates: [String] {
    // Without /proc the name that the program was started by is the best that there is.
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let folder = (program as NSString).deletingLastPathComponent
    let prefix = (folder as NSString).deletingLastPathComponent
    return ["\(prefix)/lib/cutline/libxgboost.so", "libxgboost.so.0", "libxgboost.so"]
  }

  /// Opens the first candidate that is there.
  ///
  /// - Parameter candidates: Paths of files, then names for the system's dynamic loader.
  /// - Throws: `Faults` (usage) where none is there, or the first one cannot be used.
  init(candidates: [String]) throws(Faults) {
    var absent: [String] = []
    for candidate in candidates {
      let isFile = candidate.contains("/")
      guard !isFile || FileManager.default.fileExists(atPath: candidate) else {
        absent.append(candidate)
        continue
      }
      var problem = [CChar](repeating: 0, count: 512)
      if let functions = cutline_xgboost_load(candidate, &problem, problem.count) {
        self.functions = functions
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        functions.pointee.version(&major, &minor, &patch)
        version = "\(major).\(minor).\(patch)"
        return
      }
      let reason = String(decoding: problem.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard isFile else {
        absent.append("\(candidate) of the system (\(reason))")
        continue
      }
      throw Faults.usage(
        "boosting, forest", "the library XGBoost in \(candidate) cannot be used: \(reason)",
        "Remove it, and run scripts/setup or install libxgboost-dev.")
    }
    throw Faults.usage(
      "boosting, forest",
      "the library XGBoost is not installed; looked in "
        + (absent.isEmpty ? "no place" : absent.joined(separator: ", ")),
      "Run scripts/setup, or apt-get install libxgboost-dev, or use another estimator.")
  }
}

/// A matrix with targets in the library's hands. Used by one thread.
final class XGBoostMatrix {
  fileprivate let handle: UnsafeMutableRawPointer
  private let calls: XGBoostCalls

  /// - Parameter values: row by row, NaN where missing; at least one row and one column.
  init(_ values: [Float], rows: Int, columns: Int, library: XGBoostLibrary) throws(Faults) {
    calls = try XGBoostCalls(library)
    var made: UnsafeMutableRawPointer?
    // One thread, so that nothing depends on how work is shared.
    try calls.check(calls.functions.create_matrix(values, UInt64(rows), UInt64(columns), .nan, &made, 1))
    guard let made else { throw XGBoostCalls.failure("it gave no matrix") }
    handle = made
  }

  deinit { _ = calls.functions.free_matrix(handle) }

  /// - Parameter field: `label`, `weight` or `base_margin`, a number per row.
  func set(_ field: String, _ values: [Float]) throws(Faults) {
    try calls.check(calls.functions.set_numbers(handle, field, values, UInt64(values.count)))
  }
}

/// A model in the library's hands. Used by one thread.
final class XGBoostBooster {
  private let handle: UnsafeMutableRawPointer
  private let calls: XGBoostCalls
  /// The library reads it until the end.
  private let matrix: XGBoostMatrix

  init(_ matrix: XGBoostMatrix, parameters: [(String, String)], library: XGBoostLibrary) throws(Faults) {
    calls = try XGBoostCalls(library)
    self.matrix = matrix
    var made: UnsafeMutableRawPointer?
    try calls.check(calls.functions.create_booster([matrix.handle], 1, &made))
    guard let made else { throw XGBoostCalls.failure("it gave no model") }
    handle = made
    for (name, value) in parameters { try calls.check(calls.functions.set_parameter(handle, name, value)) }
  }

  deinit { _ = calls.functions.free_booster(handle) }

  func update(round: Int) throws(Faults) {
    try calls.check(calls.functions.update(handle, Int32(clamping: round), matrix.handle))
  }

  /// The model as the library's JSON.
  func json() throws(Faults) -> Data {
    var length: UInt64 = 0
    var bytes: UnsafePointer<CChar>?
    try calls.check(calls.functions.save(handle, "{\"format\": \"json\"}", &length, &bytes))
    guard let bytes else { throw XGBoostCalls.failure("it gave no bytes") }
    return Data(bytes: bytes, count: Int(clamping: length))
  }

  /// What the library itself predicts, before the link.
  func margins(_ matrix: XGBoostMatrix) throws(Faults) -> [Float] {
    var shape: UnsafePointer<UInt64>?
    var values: UnsafePointer<Float>?
    var dimensions: UInt64 = 0
    let request =
      #"{"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true,"ntree_limit":0}"#
    try calls.check(
      calls.functions.predict(handle, matrix.handle, request, &shape, &dimensions, &values))
    guard let shape, let values else { throw XGBoostCalls.failure("it gave no predictions") }
    let count = (0..<Int(clamping: dimensions)).reduce(1) { $0 * Int(clamping: shape[$1]) }
    return Array(UnsafeBufferPointer(start: values, count: count))
  }
}

/// Calls that may fail, on one thread.
private struct XGBoostCalls {
  let functions: cutline_xgboost

  init(_ library: XGBoostLibrary) throws(Faults) {
    functions = library.functions.pointee
    // What it would print is kept per thread, so that it is switched off on each.
    try check(functions.set_global("{\"verbosity\": 0}"))
  }

  func check(_ status: Int32) throws(Faults) {
    guard status != 0 else { return }
    let text = functions.last_error().map { String(cString: $0) } ?? "it does not say why"
    // The message goes on with a stack of its own functions.
    let line = text.split(separator: "\n").first.map(String.init) ?? text
    let reason = line.range(of: "Check failed: ").map { String(line[$0.upperBound...]) } ?? line
    throw Self.failure(reason)
  }

  static func failure(_ reason: String) -> Faults {
    Faults.data("boosting, forest", "XGBoost refused: \(reason.prefix(300))", "Check features, target and weights.")
  }
}
