internal import CModels
internal import CutlineCompute

/// The loss of a linear predictor over all rows, with its first and second derivatives, in one pass over the data.
///
/// F(β) = Σ wᵢ f(yᵢ, ηᵢ) / Σ w with ηᵢ = β₀ + Σ βⱼ zᵢⱼ + offsetᵢ, z the standardised features and f convex in η:
///
/// | loss | f(y, η) | minimised by | targets |
/// |---|---|---|---|
/// | logistic | log(1 + e^η) − y η | the log-odds of y | 0…1 |
/// | Tweedie, power p | −y e^((1−p)η) / (1−p) + e^((2−p)η) / (2−p): half the deviance, without what is constant in η | the logarithm of y's mean | not negative; positive for p = 2 |
///
/// where an exponent is 0 its term is −yη (p = 1) or η (p = 2).
struct LossPass: Sendable {
  enum Loss: Sendable {
    case logistic
    case tweedie(power: Double)
  }

  struct Value: Sendable {
    var loss = 0.0
    /// Σ w of the absolute values of the terms of ∂f/∂η, over Σ w: what a gradient is small against.
    var size = 0.0
    /// Per feature, the intercept last.
    var gradient: [Double] = []
    /// In the order of the gradient; empty where it was not asked for.
    var hessian = PackedSymmetric(0)
  }

  let features: StandardColumns
  let target, weights, offset: [Double]
  let totalWeight: Double
  let loss: Loss

  /// - Parameters:
  ///   - beta: per standardised feature, the intercept last.
  ///   - derivatives: whether gradient and second derivatives are wanted.
  /// - Complexity: O(*n·p²*) with derivatives, else O(*n·p*).
  func value(at beta: [Double], derivatives: Bool) -> Value {
    let size = features.count + 1
    let width = 2 + (derivatives ? size + PackedSymmetric.count(size) : 0)
    let sums = features.chunks.sums(width) { rows, out in
      add(rows, beta, derivatives: derivatives, to: out)
    }
    var value = Value()
    value.loss = sums[0] / totalWeight
    value.size = sums[1] / totalWeight
    if derivatives {
      value.gradient = sums[2..<2 + size].map { $0 / totalWeight }
      value.hessian = PackedSymmetric(size, sums[(2 + size)...].map { $0 / totalWeight })
    }
    return value
  }

  private func add(
    _ rows: Range<Int>, _ beta: [Double], derivatives: Bool, to out: UnsafeMutablePointer<Double>
  ) {
    let (block, lanes) = (RowChunks.block, Int(CMODELS_LANES))
    let count = features.count
    let width = GramTiles.padded(count + 1)
    let values = Scratch((width + 9 + Int(CMODELS_TILE)) * block)
    // Behind the features: a column of ones, the padding of the tiles, and what a loss gives.
    let ones = values.first + count * block
    let parts = values.first + width * block
    let (eta, y, w) = (parts, parts + block, parts + 2 * block)
    let (loss, slope, size, bend) = (parts + 3 * block, parts + 4 * block, parts + 5 * block, parts + 6 * block)
    let scratch = parts + 7 * block
    let tiles = Scratch(derivatives ? GramTiles.lanes(width) : 0)
    let sums = Scratch((2 + count + 1) * lanes)
    let set = features.chunks.instructionSet
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: block) {
      let used = min(block, rows.upperBound - start)
      let padded = StandardColumns.padded(used)
      features.fill(values.first, from: start, rows: used)
      for row in 0..<padded {
        let inside = row < used
        ones[row] = inside ? 1 : 0
        eta[row] = inside ? beta[count] + offset[start + row] : 0
        y[row] = inside ? target[start + row] : 0
        w[row] = inside ? weights[start + row] : 0
      }
      var all = cmodels_block(first: values.first, stride: block, rows: padded, columns: count)
      cmodels_predict(all, beta, eta, set)
      switch self.loss {
      case .logistic:
        cmodels_loss(Int32(CMODELS_LOGISTIC), 0, padded, eta, y, w, loss, slope, size, bend, scratch, set)
      case .tweedie(let power):
        cmodels_loss(Int32(CMODELS_TWEEDIE), power, padded, eta, y, w, loss, slope, size, bend, scratch, set)
      }
      cmodels_total(loss, padded, sums.first, set)
      cmodels_total(size, padded, sums.first + lanes, set)
      guard derivatives else { continue }
      all.columns = count + 1
      cmodels_products(all, slope, sums.first + 2 * lanes, set)
      all.columns = width
      cmodels_gram(all, bend, scratch + 2 * block, tiles.first, set)
    }
    for place in 0..<(derivatives ? 3 + count : 2) { out[place] = RowChunks.joined(sums.first + place * lanes) }
    if derivatives { GramTiles.unpack(tiles.first, columns: count + 1, into: out + 3 + count) }
  }
}
