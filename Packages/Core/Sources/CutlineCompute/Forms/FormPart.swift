/// What every form can tell, and its values for one record: the definition. Internal, because a further form is a case of
/// `ModelForm` and not a type of somebody else's.
protocol FormPart: Sendable {
  static var name: String { get }
  var inputCount: Int { get }
  var outputCount: Int { get }
  /// 1, and one more than the deepest inner form's where there are any.
  var depth: Int { get }
  /// The most features that stand side by side anywhere in it.
  var width: Int { get }
  /// The one output for `inputCount` features.
  func value(_ x: [Double]) -> Double
  /// All outputs.
  func values(_ x: [Double]) -> [Double]
  /// The same for blocks of rows.
  func batch() -> any BatchPart
}

extension FormPart {
  var outputCount: Int { 1 }
  var depth: Int { 1 }
  var width: Int { max(1, inputCount, outputCount) }
  func values(_ x: [Double]) -> [Double] { [value(x)] }
}

/// Values for blocks of rows.
protocol BatchPart: Sendable {
  /// Writes output `k` of row `r` to `out[k × tile.stride + r]`.
  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>)
  /// The same for the outermost form: `tile.rows` rows of whole columns from row `first` on, with room for them in
  /// `features`, where `tile` looks.
  func evaluate(
    _ columns: [[Double]], from first: Int, _ tile: Tile, features: UnsafeMutablePointer<Double>,
    into out: UnsafeMutablePointer<Double>)
}

extension BatchPart {
  func evaluate(
    _ columns: [[Double]], from first: Int, _ tile: Tile, features: UnsafeMutablePointer<Double>,
    into out: UnsafeMutablePointer<Double>
  ) {
    for (feature, column) in columns.enumerated() {
      column.withUnsafeBufferPointer {
        guard let from = $0.baseAddress else { return }
        (features + feature * tile.stride).update(from: from + first, count: tile.rows)
      }
    }
    evaluate(tile, into: out)
  }
}

/// The features of a block of rows: feature `f` of row `r` stands at `first[f × stride + r]`.
struct Tile {
  let first: UnsafePointer<Double>
  let stride: Int
  let rows: Int
  let instructionSet: Int32

  func column(_ feature: Int) -> UnsafePointer<Double> { first + feature * stride }

  /// The same rows with other features.
  func with(_ other: UnsafeMutablePointer<Double>) -> Tile {
    Tile(first: UnsafePointer(other), stride: stride, rows: rows, instructionSet: instructionSet)
  }

  /// Memory for `columns` columns while `body` runs.
  func scratch(_ columns: Int, _ body: (UnsafeMutablePointer<Double>) -> Void) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: columns * stride) { memory in
      if let first = memory.baseAddress { body(first) }
    }
  }
}
