import DevtopCore
import Glibc
import Testing

/// What the README says of the keys is what the key table says.
@Suite struct ReadmeTests {
  @Test func `the README has the key table`() throws {
    let path = Self.checkout + "/README.md"
    let text = try #require(Self.read(path))
    let start = try #require(text.firstRange(of: "<!-- keys -->\n"))
    let end = try #require(text.firstRange(of: "<!-- /keys -->"))
    let table = Self.table(KeyTable())
    if getenv("DEVTOP_RECORD") != nil {
      Self.write(text[..<start.upperBound] + table + text[end.lowerBound...], to: path)
      Issue.record("README.md was rewritten")
      return
    }
    #expect(text[start.upperBound..<end.lowerBound] == table)
  }

  private static func table(_ keys: KeyTable) -> String {
    var lines = ["| keys | action | |", "|---|---|---|"]
    for binding in keys.bindings {
      let names = binding.keys.map { "`" + $0.name.replacing("|", with: "\\|") + "`" }.joined(separator: " ")
      let places =
        binding.panes.isEmpty
        ? "" : " (in " + binding.panes.map(\.title).sorted().joined(separator: ", ") + ")"
      lines.append("| \(names) | `\(binding.action.rawValue)` | \(binding.help)\(places) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static var checkout: String {
    String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private static func write(_ text: some StringProtocol, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(String(text), file)
    fclose(file)
  }
}
