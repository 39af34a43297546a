internal import CutlineCore
internal import CutlineCredit

/// Explanation, importance and dependence of the model behind a surface, each by a stage of one's choice, as files.
///
/// The rows are the cells with booked applications that have an outcome, weighted by exposure; they are the background,
/// too. The features are the raw scores, which the model takes, and not the polynomials of them that it makes inside.
///
/// A surface without a model is not explained, and one part that cannot be made leaves the others: what a run decides does
/// not depend on any of them, so each is said and none ends it.
struct SurfaceExplanation: Stage {
  typealias Kind = ExplainSurface
  static let name = "standard"
  static let summary = "Shapley values, permutation importance and partial dependence of the risk model, as files."

  struct Config: StageConfig {
    var method: Chosen<Explain> = "auto"
    /// A risk is a ratio of amounts, which poisson weighs as the comparison of candidates does.
    var importance = Chosen<Importance>("permutation", with: [("loss", .string("poisson"))])
    var dependence: Chosen<Dependence> = "partial"
    var files: Chosen<ExplanationFiles> = "shap-summary"

    static let fields: [Field<Self>] = [
      .stage("method", \.method, "What each score adds to what the model gives for a cell, and against what."),
      .stage("importance", \.importance, "How much the predictions need each score."),
      .stage("dependence", \.dependence, "How the mean prediction moves with each score."),
      .stage("files", \.files, "What writes them."),
    ]
  }
  let config: Config

  func run(_ input: ExplainSurface.Input, in context: RunContext) async throws -> FileSet {
    guard let model = input.surface.model else {
      context.note(
        "nothing is explained: the surface of \(word: input.surface.estimator) is the risk of each cell, without a model"
      )
      return FileSet(files: [])
    }
    let made = try await attempt("the model is not explained", in: context) {
      let cells = try SurfaceCells(input.cube)
      let explanation = try await config.method(
        .init(model: model, background: cells.design, rows: nil), in: context.inner(.surfaceExplanation))
      try sayDistance(of: model, from: input.surface, at: cells, context)
      return (cells, explanation)
    }
    guard let (cells, explanation) = made else { return FileSet(files: []) }
    let importance = try await attempt("the importance of scores is left out", in: context) {
      try await config.importance(.init(model: model, design: cells.design), in: context.inner(.surfaceExplanation))
    }
    let dependence = try await attempt("the dependence on scores is left out", in: context) {
      try await config.dependence(.init(model: model, background: cells.design), in: context.inner(.surfaceExplanation))
    }
    let files = try await attempt("the explanation is not written", in: context) {
      try await config.files(
        .init(
          explanation: explanation.naming(rows: "cells of the grid"), importance: importance, dependence: dependence,
          rows: cells.design), in: context.inner(.surfaceExplanation))
    }
    return files ?? FileSet(files: [])
  }

  /// What `body` gives; nil where it fails, which is said in the words of `otherwise`.
  private func attempt<Value>(
    _ otherwise: String, in context: RunContext, _ body: () async throws -> Value
  ) async throws -> Value? {
    do { return try await body() } catch let error as CancellationError {
      throw error
    } catch {
      context.warn("\(word: otherwise): " + ((error as? any EndingError).map { Remark($0) } ?? Remark(Faults(error))))
      return nil
    }
  }

  /// A surface of another run has the risks at the mean scores of its own applications.
  private func sayDistance(
    of model: Model, from surface: RiskSurface, at cells: SurfaceCells, _ context: RunContext
  ) throws {
    let predicted = try ModelRows(cells.design, model).values(of: model.form, what: "cell", workers: context.workers)
    let distance = zip(cells.cells, predicted).reduce(0) { max($0, abs(surface.risk[$1.0] - $1.1)) }
    guard distance > Explanation.tolerance else { return }
    let points = (1e6 * distance).rounded() / 1e4
    context.note(
      "the model is explained at the mean scores of these applications, where it gives up to \(points) percentage points "
        + "another risk than the surface")
  }
}

extension Purpose {
  /// What explains the model of a surface.
  fileprivate static let surfaceExplanation: Purpose = "surface-explanation"
}

/// Leaves the model of a surface unexplained.
struct NoSurfaceExplanation: Stage {
  typealias Kind = ExplainSurface
  static let name = "none"
  static let summary = "Explains nothing and writes no file."
  init(config: NoConfig) {}

  func run(_ input: ExplainSurface.Input, in context: RunContext) async throws -> FileSet { FileSet(files: []) }
}
