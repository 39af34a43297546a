import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFormats
import Foundation
import TestSupport
import Testing

/// JSON gives the model back, to the bit.
@Suite struct PortableModelTests {
  @Test func everyModelReadsBackToTheSameBits() throws {
    for exported in try ExportedModels.all.get() {
      let text = try ModelExport.text(of: exported.model, as: .json)
      let read = try PortableModel.decode(Data(text.utf8), source: "m.json")
      #expect(read == exported.model)
      #expect(try ModelExport.text(of: read, as: .json) == text)
      for row in 0..<200 {
        let record = exported.columns.map { $0[row] }
        #expect(try read.form.value(of: record).bitPattern == exported.model.form.value(of: record).bitPattern)
      }
    }
  }

  @Test func extremeNumbersReadBack() throws {
    let values = [
      -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 0.1, 1 / 3.0, -1e300,
      123_456_789_012_345_680,
    ]
    let model = try ExportedModels.model("extreme", .linear(intercept: -0.0, coefficients: values))
    let read = try PortableModel.decode(Data(ModelExport.text(of: model, as: .json).utf8), source: "m.json")
    guard case .linear(let form) = read.form else {
      Issue.record("another form")
      return
    }
    #expect(form.coefficients.map(\.bitPattern) == values.map(\.bitPattern) && form.intercept.sign == .minus)
  }

  @Test func whatIsNoModelIsRefused() throws {
    let good = try ModelExport.text(of: ExportedModels.model("m", .linear(intercept: 1, coefficients: [2])), as: .json)
    _ = try PortableModel.decode(Data(good.utf8), source: "m.json")
    for (damage, into) in [
      ("\"unit\"", "\"unti\""), ("\"form\" : \"linear\"", "\"form\" : \"liner\""), ("\"form\"", "\"from\""),
      ("\"intercept\" : 1", "\"intercept\" : \"1\""), ("\"features\" : [", "\"features\" : [{},"),
      ("\"missing\" : \"form\"", "\"missing\" : \"guess\""), ("\"name\" : \"m\"", "\"name\" : \"m\", \"more\" : 1"),
    ] {
      let bad = good.replacing(damage, with: into)
      #expect(bad != good, "\(damage)")
      expectFaults(.data, "\(damage)") { try PortableModel.decode(Data(bad.utf8), source: "m.json") }
    }
    for length in stride(from: 0, to: good.utf8.count - 3, by: 7) {
      expectFaults(.data) { try PortableModel.decode(Data(good.utf8.prefix(length)), source: "m.json") }
    }
    let newer = good.replacing("cutline-portable-model-2", with: "cutline-portable-model-3")
    let faults = expectFaults(.integrity) { try PortableModel.decode(Data(newer.utf8), source: "m.json") }
    #expect(faults?.problem.contains("newer format") == true)
  }

  @Test func aKeyThatStandsTwiceIsRefused() throws {
    for (text, key) in [
      (#"{"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]}"#, nil), (#"{"a": "x,\"a\":", "b": "a"}"#, nil),
      (#"{"a": 1, "b": [1, 2], "a": 2}"#, "a"), (#"[{"k": {"x": 1, "x": 1}}]"#, "x"),
      (#"{"\u0061": 1, "a": 2}"#, "a"), (#"{"a": ["a", "a"], "b": "a"}"#, nil), ("{\"a\": \"", nil), ("", nil),
    ] as [(String, String?)] {
      #expect(DuplicateKeys.first(in: Data(text.utf8)) == key, "\(text)")
    }
    let good = String(
      decoding: try PortableModel.encode(ExportedModels.model("m", .linear(intercept: 1, coefficients: [2]))),
      as: UTF8.self)
    let twice = good.replacing("\"intercept\" : 1", with: "\"intercept\" : 100, \"intercept\" : 1")
    #expect(twice != good)
    expectFaults(.data) { try PortableModel.decode(Data(twice.utf8), source: "m.json") }
  }
}
