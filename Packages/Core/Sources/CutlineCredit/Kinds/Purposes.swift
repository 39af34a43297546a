public import CutlineCore

extension Purpose {
  /// To which fold of a cross-validation applications, or buckets of them, belong.
  public static let folds: Purpose = "folds"
  /// One fold of a cross-validation: what is drawn while it is held out.
  public static let fold: Purpose = "fold"
  /// The weights of applications in the resamples of a bootstrap, and what is drawn in one of them.
  public static let resample: Purpose = "resample"
  /// The fit to all that there is.
  public static let whole: Purpose = "whole"
  /// The permutations that test whether the data contradicts the direction of a variable.
  public static func direction(of variable: String) -> Purpose { Purpose("direction/\(variable)") }
}
