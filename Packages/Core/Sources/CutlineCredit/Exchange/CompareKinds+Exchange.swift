public import CutlineCore

extension CompareSurfaces: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    ["sample": .one(input.sample), "surfaces": .many(input.surfaces)]
  }
}

extension CompareFrontiers: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    ["cells": .one(input.cells), "frontiers": .many(input.frontiers)]
  }
}
