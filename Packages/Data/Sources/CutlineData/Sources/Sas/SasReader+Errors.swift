internal import CReadStat
@_spi(Run) internal import CutlineCore
internal import Glibc

extension SasReader {
  /// The error that the reader program reports, in words that say what to do.
  static func error(path: String, origin: UInt32, code: Int32, text: String, options: ReadOptions) -> Faults {
    let again = "The file is damaged; get it again from where it came."
    switch origin {
    case 1:
      return Faults.io(path, "cannot be read: \(SystemCall.reason(code))", "Check the disk and the permissions.")
    case 2:
      if code == EINVAL, let encoding = options.encoding {
        return Faults.usage(
          "encoding", "the character set \"\(encoding)\" is not known to this system",
          "`iconv --list` prints the names that are.")
      }
      if code == EMFILE {
        return Faults.data(path, "holds more than one table: \(text)", "Name one of them as member (--member).")
      }
      if code == ENOENT, let member = options.member {
        let names = text.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
        return Faults.usage(
          "member", "\(path) holds no table \(member)\(DidYouMean.phrase(for: member, among: names))",
          "It holds: \(text).")
      }
      return Faults.data(path, text, again)
    default: break
    }
    switch readstat_error_t(rawValue: UInt32(bitPattern: code)) {
    case READSTAT_ERROR_UNSUPPORTED_CHARSET:
      return Faults.data(
        path, "this system cannot convert the character set that its header names",
        "Name a character set that it can with the option for the encoding; `iconv --list` prints them.")
    case READSTAT_ERROR_CONVERT_BAD_STRING, READSTAT_ERROR_CONVERT, READSTAT_ERROR_CONVERT_LONG_STRING:
      return Faults.data(
        path, "some text is not in the file's character set (\(text))",
        "Name the right character set with the option for the encoding.")
    case READSTAT_ERROR_MALLOC:
      return Faults.data(path, "it asks for more memory than a file of its size needs", again)
    case READSTAT_ERROR_READ, READSTAT_ERROR_SEEK:
      return Faults.data(path, "it is shorter than its header says", again)
    default:
      return Faults.data(path, "it cannot be parsed (\(text))", again)
    }
  }
}
