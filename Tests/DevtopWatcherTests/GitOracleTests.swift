import Glibc
import Testing

@testable import DevtopWatcher

/// The answers of `git check-ignore --no-index` are the specification.
@Suite struct GitOracleTests {
  private static let names = [
    "a", "b", "c", "ab", "abc", "foo", "bar", "foo.c", "foo.o", ".hid", "x y", "sp ", "[a]", "a*b", "!x",
    "#h", "a-b",
    "Z", "9", "a]", "b\\c", "é", "^q",
  ]
  private static let pieces = [
    "*", "**", "?", "[a-c]", "[!a]", "[^b]", "[[:alpha:]]", "[[:digit:][:upper:]]", "[[:punct:]]", "[]a]",
    "[a-]",
    "[b\\]]", "[", "]", "\\", "\\*", "\\ ", " ", "[\\a-c]", "[[:bad:]]", "[[:space:]]", "[!]a-]", "/**",
    "**/", "/",
    ".*", "*.c", "[a", "[:alpha:]", "\\\\", "[--0]", "[a-c-e]",
  ]

  @Test(.enabled(if: Tool.isThere("git")))
  func `10,000 random patterns and paths are judged as git does`() async throws {
    try await onThread {
      let seed =
        getenv("DEVTOP_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0...UInt64.max)
      var random = SplitMix64(state: seed)
      let shop = try Workshop()
      let repository = shop.path("repository")
      let scratch = shop.path("scratch")
      Files.makeDirectories(scratch)
      Files.makeDirectories(repository)
      #expect(Tool.run(["git", "init", "-q", repository], scratch: scratch).status == 0)
      Files.makeDirectories(shop.path("scratch/.config/git"))
      let paths = Self.makeTree(repository, &random)
      let directories = paths.filter { $0.isDirectory }.map { $0.path }
      var patterns = 0
      var checked = 0
      while patterns < 10_000 || checked < 10_000 {
        let places =
          [".gitignore", ".git/info/exclude", "../scratch/.config/git/ignore"]
          + (0..<4).compactMap { _ in directories.randomElement(using: &random).map { "\($0)/.gitignore" } }
        for place in places {
          let lines = (0..<Int.random(in: 1...30, using: &random)).map { _ in Self.pattern(&random) }
          patterns += lines.count
          Files.write(
            "\(repository)/\(place)",
            lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : ""))
        }
        let wrong = try Self.compare(repository, scratch, paths, round: checked)
        checked += paths.count
        try #require(wrong.isEmpty, "DEVTOP_SEED=\(seed): \(wrong.prefix(3))")
        for place in places { unlink("\(repository)/\(place)") }
      }
    }
  }

  private struct Entry {
    var path: String
    var isDirectory: Bool
  }

  private static func makeTree(_ root: String, _ random: inout SplitMix64) -> [Entry] {
    var entries: [Entry] = []
    var directories = [""]
    for _ in 0..<160 {
      guard let parent = directories.randomElement(using: &random),
        let name = names.randomElement(using: &random),
        !entries.contains(where: { $0.path == parent + name })
      else { continue }
      let isDirectory = Int.random(in: 0..<3, using: &random) == 0
      if isDirectory {
        Files.makeDirectories("\(root)/\(parent)\(name)")
        directories.append("\(parent)\(name)/")
      } else {
        Files.write("\(root)/\(parent)\(name)", "")
      }
      entries.append(Entry(path: parent + name, isDirectory: isDirectory))
    }
    return entries
  }

  private static func pattern(_ random: inout SplitMix64) -> String {
    var text = Int.random(in: 0..<5, using: &random) == 0 ? "!" : ""
    if Int.random(in: 0..<5, using: &random) == 0 { text += "/" }
    for index in 0..<Int.random(in: 1...3, using: &random) {
      if index > 0, Bool.random(using: &random) { text += "/" }
      text += (Bool.random(using: &random) ? names : pieces).randomElement(using: &random) ?? ""
    }
    if Int.random(in: 0..<6, using: &random) == 0 { text += "/" }
    if Int.random(in: 0..<12, using: &random) == 0 { text += " " }
    if Int.random(in: 0..<20, using: &random) == 0 { text += "\r" }
    return text
  }

  /// The paths on which git, the rules and the scanned tree differ.
  private static func compare(
    _ repository: String, _ scratch: String, _ paths: [Entry], round: Int
  ) throws -> [String] {
    let input = Array(paths.map { $0.path + "\0" }.joined().utf8)
    let output = Tool.run(
      ["git", "-C", repository, "check-ignore", "--no-index", "-v", "-n", "--stdin", "-z"], input: input,
      scratch: scratch)
    // Four fields a path: the file, the line, the pattern, the path.
    let fields = output.bytes.split(separator: 0, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    try #require(fields.count == paths.count * 4 + 1)
    var options = EngineOptions()
    options.home = scratch
    let engine = WatchEngine(options: options) { _ in }
    let set = WatchSet(
      id: "set", root: repository, builtInIgnores: [WatchRule(.glob(".git/"), origin: "git")])
    engine.use([set])
    var wrong: [String] = []
    for (index, entry) in paths.enumerated() {
      let source = fields[index * 4]
      let isIgnored = !source.isEmpty && !fields[index * 4 + 2].hasPrefix("!")
      let expected: Verdict = isIgnored ? .ignored(by: "\(source):\(fields[index * 4 + 1])") : .watched
      let verdict = engine.explain(Array("\(repository)/\(entry.path)".utf8), isDirectory: entry.isDirectory)[
        "set"]
      if verdict != expected {
        wrong.append(
          "\(entry.path): git \(expected) (\(fields[index * 4 + 2])), here \(String(describing: verdict))")
      }
      if engine.isInTree("\(repository)/\(entry.path)") == isIgnored {
        wrong.append("\(entry.path): git \(expected), and in the tree \(!isIgnored)")
      }
    }
    return wrong
  }
}

extension WatchEngine {
  func isInTree(_ path: String) -> Bool {
    var id = NodeTable.root
    for component in path.utf8.split(separator: UInt8(ascii: "/")) {
      let name = Array(component)
      guard let next = tree.find(id, name, name.count) else { return false }
      id = next
    }
    return true
  }
}

/// A generator whose sequence follows from its seed (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
