public import CutlineCore

/// The stages of this module.
public enum ModelStages {
  /// The kinds that only this package needs.
  private static let kinds: [any Kind.Type] = [
    Explain.self, Importance.self, Dependence.self, ExplanationFiles.self, ExplainSurface.self,
  ]

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
    try registry.register(BoostingFit.self)
    try registry.register(ForestFit.self)
    try registry.register(SelectedTraining.self)
    try registry.register(RidgeTraining.self)
    try registry.register(LinearTraining.self)
    try registry.register(LoadedSurface.self)
    try registry.register(RatioExposure.self)
    try registry.register(RegressionExposure.self)
    try registry.register(LoadedExposure.self)
    try registry.register(MeasuredRates.self)
    try registry.register(TransformationRates.self)
    try registry.register(StatedRates.self)
    try registry.register(BundleWriter.self)
    try registerRejectInference(in: &registry)
    try registerExplanations(in: &registry)
  }

  private static func registerExplanations(in registry: inout Registry) throws {
    try registry.register(AutoExplanation.self)
    try registry.register(LinearExplanation.self)
    try registry.register(TreeInterventionalExplanation.self)
    try registry.register(TreePathDependentExplanation.self)
    try registry.register(ExactExplanation.self)
    try registry.register(PermutationImportance.self)
    try registry.register(PartialDependenceStage.self)
    try registry.register(ShapSummary.self)
    try registry.register(SurfaceExplanation.self)
    try registry.register(NoSurfaceExplanation.self)
    for kind in kinds { try registry.register(kind: kind) }
  }
}
