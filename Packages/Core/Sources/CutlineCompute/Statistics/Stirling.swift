/// What Stirling's formula for ln Γ leaves out, and logarithms near 1: the parts of densities that cancel, kept small.
enum Stirling {
  /// ln Γ(a) − ((a − ½) ln a − a + ½ ln 2π), for any a > 0: by its series from 10 on, and below through
  /// s(a) = s(a + 1) + (a + ½) ln(1 + 1/a) − 1.
  static func correction(_ a: Double) -> Double {
    var (shifted, sum) = (a, 0.0)
    while shifted < 10 {
      sum += (shifted + 0.5) * Link.log.sum(of: 1 + 1 / shifted) - 1
      shifted += 1
    }
    return sum + series(shifted)
  }

  /// The same for a ≥ 10 to the last bits.
  static func series(_ a: Double) -> Double {
    let s = 1 / (a * a)
    let series = [-691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12]
    return series.reduce(0) { $0 * s + $1 } / a
  }

  /// ln Γ(a) for a > 0.
  static func logGamma(_ a: Double) -> Double {
    (a - 0.5) * Link.log.sum(of: a) - a + 0.5 * Link.log.sum(of: 2 * .pi) + correction(a)
  }

  /// ln r + 1 − r, without the difference of near numbers around r = 1.
  static func logarithmBelowTangent(_ r: Double) -> Double {
    let d = r - 1
    guard d.magnitude < 0.25 else { return Link.log.sum(of: r) - d }
    // −d²/2 + d³/3 − d⁴/4 + …
    var (power, sum, n) = (-d, 0.0, 1.0)
    repeat {
      power *= -d
      n += 1
      sum -= power / n
    } while power.magnitude > sum.magnitude * 1e-18
    return sum
  }
}
