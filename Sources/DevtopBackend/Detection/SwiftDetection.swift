internal import DevtopCore

/// A Swift package: its executable products, else its executable targets.
struct SwiftDetection {
  let project: DetectedDirectory

  func detect() -> Detected? {
    guard project.has("Package.swift"), let text = project.text("Package.swift") else { return nil }
    let names = SwiftManifest(text).executables { name in
      Path.isFile(project.absolute("Sources/\(name)/main.swift"))
    }
    guard !names.isEmpty else { return nil }
    var services: [ServiceSpec] = []
    for name in names {
      let id = ServiceName.unique(ServiceName.sanitized(name), among: services.map(\.id.name))
      var service = project.service(id, languages: [.swift])
      // One product of several: the others may not even compile at the moment.
      let words = ["swift", "build"] + (names.count > 1 ? ["--product", name] : [])
      service.build = [BuildStep(.arguments(words))]
      service.run = .arguments([".build/debug/\(name)"])
      service.compiler = .swift
      services.append(service)
    }
    return Detected(
      evidence: "Package.swift", summary: "swift build, runs \(ConfigurationText.sentence(names))",
      services: services, files: ["Package.swift"])
  }
}

/// What can be read off a `Package.swift` without compiling it.
struct SwiftManifest {
  private let text: [Character]

  init(_ text: String) { self.text = Array(Self.withoutComments(text)) }

  /// Executable products; else executable targets, also plain targets of old manifests with a `main.swift`.
  func executables(hasMain: (String) -> Bool) -> [String] {
    let products = names(of: ".executable")
    if !products.isEmpty { return products }
    let targets = names(of: ".executableTarget")
    if !targets.isEmpty { return targets }
    return names(of: ".target").filter(hasMain)
  }

  /// The `name:` of every call of a function.
  private func names(of function: String) -> [String] {
    let wanted = Array(function)
    var found: [String] = []
    var index = 0
    while index + wanted.count < text.count {
      guard text[index..<(index + wanted.count)].elementsEqual(wanted) else {
        index += 1
        continue
      }
      index += wanted.count
      var next = skipSpace(index)
      guard next < text.count, text[next] == "(" else { continue }
      next = skipSpace(next + 1)
      let label = Array("name:")
      guard next + label.count < text.count, text[next..<(next + label.count)].elementsEqual(label) else {
        continue
      }
      next = skipSpace(next + label.count)
      guard next < text.count, text[next] == "\"" else { continue }
      let name = String(text[(next + 1)...].prefix { $0 != "\"" && $0 != "\n" })
      if !name.isEmpty, !name.contains("\\"), !found.contains(name) { found.append(name) }
    }
    return found
  }

  private func skipSpace(_ index: Int) -> Int {
    var index = index
    while index < text.count, text[index].isWhitespace { index += 1 }
    return index
  }

  /// Strings stay, so that `//` in an address is no comment.
  private static func withoutComments(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.first {
      if character == "\"" {
        result.append(rest.removeFirst())
        while let inner = rest.popFirst() {
          result.append(inner)
          if inner == "\\", let escaped = rest.popFirst() { result.append(escaped) }
          if inner == "\"" || inner.isNewline { break }
        }
      } else if rest.hasPrefix("//") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        rest = rest.range(of: "*/").map { rest[$0.upperBound...] } ?? ""
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
