import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// Where the library is looked for, and what is said where it is not there or no use.
@Suite("The library for Parquet files")
struct ParquetLibraryTests {
  @Test func theEnvironmentNamesTheOnlyPlace() {
    #expect(ParquetLibrary.candidates(named: "/a/b.so", executables: ["/usr/bin/cutline"]) == ["/a/b.so"])
  }

  @Test func placesFromNearToFar() {
    let places = ParquetLibrary.candidates(named: nil, executables: ["/opt/cutline/bin/cutline", "/opt/cutline/bin/x"])
    let name = "libcutline-parquet.so"
    #expect(
      places == [
        "/opt/cutline/lib/cutline/\(name)", "/opt/cutline/bin/\(name)",
        "/opt/cutline/.dependencies/parquet/lib/\(name)",
        "/opt/.dependencies/parquet/lib/\(name)",
      ])
    #expect(ParquetLibrary.candidates(named: "", executables: ["cutline"]).isEmpty)
  }

  @Test func anAbsentLibraryIsSaid() throws {
    let folder = try TemporaryFolder()
    let place = folder.file("libcutline-parquet.so")
    let faults = expectFaults(.io) { try ParquetLibrary(candidates: [place]) }
    #expect(faults?.description.contains("is not installed; looked for \(place). Run scripts/setup") == true)
    // Only a file that could be one makes the library needed.
    var options = ReadOptions()
    options.parquetLibrary = place
    let file = try folder.write("PAR1\u{4}\0\0\0PAR1", to: "a.parquet")
    expectFaults(.io) { try TableReader.read(file, options: options) }
    let cut = try folder.write("PAR1", to: "b.parquet")
    expectFaults(.data) { try TableReader.read(cut, options: options) }
  }

  @Test func anotherLibraryIsRefused() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("no library", to: "libcutline-parquet.so")
    let faults = expectFaults(.io) { try ParquetLibrary(candidates: [text]) }
    #expect(faults?.description.contains("cannot be used: ") == true)
    let system = ["/lib/x86_64-linux-gnu/libm.so.6", "/lib64/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"]
    if let other = system.first(where: FileManager.default.fileExists) {
      let faults = expectFaults(.io) { try ParquetLibrary(candidates: [other]) }
      #expect(faults?.description.contains("the library lacks cutline_parquet_interface") == true)
    }
  }

  @Test(.enabled(if: ParquetFiles.isInstalled, ParquetFiles.noLibrary))
  func theInstalledOneIsOpened() throws {
    let library = try ParquetLibrary.installed.get()
    #expect(library.version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
  }
}
