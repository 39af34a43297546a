internal import CutlineCore
internal import CutlineCredit

/// What several estimators say about a fit.
enum Notes {
  /// Features that carry nothing of their own.
  static func dependent(_ names: [String], in context: RunContext) {
    guard !names.isEmpty else { return }
    let listed = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    context.note("constant, or combinations of other features, with coefficient 0: \(word: listed)")
  }

  /// Separated data that only the penalty keeps finite: told where the fit itself, or one feature alone, puts every target
  /// of 1 on one side of every target of 0.
  static func separated(_ data: FitData, _ fit: LinearFit, in context: RunContext) {
    guard data.target.allSatisfy({ $0 == 0 || $0 == 1 }) else { return }
    let isOne = data.target.map { $0 == 1 }
    var predicted = [Double](repeating: 0, count: data.rows)
    for (coefficient, column) in zip(fit.coefficients, data.columns) where coefficient != 0 {
      for row in predicted.indices { predicted[row] += coefficient * column[row] }
    }
    if divides(predicted, isOne, allowingTies: false) {
      context.note("the data is completely separated: only the penalty keeps the coefficients finite")
    } else if let index = data.columns.firstIndex(where: { divides($0, isOne, allowingTies: true) }) {
      context.note(
        "the data is quasi-completely separated by \(word: data.names[index]): only the penalty keeps it finite")
    }
  }

  private static func divides(_ values: [Double], _ isOne: [Bool], allowingTies: Bool) -> Bool {
    var (lowOne, highOne, lowNone, highNone) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
    for (value, one) in zip(values, isOne) {
      if one {
        (lowOne, highOne) = (min(lowOne, value), max(highOne, value))
      } else {
        (lowNone, highNone) = (min(lowNone, value), max(highNone, value))
      }
    }
    guard min(lowOne, lowNone) < max(highOne, highNone) else { return false }
    return allowingTies ? lowOne >= highNone || highOne <= lowNone : lowOne > highNone || highOne < lowNone
  }
}

extension LinearFit {
  /// - Throws: `Faults` (data) where a coefficient leaves the range of numbers.
  func check(_ estimator: String) throws {
    guard intercept.isFinite, coefficients.allSatisfy(\.isFinite) else {
      throw Faults.data(
        "fit \(estimator)", "a coefficient leaves the range of numbers", "State features and target in other units.")
    }
  }
}
