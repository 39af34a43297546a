internal import CutlineCore

/// Reading JSON without passing over what nobody knows.
enum KnownKeys {
  private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The members of an object.
  /// - Throws: `Faults` (data) for one that is not among the keys, `DecodingError` for what is no object.
  static func container<Key: CodingKey & CaseIterable>(_ decoder: any Decoder, _: Key.Type, of what: String) throws
    -> KeyedDecodingContainer<Key>
  {
    let names = Key.allCases.map(\.stringValue)
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !names.contains(key.stringValue) {
      throw Faults.data(
        what,
        "has the unknown member \"\(key.stringValue.prefix(60))\"\(DidYouMean.phrase(for: key.stringValue, among: names))",
        "It may have \(names.joined(separator: ", ")).")
    }
    return try decoder.container(keyedBy: Key.self)
  }
}
