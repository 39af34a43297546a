internal import CutlineCompute

/// Links as formulas. Where the target has no erfc and no infinity, as in SQL and PMML, they are written out from +, −, ×, ÷,
/// exp, ln and square root, exponents stay above −700, because PostgreSQL refuses what underflows, and ±10³⁰⁰ stands for the
/// ±∞ at the ends of a link's domain.
///
/// Source: W. J. Cody, *Rational Chebyshev approximations for the error function*, Math. Comp. 23 (1969); M. J. Wichura,
/// *Algorithm AS 241*, Applied Statistics 37 (1988).
extension FormulaBuilder {
  private static var greatest: Formula { .number(1e300) }
  private static var least: Formula { .number(-1e300) }

  /// g⁻¹(η), in the operations of `Link.mean`.
  mutating func mean(_ link: Link, of sum: Formula) -> Formula {
    switch link {
    case .identity: return sum
    case .log:
      if target.isProgram { return .call(.exp, sum) }
      let bound = program.bind(sum)
      return .call(.exp, .choose(.below(bound, .number(-700)), .number(-700), bound))
    case .logit:
      let bound = program.bind(sum)
      var size = Formula.call(.abs, bound)
      if !target.isProgram {
        size = program.bind(size)
        size = .choose(.below(.number(700), size), .number(700), size)
      }
      let power = program.bind(.call(.exp, .negative(size)))
      return .divide(.choose(.atMost(.number(0), bound), .number(1), power), .add(.number(1), power))
    case .probit:
      let argument = Formula.multiply(.negative(sum), .number(0x1.6a09e667f3bcdp-1))
      return .multiply(.number(0.5), target.isProgram ? .call(.erfc, argument) : erfc(argument))
    }
  }

  /// g(μ), in the operations of `Link.sum`.
  mutating func sum(_ link: Link, of mean: Formula) -> Formula {
    if link == .identity { return mean }
    let p = program.bind(mean)
    let rest = Formula.subtract(.number(1), p)
    if target.isProgram {
      switch link {
      case .identity: return p
      case .log: return .call(.ln, p)
      case .logit: return .call(.ln, .divide(p, rest))
      case .probit: return .call(.quantile, p)
      }
    }
    switch link {
    case .identity: return p
    case .log: return within(p, .below(.number(0), p), .call(.ln, p), upTo: nil)
    case .logit:
      // A step is computed in every row, where it is used or not: what is divided and logged must suit all.
      return within(p, .below(p, .number(1)), .call(.ln, .divide(p, rest)), upTo: 1)
    case .probit: return within(p, .below(p, .number(1)), quantile(p), upTo: 1)
    }
  }

  /// `value` inside the domain, ∓∞ at its ends, missing outside.
  private func within(_ p: Formula, _ isInside: Formula.Condition, _ value: Formula, upTo end: Double?) -> Formula {
    let upper: Formula =
      end.map { .choose(isInside, value, .choose(.equal(p, .number($0)), Self.greatest, .missing)) } ?? value
    return .choose(.below(.number(0), p), upper, .choose(.equal(p, .number(0)), Self.least, .missing))
  }

  /// Σ coefficients × powers of r, from the highest, by Horner's rule.
  private func polynomial(_ coefficients: [Double], _ r: Formula) -> Formula {
    coefficients.dropLast().reversed().reduce(Formula.number(coefficients[coefficients.count - 1])) {
      .add(.multiply($0, r), .number($1))
    }
  }

  /// erfc by Cody's three rational approximations: within 10⁻¹⁵ relatively up to 26, as at 26 beyond.
  private mutating func erfc(_ argument: Formula) -> Formula {
    let raw = program.bind(argument)
    let low = Formula.choose(.below(raw, .number(-26)), .number(-26), raw)
    let x = program.bind(.choose(.below(.number(26), raw), .number(26), low))
    let y = program.bind(.call(.abs, x))
    let square = program.bind(.multiply(y, y))
    let small = program.bind(
      .subtract(
        .number(1),
        .divide(.multiply(x, polynomial(Self.smallAbove, square)), polynomial(Self.smallBelow, square))))
    // e^(−y²) in two factors, of which the first is nearly exact.
    let coarse = program.bind(.divide(.call(.floor, .multiply(y, .number(16))), .number(16)))
    let fine = Formula.multiply(.subtract(y, coarse), .add(y, coarse))
    let decay = program.bind(
      .multiply(.call(.exp, .negative(.multiply(coarse, coarse))), .call(.exp, .negative(fine))))
    let middle = program.bind(
      .multiply(decay, .divide(polynomial(Self.middleAbove, y), polynomial(Self.middleBelow, y))))
    let far = program.bind(.choose(.below(y, .number(4)), .number(4), y))
    let inverse = program.bind(.divide(.number(1), .multiply(far, far)))
    let correction = Formula.divide(
      .multiply(inverse, polynomial(Self.largeAbove, inverse)), polynomial(Self.largeBelow, inverse))
    let large = program.bind(
      .multiply(decay, .divide(.subtract(.number(0.56418958354775628695), correction), far)))
    let tail = program.bind(.choose(.atMost(y, .number(4)), middle, large))
    return program.bind(
      .choose(
        .atMost(y, .number(0.46875)), small,
        .choose(.below(x, .number(0)), .subtract(.number(2), tail), tail)))
  }

