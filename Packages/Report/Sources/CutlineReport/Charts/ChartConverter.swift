@_spi(Run) internal import CutlineCore
internal import Foundation

/// Draws charts: one Python program that holds the Vega library draws all of them, and is started when a chart is first asked
/// for. Nothing of it is needed to have the charts as data and as tables.
struct ChartConverter: Sendable {
  /// The folder into which `scripts/setup` has put the package.
  let folder: String
  private let python: String

  static let absence = "Pictures are not drawn: the library for charts is not installed; scripts/setup brings it."

  private static let timeLimitSeconds = 120.0
  private static let answerLimit = 1 << 28
  private static let library = "vl_convert/vl_convert.abi3.so"

  /// The converter of this installation; nil where there is none.
  static func find() -> ChartConverter? { find(in: candidates()) }

  static func find(in places: [(folder: String, pythons: [String])]) -> ChartConverter? {
    for place in places where FileManager.default.fileExists(atPath: "\(place.folder)/\(library)") {
      if let python = place.pythons.first(where: { access($0, X_OK) == 0 }) {
        return ChartConverter(folder: place.folder, python: python)
      }
    }
    return nil
  }

  private init(folder: String, python: String) { (self.folder, self.python) = (folder, python) }

  /// The script by which a page draws its charts again and lets them be touched; nil where it is not there.
  var bundle: String? {
    let path = "\(folder)/vega-bundle.js"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// What the drawings depend on besides the charts: a file that holds versions and digests.
  var fingerprint: [String] { ["\(folder)/versions"] }

  /// A form besides SVG.
  enum Beside: String, Sendable {
    case png, pdf

    /// What the bytes of such a file begin and end with.
    fileprivate var marks: (first: [UInt8], last: [UInt8]) {
      switch self {
      case .png: ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
      case .pdf: (Array("%PDF-".utf8), Array("%%EOF".utf8))
      }
    }
  }

  /// Each document as SVG, and in another form those named in `beside`; by name. Equal documents give equal bytes.
  ///
  /// - Throws: `Faults` (io) where the program fails or what it gives is none of the pictures that were asked for;
  ///   `CancellationError`.
  func images(
    of documents: [(name: String, document: Specification)], beside: [String: Beside] = [:]
  ) async throws -> [String: (svg: [UInt8], beside: [UInt8]?)] {
    guard !documents.isEmpty else { return [:] }
    let questions = try documents.map { chart in
      try Specification.object(["spec": chart.document, "beside": .text(beside[chart.name]?.rawValue ?? "")]).json()
    }
    let program = AskedProgram(
      python, ["-I", "-S", "-B", "-c", Self.program, folder], environment: ["LC_ALL": "C.UTF-8", "TZ": "UTC"],
      timeLimitSeconds: Self.timeLimitSeconds, byteLimit: Self.answerLimit)
    let answer = try await program.answer(questions.joined(separator: "\n") + "\n")
    let lines = answer.split(separator: UInt8(ascii: "\n"))
    guard lines.count == documents.count else {
      throw refusal("drew \(lines.count) of \(documents.count) charts")
    }
    var images: [String: (svg: [UInt8], beside: [UInt8]?)] = [:]
    for (chart, line) in zip(documents, lines) {
      images[chart.name] = try image(line, of: chart.name, beside: beside[chart.name])
    }
    return images
  }

  private struct Answer: Decodable {
    var svg: Data?
    var beside: Data?
    var error: String?
  }

  private func image(
    _ line: ArraySlice<UInt8>, of name: String, beside: Beside?
  ) throws -> (svg: [UInt8], beside: [UInt8]?) {
    let answer: Answer
    do { answer = try JSONDecoder().decode(Answer.self, from: Data(line)) } catch {
      throw refusal("answered what is no JSON for \(name)")
    }
    if let error = answer.error { throw refusal("did not draw \(name): \(error)") }
    guard let svg = answer.svg else { throw refusal("gave no drawing of \(name)") }
    let other = answer.beside.map { Array($0) }
    if let beside {
      guard let other, other.count > 100, other.starts(with: beside.marks.first),
        other.suffix(beside.marks.last.count) == beside.marks.last[...]
      else { throw refusal("gave no \(beside.rawValue.uppercased()) of \(name)") }
    }
    do {
      return (Array(try SvgDrawing(Array(svg), prefix: name).text.utf8), beside == nil ? nil : other)
    } catch let error as SvgDrawing.Refusal {
      throw refusal("drew \(name) with what no drawing may hold: \(error.reason)")
    }
  }

  private func refusal(_ problem: String) -> Faults {
    Faults.io("\(folder)/\(Self.library)", problem, "Run scripts/setup to install the library again.")
  }

  /// Reads a question a line, writes an answer a line. Bitmaps are packed again: the library hardly packs them.
  private static let program = """
    import base64, json, struct, sys, zlib
    sys.path.insert(0, sys.argv[1])
    import vl_convert

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def packed(png):
        at, parts, pixels = 8, [], []
        while at < len(png):
            size, = struct.unpack(">I", png[at:at + 4])
            kind, data = png[at + 4:at + 8], png[at + 8:at + 8 + size]
            at += 12 + size
            if kind == b"IDAT":
                pixels.append(data)
            else:
                parts.append(chunk(kind, data))
        parts.insert(-1, chunk(b"IDAT", zlib.compress(zlib.decompress(b"".join(pixels)), 9)))
        return png[:8] + b"".join(parts)

    for line in sys.stdin:
        question = json.loads(line)
        try:
            svg = vl_convert.vegalite_to_svg(question["spec"], vl_version="6.4", allowed_base_urls=[], show_warnings=False)
            answer = {"svg": base64.b64encode(svg.encode()).decode()}
            if question["beside"] == "png":
                answer["beside"] = base64.b64encode(packed(vl_convert.svg_to_png(svg, scale=2))).decode()
            if question["beside"] == "pdf":
                answer["beside"] = base64.b64encode(vl_convert.svg_to_pdf(svg)).decode()
        except ValueError as error:
            answer = {"error": str(error)[:400]}
        print(json.dumps(answer), flush=True)
    """
}

extension ChartConverter {
  /// Where the package may be, with the interpreters that may run it: beside the installed program, where `scripts/setup` puts
  /// it in a folder above the executable, and, for programs of tests, above the current folder.
  static func candidates(
    executable: String = InstalledPlaces.executable,
    workingFolder: String = InstalledPlaces.workingFolder
  ) -> [(folder: String, pythons: [String])] {
    let system = ["/usr/bin/python3", "/usr/local/bin/python3"]
    return [("\(executable.parentFolder.parentFolder)/lib/cutline/charts", system)]
      + InstalledPlaces.roots(executable: executable, workingFolder: workingFolder).map {
        ("\($0)/.dependencies/charts", ["\($0)/.dependencies/python/bin/python3"] + system)
      }
  }
}
