internal import DevtopCore

/// A `Cargo.toml`: its binaries.
struct RustDetection {
  let project: DetectedDirectory

  func detect() throws(ConfigurationError) -> Detected? {
    let name = "Cargo.toml"
    guard project.has(name) else { return nil }
    let manifest = try ConfigurationFile.readTable(project.absolute(name), named: name)
    let package = manifest["package"]?.value.table
    let binaries = binaries(manifest, package: package?["name"]?.value.string)
    let chosen: [String]
    if let main = package?["default-run"]?.value.string { chosen = [main] } else { chosen = binaries }
    guard !chosen.isEmpty else {
      // A workspace without a package at its top: only cargo knows its members.
      guard manifest["workspace"] != nil else { return nil }
      var service = project.service(project.serviceName, languages: [.rust])
      service.run = .arguments(["cargo", "run"])
      return Detected(evidence: name, summary: "runs cargo run", services: [service], files: [name])
    }
    let target =
      project.environment["CARGO_TARGET_DIR"].map { Path.absolute($0, in: project.path) } ?? "target"
    var services: [ServiceSpec] = []
    for binary in chosen {
      let id = ServiceName.unique(ServiceName.sanitized(binary), among: services.map(\.id.name))
      var service = project.service(id, languages: [.rust])
      service.build = [
        BuildStep(.arguments(["cargo", "build"] + (binaries.count > 1 ? ["--bin", binary] : [])))
      ]
      service.run = .arguments(["\(target)/debug/\(binary)"])
      service.compiler = .rust
      services.append(service)
    }
    return Detected(
      evidence: name, summary: "cargo build, runs \(ConfigurationText.sentence(chosen))", services: services,
      files: [name])
  }

  /// `[[bin]]`, `src/main.rs` and `src/bin/*` (the Cargo book, "Target auto-discovery").
  private func binaries(_ manifest: TomlTable, package: String?) -> [String] {
    var names: [String] = []
    if case .array(let items)? = manifest["bin"]?.value.content {
      names += items.compactMap { $0.table?["name"]?.value.string }
    }
    if let package {
      if Path.isFile(project.absolute("src/main.rs")), names.isEmpty { names.append(package) }
      for file in Path.list(project.absolute("src/bin")) ?? [] {
        let name = file.hasSuffix(".rs") ? String(file.dropLast(3)) : file
        let isBinary = file.hasSuffix(".rs") || Path.isFile(project.absolute("src/bin/\(file)/main.rs"))
        if isBinary, !names.contains(name) { names.append(name) }
      }
    }
    return names
  }
}

extension TomlValue {
  var table: TomlTable? { if case .table(let table) = content { table } else { nil } }
  var string: String? { if case .string(let text) = content { text } else { nil } }
}
