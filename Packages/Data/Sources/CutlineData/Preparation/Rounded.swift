internal import CutlineCore

/// A number rounded for a sentence.
struct Rounded: CustomStringConvertible {
  private let value: Double
  private let scale: Double

  init(_ value: Double, _ digits: Int) {
    self.value = value
    scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
  }

  var description: String { "\((value * scale).rounded() / scale)" }
}

extension Remark.Interpolation {
  mutating func appendInterpolation(_ number: Rounded) { appendInterpolation(word: number) }
}
