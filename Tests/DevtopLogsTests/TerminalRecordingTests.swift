import DevtopLogs
import Glibc
import Testing

/// What programs wrote to a pseudo-terminal, and the screens that they then had.
///
/// `Recordings/*.rec` are the bytes, as recorded; an APC string `screen` (which a terminal swallows) is where the
/// screen was looked at, mostly because the program waited for a key. `Recordings/*.txt` are those screens, rewritten
/// with `DEVTOP_RECORD=1`. They were compared with tmux; where that differs (autowrap mixed with controls, origin
/// mode at the bottom margin, HPR, VPR, CHT, line drawing, the British set) they are what vttest says is right.
struct TerminalRecordingTests {
  private static let recordings: [(name: String, rows: Int, columns: Int)] = [
    // vttest 2.7: menus 1, 2, 3.8, 8, 11.5 (ISO 6429 cursor moves), 11.6 (colours), 11.8.7 (alternate screen).
    ("vttest-cursor", 24, 80), ("vttest-features", 24, 80), ("vttest-charsets", 24, 80),
    ("vttest-insert-delete", 24, 80), ("vttest-iso6429", 24, 80), ("vttest-colours", 24, 80),
    ("vttest-alternate", 24, 80),
    // Scripts that write what npm, docker compose and pip do; the others are the programs themselves.
    ("npm", 10, 50), ("compose", 10, 50), ("pip", 10, 50), ("cargo", 10, 60), ("vim", 16, 60),
    ("less", 12, 40), ("readline", 8, 30),
  ]

  private static let mark = Array("\(esc)_screen\(esc)\\".utf8)
  private static let directory =
    #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Recordings/"

  @Test(arguments: recordings)
  func `a recording gives the screens that it gave`(name: String, rows: Int, columns: Int) throws {
    let bytes = try Self.contents(of: name + ".rec")
    var shown = ""
    var screen = TerminalScreen(rows: rows, columns: columns)
    var start = 0
    for index in bytes.indices where bytes[index...].starts(with: Self.mark) {
      screen.feed(Array(bytes[start..<index + Self.mark.count]))
      start = index + Self.mark.count
      shown += "--- \(screen.place)\(screen.isAlternate ? " alternate" : "")\n"
      shown += screen.lines.map { $0 + "\n" }.joined()
    }
    if getenv("DEVTOP_RECORD") != nil {
      let file = try #require(fopen(Self.directory + name + ".txt", "we"))
      fputs(shown, file)
      fclose(file)
      Issue.record("recorded \(name)")
    }
    let expected = String(decoding: try Self.contents(of: name + ".txt"), as: UTF8.self)
    #expect(shown == expected)
    #expect(start == bytes.count && !shown.isEmpty)
  }

  // What vttest says about its own screens.
  @Test func `vttest's frame fills the screen`() throws {
    let parts = try Self.parts("vttest-cursor")
    var screen = TerminalScreen(rows: 24, columns: 80)
    for part in parts[...1] { screen.feed(part) }
    let stars = String(repeating: "*", count: 80)
    #expect(screen.lines.first == stars && screen.lines.count == 24 && screen.lines.last == stars)
    #expect(screen.lines[1] == "*" + String(repeating: "+", count: 78) + "*")
    #expect(screen.lines[2...21].allSatisfy { $0.hasPrefix("*+") && $0.hasSuffix("+*") })
    // The autowrap test: letters in order at both margins.
    for part in parts[2...3] { screen.feed(part) }
    let left = screen.lines[2...19].compactMap(\.first).map { String($0) }.joined()
    let right = screen.lines[2...19].compactMap(\.last).map { String($0) }.joined()
    #expect(left == "IJKLMNOPQRSTUVWXYZ" && right == left.lowercased())
  }

  @Test(arguments: [
    ("npm", 50, ["✔ installed 12 packages", "done"]),
    (
      "compose", 50,
      [
        "[+] Running 3/3", " ✔ layer1 Pull complete", " ✔ layer2 Pull complete", " ✔ layer3 Pull complete",
        "started",
      ]
    ),
    (
      "pip", 50,
      ["Collecting flask", "   ━━━━━━━━━━━━━━━━ 101/101 kB", "Successfully installed flask"]
    ),
  ])
  func `progress is reduced to its last state, also where it scrolls`(
    name: String, columns: Int, lines: [String]
  )
    throws
  {
    for rows in [5, 6, 10] {
      var screen = TerminalScreen(rows: rows, columns: columns)
      for part in try Self.parts(name) { screen.feed(part) }
      #expect(screen.takeScrolledOff().map(\.text) + screen.lines == lines)
    }
  }

  private static func parts(_ name: String) throws -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var part: [UInt8] = []
    for byte in try contents(of: name + ".rec") {
      part.append(byte)
      if part.suffix(mark.count).elementsEqual(mark) {
        parts.append(part)
        part = []
      }
    }
    return parts
  }

  private static func contents(of name: String) throws -> [UInt8] {
    try TerminalFile.contents(of: directory + name)
  }
}

/// Files of the tests.
enum TerminalFile {
  static func contents(of path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "re"), "\(path) is missing")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }
}
