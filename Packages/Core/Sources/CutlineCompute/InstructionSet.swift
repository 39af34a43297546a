internal import CCompute

/// An instruction set that the C kernels are built for. Results do not depend on it.
public enum InstructionSet: String, Sendable, CaseIterable, Codable {
  /// What every processor of the architecture has.
  case baseline
  /// 256-bit vectors with fused multiply-add.
  case avx2
  /// 512-bit vectors (F, DQ, BW, VL).
  case avx512

  /// Whether this processor runs it.
  public var isSupported: Bool { cutline_supports(code) }

  /// Those that this processor runs, the plainest first.
  public static var supported: [InstructionSet] { allCases.filter(\.isSupported) }

  /// The widest that this processor runs.
  public static var widest: InstructionSet { supported.last ?? .baseline }

  /// What the C kernels of all modules call it.
  public var code: Int32 {
    switch self {
    case .baseline: Int32(CUTLINE_BASELINE)
    case .avx2: Int32(CUTLINE_AVX2)
    case .avx512: Int32(CUTLINE_AVX512)
    }
  }

  /// The asked-for one, or the widest.
  /// - Throws: `ComputeError.unsupported`.
  public static func chosen(_ asked: InstructionSet?) throws -> InstructionSet {
    guard let asked else { return widest }
    guard asked.isSupported else { throw ComputeError.unsupported(asked) }
    return asked
  }
}
