import CutlineCompute
import CutlineSearch
import Foundation

/// A grid as `gen3.py` writes it: the number of dimensions, their sizes, then production, numerators and denominators,
/// all little-endian Int64.
enum NdFile {
  enum Problem: Error {
    case usage, truncated
  }

  static func read(_ path: String) throws -> GridSumsND {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let values = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
    }
    guard let dimensions = values.first.map({ Int($0) }), dimensions >= 1, dimensions < values.count else {
      throw Problem.truncated
    }
    let shape = values[1...dimensions].map { Int($0) }
    let cells = shape.reduce(1, *)
    let start = 1 + dimensions
    guard values.count == start + 3 * cells else { throw Problem.truncated }
    func part(_ index: Int) -> [Int64] { Array(values[start + index * cells..<start + (index + 1) * cells]) }
    return try GridSumsND(shape: shape, production: part(0), numerator: part(1), denominator: part(2))
  }
}
