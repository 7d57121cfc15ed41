/// Finds the main packages of a tree of Go source, by the package clauses alone.
enum GoPackages {
  private static let skipped: Set<String> = [
    "vendor", "testdata", "node_modules", "tmp", "examples", "example",
  ]
  /// How deep packages are looked for, and how many directories at most: a start must not take long.
  private static let depth = 4
  private static let limit = 2000

  /// Directories with a main package, relative to the root, sorted; `.` for the root itself.
  static func mains(in root: String) -> [String] {
    var found: [String] = []
    var queue: [(path: String, depth: Int)] = [(".", 0)]
    var index = 0
    while index < queue.count, index < limit {
      let (path, depth) = queue[index]
      index += 1
      let directory = path == "." ? root : "\(root)/\(path)"
      let names = Path.list(directory) ?? []
      if isMain(directory, names) { found.append(path) }
      guard depth < Self.depth else { continue }
      for name in names where !name.hasPrefix(".") && !name.hasPrefix("_") && !skipped.contains(name) {
        guard !name.contains("."), Path.isDirectory("\(directory)/\(name)") else { continue }
        queue.append((path == "." ? name : "\(path)/\(name)", depth + 1))
      }
    }
    return found.sorted()
  }

  /// The files of a directory that a build may take, without tests.
  static func sources(in directory: String) -> [String] {
    (Path.list(directory) ?? []).filter {
      $0.hasSuffix(".go") && !$0.hasSuffix("_test.go") && !$0.hasPrefix(".") && !$0.hasPrefix("_")
    }
  }

  private static func isMain(_ directory: String, _ names: [String]) -> Bool {
    names.contains { name in
      guard name.hasSuffix(".go"), !name.hasSuffix("_test.go"), !name.hasPrefix("."), !name.hasPrefix("_"),
        let bytes = try? ConfigurationFile.read("\(directory)/\(name)", named: name)
      else { return false }
      return isMainFile(bytes)
    }
  }

  /// Whether a file says `package main` and is built here: not `//go:build ignore` (Go specification, package
  /// clause; `go help buildconstraint`).
  static func isMainFile(_ bytes: [UInt8]) -> Bool {
    var text = Substring(decoding: bytes.prefix(64 << 10), as: UTF8.self)
    if text.hasPrefix("\u{feff}") { text.removeFirst() }
    while true {
      text = text.drop { $0.isWhitespace || $0 == ";" }
      if text.hasPrefix("//") {
        let line = text.prefix { !$0.isNewline }
        if isIgnored(line) { return false }
        text = text.dropFirst(line.count)
      } else if text.hasPrefix("/*") {
        guard let end = text.range(of: "*/") else { return false }
        text = text[end.upperBound...]
      } else {
        break
      }
    }
    guard text.hasPrefix("package") else { return false }
    let name = text.dropFirst("package".count)
    guard name.first?.isWhitespace ?? false else { return false }
    let word = name.drop { $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != ";" && $0 != "/" }
    return word == "main"
  }

  /// `//go:build ignore` and the older `// +build ignore`, also as part of an expression that needs it.
  private static func isIgnored(_ line: Substring) -> Bool {
    for prefix in ["//go:build ", "// +build "] where line.hasPrefix(prefix) {
      let words = line.dropFirst(prefix.count).split { $0.isWhitespace || "()&|,".contains($0) }
      if words.contains(where: {
        ["ignore", "tools", "tool", "wasm", "js", "windows", "darwin", "mage"].contains($0)
      }),
        !line.contains("||")
      {
        return true
      }
    }
    return false
  }

  /// What `go env -w` wrote, the environment on top (`go help environment`).
  static func settings(_ environment: [String: String]) -> [String: String] {
    var settings: [String: String] = [:]
    let configuration =
      environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }
    let file = environment["GOENV"] ?? configuration.map { $0 + "/go/env" }
    if let file, file != "off", let bytes = try? ConfigurationFile.read(file, named: file) {
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1)
        if parts.count == 2 { settings[String(parts[0])] = String(parts[1]) }
      }
    }
    for name in ["GO111MODULE", "GOPATH"] {
      if let value = environment[name], !value.isEmpty { settings[name] = value }
    }
    return settings
  }
}
