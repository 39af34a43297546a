/// Where a stage's files go inside the run folder, so that two stages of a kind can write side by side.
public enum ResultFolder {
  static let allowed = "a path inside the run folder like \"data\" or \"data/second\""

  /// The field `folder`.
  public static func field<Root>(_ path: Field<Root>.Path<String>) -> Field<Root> {
    .custom(
      "folder", allowed: allowed, "Folder of the files, inside the run folder.",
      refused: [.integer(1), .string(""), .string("/tmp"), .string("data/../..")], form: .text,
      show: { ConfigValue.quoted($0[keyPath: path]) },
      read: { root, value in
        guard let text = value.string, RunPath.isFree(text) else {
          throw Field<Root>.refusal("folder", value, allowed)
        }
        root[keyPath: path] = text
      })
  }
}
