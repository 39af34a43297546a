internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// What a calibration learns from: raw predictions with what happened.
struct Calibrated: Sendable {
  let scores, target: [Double]
  /// As the design gives them.
  let weights: [Double]

  /// Of one feature of a design, whose rows without weight are left out.
  ///
  /// - Parameter feature: its name; nil for the only one.
  /// - Returns: the place of the feature too.
  static func of(
    _ design: Design, feature: String?, for estimator: String
  ) throws -> (data: FitData, place: Int, pairs: Calibrated) {
    let data = try FitData(design, for: estimator)
    guard !data.hasOffset else {
      throw Faults.usage("fit \(estimator)", "the design has an offset, which it does not take", "Leave it out.")
    }
    let place = try OneFeature.place(feature, among: data.names, for: estimator)
    let weights = data.weights.map { $0 / data.weightFactor }
    return (data, place, Calibrated(scores: data.columns[place], target: data.target, weights: weights))
  }
}

/// Estimators that read one feature of a design.
enum OneFeature {
  /// - Throws: `Faults` (usage) where `name` is none of the features, or is not given and there is not exactly one.
  static func place(_ name: String?, among names: [String], for estimator: String) throws -> Int {
    guard let name else {
      guard names.count == 1 else {
        throw Faults.usage(
          "fit \(estimator)", "there are \(names.count) features, and it takes one", "Name it: feature = \"…\".")
      }
      return 0
    }
    guard let place = names.firstIndex(of: name) else {
      let hint = DidYouMean.phrase(for: name, among: names)
      throw Faults.usage("fit \(estimator)", "there is no feature \(name)\(hint)", "Use one of the design's.")
    }
    return place
  }

  /// `form` of one feature as a form of all.
  static func lifted(_ form: ModelForm, of place: Int, among count: Int) throws -> ModelForm {
    count == 1 ? form : try .expand(inputCount: count, terms: [.feature(place)]).then(form)
  }
}
