internal import CutlineCompute

/// The elements of PMML for single models.
extension PmmlModel {
  func regression(
    _ linear: LinearForm, fields: [String], transformations: String, read: [String], output: String
  ) -> String {
    let methods: [Link: String] = [.identity: "none", .log: "exp", .logit: "logit", .probit: "probit"]
    let predictors = zip(fields, linear.coefficients).map {
      "<NumericPredictor name=\"\(Self.escaped($0))\" coefficient=\"\(DecimalText.shortest($1))\"/>\n"
    }
    return """
      <RegressionModel functionName="regression" normalizationMethod="\(methods[linear.link] ?? "none")">
      \(schema(read))\(Self.output(output))\(transformations)<RegressionTable intercept="\(DecimalText.shortest(linear.intercept))">
      \(predictors.joined())</RegressionTable>
      </RegressionModel>

      """
  }

  /// A formula as a model: 0 + 1 × it.
  mutating func regression(
    of formula: Formula, program: FormulaProgram, fields: [String], output: String
  ) -> String {
    var program = program
    let bound: Formula =
      if case .step = formula { formula } else { program.bindAlways(formula) }
    let (transformations, names) = derived(program, [bound], fields)
    return """
      <RegressionModel functionName="regression" normalizationMethod="none">
      \(schema(fields))\(Self.output(output))\(transformations)<RegressionTable intercept="0.0">
      <NumericPredictor name="\(Self.escaped(names[0]))" coefficient="1.0"/>
      </RegressionTable>
      </RegressionModel>

      """
  }

  mutating func trees(
    _ trees: TreesForm, fields: [String], transformations: String, read: [String], output: String
  ) -> [String] {
    let sum = fresh("sum")
    var segments = ""
    for (tree, root) in trees.roots.enumerated() {
      segments += """
        <Segment id="\(tree + 1)">
        <True/>
        <TreeModel functionName="regression" missingValueStrategy="defaultChild" splitCharacteristic="binarySplit">
        \(schema(fields))
        """
      segments += "\n" + node(trees, Int(root), "<True/>", fields) + "</TreeModel>\n</Segment>\n"
    }
    let ensemble = """
      <MiningModel functionName="regression">
      \(schema(read))\(Self.output(sum))\(transformations)<Segmentation multipleModelMethod="sum">
      \(segments)</Segmentation>
      </MiningModel>

      """
    // base + scale × sum, with the link.
    let methods: [Link: String] = [.identity: "none", .log: "exp", .logit: "logit", .probit: "probit"]
    let last = """
      <RegressionModel functionName="regression" normalizationMethod="\(methods[trees.link] ?? "none")">
      \(schema([sum]))\(Self.output(output))<RegressionTable intercept="\(DecimalText.shortest(trees.base))">
      <NumericPredictor name="\(sum)" coefficient="\(DecimalText.shortest(trees.scale))"/>
      </RegressionTable>
      </RegressionModel>

      """
    return [ensemble, last]
  }

  func node(_ trees: TreesForm, _ node: Int, _ predicate: String, _ fields: [String]) -> String {
    let nodes = trees.nodes
    guard nodes.left[node] >= 0 else {
      return "<Node id=\"\(node)\" score=\"\(DecimalText.shortest(nodes.value[node]))\">\(predicate)</Node>\n"
    }
    let (left, right) = (Int(nodes.left[node]), Int(nodes.right[node]))
    let field = Self.escaped(fields[Int(nodes.feature[node])])
    func question(_ way: String) -> String {
      "<SimplePredicate field=\"\(field)\" operator=\"\(way)\" value=\"\(DecimalText.shortest(nodes.threshold[node]))\"/>"
    }
    return "<Node id=\"\(node)\" defaultChild=\"\(nodes.missingLeft[node] ? left : right)\">\(predicate)\n"
      + self.node(trees, left, question("lessOrEqual"), fields)
      + self.node(trees, right, question("greaterThan"), fields) + "</Node>\n"
  }

  mutating func scorecard(
    _ base: Double, _ characteristics: [BinnedValues], fields: [String], transformations: String, read: [String],
    output: String
  ) -> String {
    var text = ""
    for (place, bins) in characteristics.enumerated() {
      text += "<Characteristic name=\"\(fresh("characteristic"))\">\n"
      let field = Self.escaped(fields[place])
      func predicate(_ way: String, _ value: Double) -> String {
        "<SimplePredicate field=\"\(field)\" operator=\"\(way)\" value=\"\(DecimalText.shortest(value))\"/>"
      }
      func attribute(_ points: Double, _ predicate: String) {
        text += "<Attribute partialScore=\"\(DecimalText.shortest(points))\">\(predicate)</Attribute>\n"
      }
      // The first that is true counts.
      if let missing = bins.missing {
        attribute(missing, "<SimplePredicate field=\"\(field)\" operator=\"isMissing\"/>")
      }
      for special in bins.specials { attribute(special.result, predicate("equal", special.value)) }
      let way = bins.bins.closed == .right ? "lessOrEqual" : "lessThan"
      for (edge, points) in zip(bins.bins.edges, bins.values) { attribute(points, predicate(way, edge)) }
      attribute(
        bins.values[bins.values.count - 1], "<SimplePredicate field=\"\(field)\" operator=\"isNotMissing\"/>")
      text += "</Characteristic>\n"
    }
    return """
      <Scorecard functionName="regression" initialScore="\(DecimalText.shortest(base))" useReasonCodes="false">
      \(schema(read))\(Self.output(output))\(transformations)<Characteristics>
      \(text)</Characteristics>
      </Scorecard>

      """
  }

  func schema(_ fields: [String]) -> String {
    "<MiningSchema>\n"
      + fields.map { "<MiningField name=\"\(Self.escaped($0))\" invalidValueTreatment=\"asIs\"/>\n" }.joined()
      + "</MiningSchema>\n"
  }

  static func output(_ name: String) -> String {
    "<Output>\n<OutputField name=\"\(name)\" optype=\"continuous\" dataType=\"double\" feature=\"predictedValue\"/>\n</Output>\n"
  }
}
