internal import Foundation

/// Memory of this process as the kernel counts it.
public enum ProcessMemory {
  /// Peak resident bytes so far; 0 where the kernel does not say.
  public static func peak() -> Int {
    // A missing /proc only costs a figure in the manifest.
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      let digits = line.filter { ("0"..."9").contains($0) }
      return (Int(digits) ?? 0) * 1024
    }
    return 0
  }
}
