internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// A model as PMML 4.4, by the element that is the field's standard for its form:
///
/// | form | element |
/// |---|---|
/// | linear | RegressionModel with its normalizationMethod |
/// | trees | MiningModel of TreeModels (sum), then a RegressionModel with base, scale and link |
/// | scorecard, steps | Scorecard |
/// | expand | DerivedFields in the model that reads them |
/// | then, blend, product | MiningModel (modelChain): each model hands its output on |
/// | cells | a DerivedField of nested ifs |
///
/// Source: Data Mining Group, *PMML 4.4.1*.
struct PmmlModel {
  /// Values of grids and bins; a TreeModel takes what it will.
  static let valueLimit = 1_000_000

  private var taken: Set<String>
  private var next = 0

  private init(_ names: [String]) { taken = Set(names) }

  /// - Throws: `Faults` (data) for what is too large.
  static func text(of model: Model) throws -> String {
    var values = 0
    model.form.countValues(into: &values)
    guard values <= valueLimit else {
      throw Faults.data(
        "model \(model.name)", "has \(values) nodes, cells and bins, more than \(valueLimit) that readers of PMML take",
        "Export it to C or JSON.")
    }
    for feature in model.features {
      guard !feature.name.isEmpty, !feature.name.unicodeScalars.contains(where: { $0.value < 32 || $0.value > 0xFFFD })
      else {
        throw Faults.data(
          "model \(model.name)", "has a feature whose name XML cannot hold",
          "Rename it in the table that it is fitted on.")
      }
    }
    let names = model.features.map(\.name)
    var writer = PmmlModel(names)
    let result = writer.fresh("prediction")
    var builder = FormulaBuilder(.expression, featureCount: names.count)
    // What a rule refuses and the form does not is left out at the end of the chain.
    let probe = builder.refusing(model, model.features.indices.map(Formula.feature), .number(0))
    var segments: [String]
    if case .choose(let lacks, _, _) = probe {
      let inner = writer.fresh("value")
      let fields = names + [inner]
      let formula = Formula.choose(lacks, .missing, .feature(names.count))
      segments =
        writer.elements(model.form, fields: names, output: inner) + [
          writer.regression(
            of: formula, program: FormulaProgram(featureCount: fields.count), fields: fields, output: result)
        ]
    } else {
      segments = writer.elements(model.form, fields: names, output: result)
    }
    let element = segments.count == 1 ? segments[0] : writer.chain(segments, fields: names)
    let dictionary = model.features.map { feature in
      let head = "    <DataField name=\"\(escaped(feature.name))\" optype=\"continuous\" dataType=\"double\""
      guard let codes = feature.codes else { return head + "/>\n" }
      let values = codes.map { "<Value value=\"\(DecimalText.shortest($0))\" property=\"missing\"/>" }.joined()
      return head + ">\(values)</DataField>\n"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
        <Header description="\(escaped("\(model.name); unit of \(result): \(model.unit)"))">
          <Application name="cutline"/>
          <Annotation>\(escaped(ModelExport.promise(of: model, as: .pmml)))</Annotation>
        </Header>
        <DataDictionary numberOfFields="\(names.count)">
      \(dictionary.joined())  </DataDictionary>
      \(element)</PMML>

      """
  }

  mutating func fresh(_ name: String) -> String {
    var candidate = name
    while taken.contains(candidate) {
      next += 1
      candidate = "\(name)_\(next)"
    }
    taken.insert(candidate)
    return candidate
  }

  // MARK: Models

  /// Models one after the other, of which the last gives `output` of `fields`. They stand in one chain, because readers do not
  /// hand the output of a chain within a chain on.
  private mutating func elements(_ form: ModelForm, fields: [String], output: String) -> [String] {
    switch form {
    case .then(let then) where then.first.isFeatureMaker:
      return featured(then, fields: fields, output: output)
    case .then(let then):
      let between = fresh("value")
      return elements(then.first, fields: fields, output: between)
        + elements(then.after, fields: [between], output: output)
    case .linear(let linear):
      return [regression(linear, fields: fields, transformations: "", read: fields, output: output)]
    case .trees(let trees):
      return self.trees(trees, fields: fields, transformations: "", read: fields, output: output)
    case .scorecard(let card):
      return [
        scorecard(
          card.base, card.characteristics, fields: fields, transformations: "", read: fields, output: output)
      ]
    case .steps(let bins):
      return [scorecard(0, [bins], fields: fields, transformations: "", read: fields, output: output)]
    case .blend(let blend):
      let outputs = blend.models.map { _ in fresh("value") }
      var parts: [String] = []
      for (model, name) in zip(blend.models, outputs) { parts += elements(model, fields: fields, output: name) }
      var builder = FormulaBuilder(.expression, featureCount: outputs.count)
      let terms = outputs.indices.map {
        Formula.multiply(.number(blend.weights[$0]), builder.sum(blend.link, of: .feature($0)))
      }
      let sum = builder.sum(terms[0], Array(terms.dropFirst()))
      let value = builder.mean(blend.link, of: sum)
      parts.append(regression(of: value, program: builder.program, fields: outputs, output: output))
      return parts
    case .product(let product):
      let outputs = product.models.map { _ in fresh("value") }
      var parts: [String] = []
      for (model, name) in zip(product.models, outputs) { parts += elements(model, fields: fields, output: name) }
      let value = outputs.indices.dropFirst().reduce(Formula.feature(0)) { .multiply($0, .feature($1)) }
      parts.append(
        regression(of: value, program: FormulaProgram(featureCount: outputs.count), fields: outputs, output: output))
      return parts
    case .cells(let cells):
      let value = Formula.cells(cells, fields.indices.map(Formula.feature))
      return [
        regression(of: value, program: FormulaProgram(featureCount: fields.count), fields: fields, output: output)
      ]
    case .expand:
      var builder = FormulaBuilder(.expression, featureCount: fields.count)
      let value = builder.value(form, fields.indices.map(Formula.feature))
      return [regression(of: value, program: builder.program, fields: fields, output: output)]
    }
  }

  /// A model of features that are made first.
  private mutating func featured(_ then: ThenForm, fields: [String], output: String) -> [String] {
    var builder = FormulaBuilder(.expression, featureCount: fields.count)
    var made: [Formula] = []
    for value in builder.values(then.first, fields.indices.map(Formula.feature)) {
      made.append(builder.program.bind(value))
    }
    switch then.after {
    case .linear, .trees, .scorecard, .steps, .cells:
      let (transformations, names) = derived(builder.program, made, fields)
      switch then.after {
      case .linear(let linear):
        return [regression(linear, fields: names, transformations: transformations, read: fields, output: output)]
      case .trees(let trees):
        return self.trees(trees, fields: names, transformations: transformations, read: fields, output: output)
      case .scorecard(let card):
        return [
          scorecard(
            card.base, card.characteristics, fields: names, transformations: transformations, read: fields,
            output: output)
        ]
      case .steps(let bins):
        return [scorecard(0, [bins], fields: names, transformations: transformations, read: fields, output: output)]
      default:
        let value = builder.value(then.after, made)
        return [regression(of: value, program: builder.program, fields: fields, output: output)]
      }
    default:
      // The features are made by a model each, which hand them on.
      let names = made.map { _ in fresh("feature") }
      var parts: [String] = []
      for (formula, name) in zip(made, names) {
        parts.append(regression(of: formula, program: builder.program, fields: fields, output: name))
      }
      return parts + elements(then.after, fields: names, output: output)
    }
  }

  /// Models one after the other, of which the last gives the result.
  private func chain(_ parts: [String], fields: [String]) -> String {
    let segments = parts.enumerated().map { place, part in
      "<Segment id=\"\(place + 1)\">\n<True/>\n\(part)</Segment>\n"
    }
    return """
      <MiningModel functionName="regression">
      \(schema(fields))<Segmentation multipleModelMethod="modelChain">
      \(segments.joined())</Segmentation>
      </MiningModel>

      """
  }

  // MARK: Parts

  /// The steps of a program as DerivedFields, and what `results` are called.
  mutating func derived(
    _ program: FormulaProgram, _ results: [Formula], _ fields: [String]
  ) -> (transformations: String, names: [String]) {
    var needed: Set<Int> = []
    for result in results { result.collectSteps(into: &needed) }
    for step in program.steps.indices.reversed() where needed.contains(step) {
      program.steps[step].collectSteps(into: &needed)
    }
    var writer = PmmlFormula(fields: fields)
    var text = ""
    for step in needed.sorted() {
      let name = fresh("step")
      text += "<DerivedField name=\"\(name)\" optype=\"continuous\" dataType=\"double\">\n"
      text += writer.written(program.steps[step]) + "</DerivedField>\n"
      writer.steps[step] = name
    }
    let names = results.map { result in
      switch result {
      case .feature(let i): fields[i]
      case .step(let step): writer.steps[step] ?? ""
      default: ""
      }
    }
    return (text.isEmpty ? "" : "<LocalTransformations>\n\(text)</LocalTransformations>\n", names)
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("\n", with: " ")
  }
}

extension ModelForm {
  /// Whether it makes features and is no model: `expand`, or several of them one after the other.
  var isFeatureMaker: Bool {
    switch self {
    case .expand: true
    case .then(let then): then.first.isFeatureMaker && then.after.isFeatureMaker
    default: false
    }
  }
}

extension FormulaProgram {
  /// A step of its own, also for what is one word.
  mutating func bindAlways(_ formula: Formula) -> Formula {
    bind(formula.isAtom ? .add(.number(0), formula) : formula)
  }
}
