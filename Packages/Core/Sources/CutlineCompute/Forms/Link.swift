internal import CCompute

/// A link g between a mean μ and a sum η: η = g(μ), μ = g⁻¹(η).
///
/// | link | g(μ) | g⁻¹(η) |
/// |---|---|---|
/// | identity | μ | η |
/// | log | ln μ | e^η |
/// | logit | ln (μ / (1 − μ)) | with t = e^−|η|: 1 / (1 + t) where η ≥ 0, t / (1 + t) elsewhere |
/// | probit | Φ⁻¹(μ) | Φ(η) = ½ erfc(−η / √2) |
///
/// exp, ln and erfc are SLEEF's deterministic functions (at most 1.0, 1.0 and 1.5 ulp), Φ⁻¹ is Wichura's AS 241: their bits
/// depend on neither the C library nor the processor. Outside the domain of g the result is NaN; at its ends ±∞.
///
/// Source: McCullagh, Nelder, *Generalized Linear Models*, 2nd ed., §2.2.3; N. Shibata, F. Petrogalli, *SLEEF: a portable
/// vectorized library of C standard mathematical functions*, IEEE TPDS 31 (2020); M. J. Wichura, *Algorithm AS 241*, 1988.
public enum Link: String, Sendable, Codable, Hashable, CaseIterable {
  case identity, log, logit, probit

  /// μ = g⁻¹(η). NaN gives NaN. O(1).
  public func mean(of sum: Double) -> Double {
    switch self {
    case .identity: return sum
    case .log: return cutline_exp(sum)
    case .logit:
      let power = cutline_exp(-sum.magnitude)
      return (sum >= 0 ? 1 : power) / (1 + power)
    case .probit: return 0.5 * cutline_erfc(-sum * 0x1.6a09e667f3bcdp-1)
    }
  }

  /// η = g(μ). NaN outside the domain. O(1).
  public func sum(of mean: Double) -> Double {
    switch self {
    case .identity: mean
    case .log: cutline_log(mean)
    case .logit: cutline_log(mean / (1 - mean))
    case .probit: cutline_normal_quantile(mean)
    }
  }

  /// What the kernels call it.
  var code: Int32 {
    switch self {
    case .identity: Int32(CUTLINE_LINK_IDENTITY)
    case .log: Int32(CUTLINE_LINK_LOG)
    case .logit: Int32(CUTLINE_LINK_LOGIT)
    case .probit: Int32(CUTLINE_LINK_PROBIT)
    }
  }
}
