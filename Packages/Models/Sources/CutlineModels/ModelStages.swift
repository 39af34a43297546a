public import CutlineCore

/// The stages of this module.
public enum ModelStages {
  public static func register(in registry: inout Registry) throws {
    try registry.register(RidgeFit.self)
    try registry.register(LinearRegressionFit.self)
    try registry.register(LassoFit.self)
    try registry.register(ElasticNetFit.self)
    try registry.register(LogisticFit.self)
    try registry.register(TweedieFit.self)
    try registry.register(PoissonFit.self)
    try registry.register(GammaFit.self)
    try registry.register(HurdleFit.self)
    try registry.register(IsotonicFit.self)
    try registry.register(MonotoneSurfaceFit.self)
    try registry.register(VotingFit.self)
    try registry.register(PlattFit.self)
    try registry.register(BetaFit.self)
    try registry.register(PriorShiftFit.self)
    try registry.register(IdentityFit.self)
    try registry.register(SelectedTraining.self)
    try registry.register(RidgeTraining.self)
    try registry.register(LinearTraining.self)
    try registry.register(LoadedSurface.self)
    try registry.register(RatioExposure.self)
    try registry.register(RegressionExposure.self)
    try registry.register(LoadedExposure.self)
    try registry.register(NoRejectInference.self)
    try registry.register(AcceptanceUplift.self)
    try registry.register(BundleWriter.self)
  }
}
