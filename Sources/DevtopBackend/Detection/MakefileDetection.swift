internal import DevtopCore

/// A Makefile with a target `dev`.
struct MakefileDetection {
  let project: DetectedDirectory

  func detect() -> Detected? {
    // The order in which GNU make looks.
    guard let name = ["GNUmakefile", "makefile", "Makefile"].first(where: project.has),
      let text = project.text(name), let recipe = Self.recipe(of: "dev", in: text)
    else { return nil }
    // A recipe that starts devtop would start itself.
    guard !recipe.split(whereSeparator: { $0.isWhitespace }).contains("devtop") else { return nil }
    let (service, watcher) = project.service(
      project.serviceName, running: .arguments(["make", "dev"]), recipe: recipe)
    var summary = "runs make dev"
    if let watcher {
      summary += "; \(watcher) reloads by itself, so devtop restarts it for manifests and .env only"
    }
    return Detected(evidence: "\(name), target dev", summary: summary, services: [service], files: [name])
  }

  /// The recipe of a target with those of its prerequisites, one command a line; nil where there is no such
  /// target.
  static func recipe(of target: String, in text: String) -> String? {
    var rules: [String: (prerequisites: [String], recipe: [Substring])] = [:]
    var current: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("\t") {
        for name in current {
          rules[name]?.recipe.append(line.drop { $0.isWhitespace || "@-+".contains($0) })
        }
        continue
      }
      guard !line.isEmpty, !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
      let rest = line[line.index(after: colon)...]
      // `dev := x` and `dev ::= x` are variables.
      guard !rest.drop(while: { $0 == ":" }).hasPrefix("="), !line[..<colon].contains("=") else { continue }
      let parts = rest.split(separator: ";", maxSplits: 1)
      let prerequisites = (parts.first ?? "").split(whereSeparator: { $0.isWhitespace || $0 == ":" }).map(
        String.init)
      current = line[..<colon].split(whereSeparator: \.isWhitespace).map(String.init)
      for name in current {
        var rule = rules[name] ?? ([], [])
        rule.prerequisites += prerequisites
        if parts.count > 1 { rule.recipe.append(parts[1]) }
        rules[name] = rule
      }
    }
    guard let rule = rules[target] else { return nil }
    let before = rule.prerequisites.flatMap { rules[$0]?.recipe ?? [] }
    return (before + rule.recipe).joined(separator: "\n")
  }
}
