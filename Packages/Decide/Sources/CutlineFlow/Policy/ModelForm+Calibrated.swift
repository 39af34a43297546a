internal import CutlineCompute

extension ModelForm {
  /// Whether its probability has been calibrated: a form that is applied to what a model gives, `then`, as every calibration stage makes it;
  /// also a mean of such models. What leaves the model as it is, is none.
  var isCalibrated: Bool {
    switch self {
    case .then(let then):
      // What features are made of first says nothing of the model that reads them.
      then.first.isPrediction ? !then.after.isIdentity : then.after.isCalibrated
    case .blend(let blend): blend.link == .identity && blend.models.allSatisfy(\.isCalibrated)
    case .linear, .trees, .steps, .scorecard, .expand, .product, .cells: false
    }
  }

  /// Whether it gives a prediction, and not features.
  private var isPrediction: Bool {
    switch self {
    case .expand: false
    case .then(let then): then.after.isPrediction || then.first.isPrediction
    case .linear, .trees, .steps, .scorecard, .blend, .product, .cells: true
    }
  }

  private var isIdentity: Bool {
    guard case .linear(let linear) = self else { return false }
    return linear.link == .identity && linear.intercept == 0 && linear.coefficients == [1]
  }
}
