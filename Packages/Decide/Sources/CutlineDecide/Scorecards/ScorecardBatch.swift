internal import CutlineCompute
internal import CutlineCore
internal import Foundation

/// A card made ready for many records. Each score is that of `Scorecard.score`, whatever the number of threads.
///
/// Points are whole numbers of units below 10⁹ and at most a thousand are added, so that a sum of doubles is exact in any order
/// (2⁵³ is above 9·10¹⁵); the kernels of models compute it, with edges and points in arrays. Words are looked up once per distinct word.
public struct ScorecardBatch: Sendable {
  public let card: Scorecard
  private let evaluator: FormEvaluator
  private let workers: Int

  /// - Parameter workers: threads; nil = as many as there are processors.
  /// - Throws: `Faults` (data) for a card that is too large.
  public init(_ card: Scorecard, workers: Int? = nil) throws {
    self.card = card
    self.workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
    do { evaluator = FormEvaluator(ModelForm.scorecard(try card.form(perUnit: 1))) } catch { throw Faults(error) }
  }

  /// The scores of all rows, in units, before they are cut to the card's limits.
  ///
  /// - Parameter columns: one for each characteristic, of one length.
  /// - Throws: `Faults` (data) with the row of a value that the card does not take.
  /// - Complexity: O(rows · characteristics · log bins), O(rows · characteristics) memory.
  public func raw(_ columns: [CardColumn]) throws -> [Int64] { try scored(columns).raw }

  /// What `raw` gives, and per characteristic how many rows have a level that the card does not name.
  public func scored(_ columns: [CardColumn]) throws -> (raw: [Int64], unnamed: [Int]) {
    let numbers = try zip(card.characteristics, columns).map { try $0.bins.numbers($1, of: $0.column) }
    let rows = columns.first?.count ?? 0
    let sums: [Double]
    do { sums = try evaluator.evaluate(columns: numbers, rows: rows, workers: workers)[0] } catch {
      throw Faults(error)
    }
    // A value that is refused makes the sum no number; its row and column are looked for only then.
    guard !sums.contains(where: \.isNaN) else {
      for (own, column) in zip(card.characteristics, columns) where own.bins.missingBin == nil {
        _ = try own.bins.bins(column, of: own.column)
      }
      throw Faults.data("scorecard", "has a row without a score", "Check the card.")
    }
    let unnamed = zip(card.characteristics, numbers).map { own, numbers in
      own.bins.otherBin.map { other in numbers.count { $0 == Double(other) } } ?? 0
    }
    return (sums.map { Int64($0) }, unnamed)
  }

  /// The same, cut.
  public func scores(_ columns: [CardColumn]) throws -> [Int64] { try raw(columns).map(card.cut) }
}
