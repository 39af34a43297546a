import CutlineCore
import Testing

@Suite struct PathTests {
  @Test(arguments: [
    ("a/b/c", "a/b"), ("/a", "/"), ("/", "/"), ("//", "/"), ("a//b", "a"), ("a/b/", "a"), ("abc", ""), ("c", ""),
    (".", ""),
    ("", ""), ("é/x", "é"),
  ])
  func folderOfAPath(_ path: String, _ folder: String) { #expect(path.parentFolder == folder) }
}
