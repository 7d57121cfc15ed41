internal import DevtopCore

/// A Go project: `go.mod` above or here, `go.work`, or Go files without a module.
struct GoDetection {
  let project: DetectedDirectory

  func detect() -> Detected? {
    let goFiles = project.names.filter { $0.hasSuffix(".go") }
    let hasModule = project.has("go.mod") || project.has("go.work")
    guard hasModule || !goFiles.isEmpty else { return nil }
    let mains = GoPackages.mains(in: project.path)
    guard !mains.isEmpty else { return nil }
    let scratch = ScratchDirectory(project: project.path, environment: project.environment)
    let evidence = project.has("go.mod") ? "go.mod" : project.has("go.work") ? "go.work" : goFiles.sorted()[0]
    if mains.contains(".") {
      let service = self.service(project.serviceName, package: ".", scratch: scratch)
      var summary = "builds and runs its main package"
      let others = mains.filter { $0 != "." }
      if !others.isEmpty { summary += " (not \(ConfigurationText.sentence(others.map { "./\($0)" })))" }
      return Detected(
        evidence: project.has("main.go") && !hasModule ? "main.go" : evidence, summary: summary,
        services: [service])
    }
    // `cmd/NAME` is where servers are; other mains (tools, examples) only where there is none of that.
    let commands = mains.filter { $0.hasPrefix("cmd/") || $0.contains("/cmd/") }
    let chosen = commands.isEmpty ? mains : commands
    var services: [ServiceSpec] = []
    for path in chosen {
      let name = path == "cmd" ? project.serviceName : ServiceName.sanitized(Path.name(path))
      let id = ServiceName.unique(name, among: services.map(\.id.name))
      services.append(service(id, package: path, scratch: scratch))
    }
    let list = ConfigurationText.sentence(chosen.map { "./\($0)" })
    return Detected(evidence: evidence, summary: "builds and runs \(list)", services: services)
  }

  private func service(_ name: String, package: String, scratch: ScratchDirectory) -> ServiceSpec {
    var service = project.service(name, languages: [.go])
    let binary = scratch.binary(name)
    service.build = [BuildStep(buildCommand(package, binary: binary))]
    service.run = .arguments([binary])
    service.compiler = .go
    return service
  }

  private func buildCommand(_ package: String, binary: String) -> CommandSpec {
    let words = ["go", "build", "-o", binary]
    guard needsFileList else { return .arguments(words + [package == "." ? "." : "./\(package)"]) }
    let directory = project.absolute(package)
    let files = GoPackages.sources(in: directory)
    let prefix = package == "." ? "" : "\(package)/"
    if files.count == 1 { return .arguments(words + [prefix + files[0]]) }
    // Without a module go takes files; a file that comes later is to be built too.
    let glob = "$(ls \(prefix)*.go | grep -v '_test\\.go$')"
    return .shell(CommandSpec.arguments(words).description + " " + glob)
  }

  /// Whether `go build .` would ask for a module: none here or above, and not in GOPATH mode.
  private var needsFileList: Bool {
    let settings = GoPackages.settings(project.environment)
    guard settings["GO111MODULE"] != "off" else { return false }
    var directory = project.path
    while true {
      if Path.isFile(directory + "/go.mod") || Path.isFile(directory + "/go.work") { return false }
      guard directory != "/" else { break }
      directory = Path.parent(directory)
    }
    // Inside of GOPATH only GO111MODULE=auto does without a module (Go 1.16 and later).
    guard settings["GO111MODULE"] == "auto" else { return true }
    let home = project.environment["HOME"].map { $0 + "/go" }
    let paths = (settings["GOPATH"] ?? home ?? "").split(separator: ":")
    return !paths.contains { Path.isInside(project.path, Path.absolute("src", in: String($0))) }
  }
}
