internal import Foundation

/// What a program prints: lines that become events, with everything beyond a limit read and let go.
struct ProgramMessages: ProgramListener {
  private static let lineLimit = 1 << 16
  private static let remarkLimit = 200
  private static let progressLimit = 10_000
  private static let byteLimit = 1 << 24

  private var line: [UInt8] = []
  private var isOverlong = false
  private var received = 0
  private var remarks = 0
  private var leftOut = 0
  private var progressCount = 0
  private var lastProgress = -1.0
  /// The process interface that the program was written for, where it has said so.
  private(set) var interface: Int?
  private let context: RunContext

  init(_ context: RunContext) { self.context = context }

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    guard received < Self.byteLimit else { return }
    received += bytes.count
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let end = memchr(start, 0x0A, rest.count).map { UnsafeRawPointer($0) - start }
      let part = UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.count)])
      let room = Self.lineLimit - line.count
      if room > 0 { line.append(contentsOf: UnsafeRawBufferPointer(rebasing: part.prefix(room))) }
      if part.count > room { isOverlong = true }
      guard let end else { return }
      finishLine()
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    }
  }

  /// Takes what stands behind the last line end, and says what was left out.
  mutating func finish() {
    finishLine()
    if received >= Self.byteLimit {
      context.note("what the program printed after its first \(Self.byteLimit >> 20) MiB is left out")
    } else if leftOut > 0 {
      context.note("\(leftOut) more line\(word: leftOut == 1 ? "" : "s") of the program's are left out")
    }
  }

  private mutating func finishLine() {
    defer {
      line.removeAll(keepingCapacity: true)
      isOverlong = false
    }
    guard line.contains(where: { $0 > 0x20 }) else { return }
    let first = line.first { $0 > 0x20 }
    // A line that does not look like an object is not parsed: a program that prints a lot is read fast.
    guard remarks < Self.remarkLimit || first == UInt8(ascii: "{") else {
      leftOut += 1
      return
    }
    if !isOverlong, first == UInt8(ascii: "{"), let object = Self.object(line), object.count == 1 {
      if let number = (object["progress"] as? NSNumber)?.doubleValue, number.isFinite {
        return progress(max(0, min(1, number)))
      }
      if let number = object["interface"] as? NSNumber {
        interface = number.intValue
        return
      }
      if let text = object["note"] as? String { return remark(text) }
      if let text = object["warning"] as? String { return remark(text, isWarning: true) }
    }
    remark(String(decoding: line.prefix(4 * ProgramText.lineLength + 4), as: UTF8.self))
  }

  // Text that is not JSON is a note of its own.
  private static func object(_ line: [UInt8]) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any]
  }

  private mutating func remark(_ text: String, isWarning: Bool = false) {
    guard remarks < Self.remarkLimit else {
      leftOut += 1
      return
    }
    remarks += 1
    // Nobody knows what a program puts into its sentences.
    let remark = Remark(printed: ProgramText.line(text))
    if isWarning { context.warn(remark) } else { context.note(remark) }
  }

  private mutating func progress(_ fraction: Double) {
    guard abs(fraction - lastProgress) >= 0.001, progressCount < Self.progressLimit else { return }
    progressCount += 1
    lastProgress = fraction
    context.progress(fraction)
  }
}

/// The beginning and the end of what a program writes to standard error.
struct KeptText {
  private static let half = 1 << 15
  private var beginning: [UInt8] = []
  private var end: [UInt8] = []
  private var dropped = 0

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    let room = min(Self.half - beginning.count, bytes.count)
    if room > 0 { beginning.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<room])) }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[room...])
    let kept = UnsafeRawBufferPointer(rebasing: rest.suffix(Self.half))
    end.append(contentsOf: kept)
    dropped += rest.count - kept.count
    // Moved seldom, so that a program that writes a lot is read fast.
    if end.count > 32 * Self.half {
      dropped += end.count - Self.half
      end.removeFirst(end.count - Self.half)
    }
  }

  /// The lines that are not blank; where text was dropped a line says so.
  var lines: [String] {
    let tail = Array(end.suffix(Self.half))
    let lost = dropped + end.count - tail.count
    let parts = lost > 0 ? [beginning, Array("… \(lost) bytes left out …".utf8), tail] : [beginning + tail]
    return parts.flatMap { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline) }
      .map { ProgramText.line(String($0)) }.filter { $0.contains { $0 != " " } }
  }
}

/// Texts of programs on their way to people.
enum ProgramText {
  static let lineLength = 500

  /// One line without control characters, cut at 500 characters.
  static func line(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(lineLength + 1) {
      let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
      shown.append(isControl ? " " : scalar)
    }
    return shown.count > lineLength ? String(shown.prefix(lineLength)) + "…" : String(shown)
  }
}