  /// The quantile of the standard normal distribution; the caller keeps to 0 < p < 1.
  private mutating func quantile(_ p: Formula) -> Formula {
    let q = program.bind(.subtract(p, .number(0.5)))
    let near = program.bind(.subtract(.number(0.180625), .multiply(q, q)))
    let centre = Formula.multiply(
      q, .divide(polynomial(Self.centreAbove, near), polynomial(Self.centreBelow, near)))
    let side = program.bind(.choose(.below(q, .number(0)), p, .subtract(.number(1), p)))
    let safe = program.bind(
      .choose(
        .below(.number(0), side), .choose(.below(side, .number(1)), side, .number(0.5)), .number(0.5)))
    let r = program.bind(.call(.sqrt, .negative(.call(.ln, safe))))
    let (middle, tail) = (
      program.bind(.subtract(r, .number(1.6))), program.bind(.subtract(r, .number(5)))
    )
    let x = program.bind(
      .choose(
        .atMost(r, .number(5)),
        .divide(polynomial(Self.quantileMiddleAbove, middle), polynomial(Self.quantileMiddleBelow, middle)),
        .divide(polynomial(Self.quantileTailAbove, tail), polynomial(Self.quantileTailBelow, tail))))
    return program.bind(
      .choose(
        .atMost(.call(.abs, q), .number(0.425)), centre,
        .choose(.below(q, .number(0)), .negative(x), x)))
  }

  // Cody's coefficients, from the constant on.
  private static let smallAbove = [
    3.20937758913846947e03, 3.77485237685302021e02, 1.13864154151050156e02, 3.16112374387056560e00,
    1.85777706184603153e-1,
  ]
  private static let smallBelow = [
    2.84423683343917062e03, 1.28261652607737228e03, 2.44024637934444173e02, 2.36012909523441209e01, 1,
  ]
  private static let middleAbove = [
    1.23033935479799725e03, 2.05107837782607147e03, 1.71204761263407058e03, 8.81952221241769090e02,
    2.98635138197400131e02, 6.61191906371416295e01, 8.88314979438837594e00, 5.64188496988670089e-1,
    2.15311535474403846e-8,
  ]
  private static let middleBelow = [
    1.23033935480374942e03, 3.43936767414372164e03, 4.36261909014324716e03, 3.29079923573345963e03,
    1.62138957456669019e03, 5.37181101862009858e02, 1.17693950891312499e02, 1.57449261107098347e01, 1,
  ]
  private static let largeAbove = [
    6.58749161529837803e-4, 1.60837851487422766e-2, 1.25781726111229246e-1, 3.60344899949804439e-1,
    3.05326634961232344e-1, 1.63153871373020978e-2,
  ]
  private static let largeBelow = [
    2.33520497626869185e-3, 6.05183413124413191e-2, 5.27905102951428412e-1, 1.87295284992346725e00,
    2.56852019228982242e00, 1,
  ]

  // Wichura's coefficients, from the constant on.
  private static let centreAbove = [
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ]
  private static let centreBelow = [
    1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
  ]
  private static let quantileMiddleAbove = [
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
  ]
  private static let quantileMiddleBelow = [
    1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
    1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
  ]
  private static let quantileTailAbove = [
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ]
  private static let quantileTailBelow = [
    1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
  ]

  /// Wichura's polynomials as C has them: of the centre, the middle and the tail, above and below.
  static var wichura: [(above: [Double], below: [Double])] {
    [
      (centreAbove, centreBelow), (quantileMiddleAbove, quantileMiddleBelow), (quantileTailAbove, quantileTailBelow),
    ]
  }
}
