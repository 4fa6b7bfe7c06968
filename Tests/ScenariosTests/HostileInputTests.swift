import Foundation
import Scenarios
import Testing

@Suite struct HostileInputTests {
  @Test(arguments: HostileInput.all)
  func `a file that is no scenario is refused with its place and the right words`(_ input: HostileInput) {
    let complaint = #expect(throws: Complaint.self) { try ScenarioReader.read(text: input.text, file: "a.yaml") }
    #expect(complaint?.description == "a.yaml:" + input.complaint)
  }

  @Test(arguments: [
    "- ", "? ", "[", "{", "{a: [", "[a: ", "{? ", "- ? ", "&a [", "!!seq [", "!", "&", "*", "'", "\"", "%", "|",
    "> ",
  ])
  func `nothing repeated a hundred thousand times is read or traps`(_ part: String) {
    let text = String(repeating: part, count: 100_000)
    #expect(throws: Complaint.self) { try ScenarioReader.read(text: text, file: "a.yaml") }
    #expect(throws: Complaint.self) { try ScenarioReader.read(text: "name: " + text + "\n", file: "a.yaml") }
  }

  @Test func `fourteen hundred maps in each other are refused`() {
    let text = (0..<1_400).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    let complaint = #expect(throws: Complaint.self) { try ScenarioReader.read(text: text, file: "a.yaml") }
    #expect(complaint?.message == "lists and maps are nested more than 64 deep")
  }

  @Test func `a thousand aliases are let through and one more is not`() throws {
    func text(_ count: Int) -> String {
      let faults = Array(repeating: "*f", count: count).joined(separator: ", ")
      return "faultline: 1\nname: a\ndescription: &f d\nduration: 40s\ncluster: {nodes: 3}\nfaults: [\(faults)]\n"
    }
    let enough = #expect(throws: Complaint.self) {
      try ScenarioReader.read(text: text(1_000) + "expect: [safety]", file: "a")
    }
    #expect(enough?.message == "faults: found 'd'; expected a map such as {at: 10s, for: 5s, crash: leader}")
    let more = #expect(throws: Complaint.self) {
      try ScenarioReader.read(text: text(1_001) + "expect: [safety]", file: "a")
    }
    #expect(more?.message == "more than 1,000 alias expansions; a scenario has at most 1,000")
  }
}

@Suite struct UnreadableFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("faultline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func complaint(about bytes: [UInt8]) throws -> String? {
    let file = folder.appendingPathComponent("a.yaml")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      _ = try ScenarioReader.read(path: file.path)
      return nil
    } catch { return "\(error.line):\(error.column): \(error.message)" }
  }

  @Test func `a missing file and a folder are refused at 1:1`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let missing = #expect(throws: Complaint.self) { try ScenarioReader.read(path: folder.path + "/none.yaml") }
    #expect(missing?.description == "\(folder.path)/none.yaml:1:1: cannot open the file: No such file or directory")
    let directory = #expect(throws: Complaint.self) { try ScenarioReader.read(path: folder.path) }
    #expect(directory?.description == "\(folder.path):1:1: this is a directory; expected a scenario file")
    #expect(throws: Complaint.self) { try ScenarioReader.read(path: "") }
  }

  @Test func `a file of a mebibyte is read and one byte more is not`() throws {
    let filling = [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) - Texts.smallest.utf8.count)
    #expect(try complaint(about: Array(Texts.smallest.utf8) + filling) == nil)
  }

  @Test func `a file of more than a mebibyte is refused`() throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) + 1)
    #expect(
      try complaint(about: bytes) == "1:1: the file has more than 1 MiB; a scenario has at most 1,048,576 bytes")
  }

  @Test(
    arguments: [
      ([0x61, 0xFF], "1:2: this byte is not UTF-8; expected a text file in UTF-8"),
      ([0x61, 0x0A, 0xC3], "2:1: this byte is not UTF-8; expected a text file in UTF-8"),
      ([0xED, 0xA0, 0x80], "1:1: this byte is not UTF-8; expected a text file in UTF-8"),
      ([0xFE, 0xFF, 0x00, 0x61], "1:1: this byte is not UTF-8; expected a text file in UTF-8"),
      ([0x61, 0x00], "1:2: the character U+0000 is not allowed; expected a text file in UTF-8"),
      ([0x7F, 0x45, 0x4C, 0x46], "1:1: the character U+007F is not allowed; expected a text file in UTF-8"),
      ([], "1:1: the file is empty; expected a scenario, which begins with 'faultline: 1'"),
      ([0xEF, 0xBB, 0xBF], "1:1: the file is empty; expected a scenario, which begins with 'faultline: 1'"),
    ] as [([UInt8], String)])
  func `bytes that are no text are refused where they stand`(_ bytes: [UInt8], _ expected: String) throws {
    #expect(try complaint(about: bytes) == expected)
  }

  @Test func `a byte order mark and carriage returns change nothing`() throws {
    let plain = try ScenarioReader.read(text: Texts.design, file: "a")
    let windows =
      "\u{FEFF}" + Texts.design.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    #expect(try ScenarioReader.read(text: windows, file: "a") == plain)
    try FileManager.default.removeItem(at: folder)
  }
}
