internal import CutlineCore
internal import CutlineRun
internal import Foundation

/// Files that a configuration names beside itself: the data of sources, and what the commands of programs name.
struct LocatedFiles {
  let document: String
  private(set) var notes: [String] = []

  init(document: String) { self.document = document }

  mutating func locate(_ requests: inout [StageRequest]) {
    for at in requests.indices {
      for index in requests[at].settings.indices {
        let setting = requests[at].settings[index]
        if requests[at].kind == "source", setting.key == "path" {
          requests[at].settings[index].value = data(setting.value)
        } else if requests[at].use == "process", ["command", "inputs"].contains(setting.key) {
          requests[at].settings[index].value = words(setting, of: requests[at].id)
        }
      }
    }
  }

  private mutating func data(_ value: ConfigValue) -> ConfigValue {
    guard let path = value.string, let other = RelativePath(path, at: value.place, in: document).beside else {
      return value
    }
    notes.append("data_path is \(other), beside the configuration")
    return ConfigValue(.string(other), at: value.place)
  }

  private mutating func words(_ setting: ConfigTable.Entry, of id: String) -> ConfigValue {
    guard let words = setting.value.array else { return setting.value }
    let located = words.enumerated().map { place, word -> ConfigValue in
      guard let path = word.string, !path.isEmpty, !path.hasPrefix("-"),
        setting.key == "inputs" || place > 0 || path.contains("/"),
        let other = RelativePath(path, at: word.place, in: document).beside
      else { return word }
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: other, isDirectory: &isFolder), !isFolder.boolValue else {
        return word
      }
      notes.append("\(path) of stage \(id) is \(other), beside the configuration")
      return ConfigValue(.string(other), at: word.place)
    }
    return ConfigValue(.array(located), at: setting.value.place)
  }
}
