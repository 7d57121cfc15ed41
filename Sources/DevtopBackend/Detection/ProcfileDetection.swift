internal import DevtopCore

/// A `Procfile.dev` or `Procfile`: one service a line, `NAME: COMMAND`.
struct ProcfileDetection {
  let project: DetectedDirectory

  func detect() throws(ConfigurationError) -> Detected? {
    guard let name = ["Procfile.dev", "Procfile"].first(where: project.has), let text = project.text(name)
    else {
      return nil
    }
    var services: [ServiceSpec] = []
    var watchers: [String] = []
    var problems: [ConfigurationProblem] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let content = line.drop { $0.isWhitespace }
      guard !content.isEmpty, !content.hasPrefix("#") else { continue }
      guard let entry = Self.entry(content) else {
        problems.append(
          ConfigurationProblem(
            "expected NAME: COMMAND", at: SourcePosition(file: name, line: index + 1, column: 1)))
        continue
      }
      // Heroku runs `release` when it deploys; a Procfile that is written for it has nothing to do with a save.
      guard entry.name != "release" else { continue }
      let id = ServiceName.unique(entry.name, among: services.map(\.id.name))
      var (service, watcher) = project.service(id, running: .shell(entry.command), recipe: entry.command)
      if project.has(".env") { service.envFiles = [project.absolute(".env")] }
      if entry.command.contains("$PORT") || entry.command.contains("${PORT") {
        // As foreman counts: 5000, 5100, 5200 …
        service.environmentDefaults["PORT"] = String(5000 + 100 * services.count)
      }
      if let watcher { watchers.append("\(id) (\(watcher))") }
      services.append(service)
    }
    if !problems.isEmpty { throw .invalid(problems) }
    guard !services.isEmpty else { return nil }
    var summary = "runs \(ConfigurationText.sentence(services.map(\.id.name)))"
    if !watchers.isEmpty {
      summary += "; restarted for manifests and .env only: \(watchers.joined(separator: ", "))"
    }
    return Detected(evidence: name, summary: summary, services: services, files: [name])
  }

  private static func entry(_ line: Substring) -> (name: String, command: String)? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let name = line[..<colon]
    let command = line[line.index(after: colon)...].drop { $0.isWhitespace }
    var text = String(command)
    while text.last?.isWhitespace ?? false { text.removeLast() }
    guard DevtopServiceReader.isName(String(name)), !text.isEmpty else { return nil }
    return (String(name), text)
  }
}
