internal import DevtopCore

/// A Python server: Django's `manage.py`, an `app.py` or `main.py`, or a script of `pyproject.toml`.
struct PythonDetection {
  let project: DetectedDirectory

  func detect() throws(ConfigurationError) -> Detected? {
    if project.has("manage.py") {
      return detected(evidence: "manage.py", words: python + ["manage.py", "runserver"])
    }
    for file in ["app.py", "main.py", "server.py", "wsgi.py", "asgi.py", "run.py"] where project.has(file) {
      guard let text = project.text(file) else { continue }
      return detected(evidence: file, words: words(for: file, text: text), source: text)
    }
    return try fromProject()
  }

  /// The interpreter of the project's own environment where it has one; `-u`, so that lines come when they are
  /// printed.
  private var python: [String] { interpreter + ["-u"] }

  private var interpreter: [String] {
    for directory in [".venv", "venv"] where Path.isFile(project.absolute("\(directory)/bin/python")) {
      return ["\(directory)/bin/python"]
    }
    if project.has("uv.lock") { return ["uv", "run", "python"] }
    if project.has("poetry.lock") { return ["poetry", "run", "python"] }
    if project.has("Pipfile") { return ["pipenv", "run", "python"] }
    return ["python3"]
  }

  private func words(for file: String, text: String) -> [String] {
    let module = String(file.dropLast(3))
    let runsItself =
      text.contains(text: "__main__") || text.contains(text: ".run(") || text.contains(text: "serve_forever")
    if runsItself { return python + [file] }
    for (framework, server) in [("FastAPI(", "uvicorn"), ("Starlette(", "uvicorn"), ("Litestar(", "uvicorn")]
    {
      if let name = Self.variable(assigned: framework, in: text) {
        return python + ["-m", server, "\(module):\(name)"]
      }
    }
    if text.contains(text: "Flask(") {
      return python + ["-m", "flask", "--app", module, "run"]
    }
    return python + [file]
  }

  /// `app` of `app = FastAPI(…)`, at the start of a line.
  private static func variable(assigned call: String, in text: String) -> String? {
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "="),
        line[line.index(after: equals)...].drop(while: { $0 == " " }).hasPrefix(call)
      else { continue }
      let name = line[..<equals].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      if !name.isEmpty { return String(name) }
    }
    return nil
  }

  private func fromProject() throws(ConfigurationError) -> Detected? {
    let name = "pyproject.toml"
    guard project.has(name) else { return nil }
    let manifest = try ConfigurationFile.readTable(project.absolute(name), named: name)
    let scripts =
      manifest["project"]?.value.table?["scripts"]?.value.table
      ?? manifest["tool"]?.value.table?["poetry"]?.value.table?["scripts"]?.value.table
    let entry =
      scripts?.entries.first { ["dev", "start", "serve", "server", "app"].contains($0.key) }
      ?? scripts?.entries.first
    if let entry, let target = entry.value.string {
      let parts = target.split(separator: ":")
      if parts.count == 2 {
        // What the script that pip installs does (entry points specification).
        let code = "import sys; from \(parts[0]) import \(parts[1]) as run; sys.exit(run())"
        return detected(evidence: "\(name), script \(entry.key)", words: python + ["-c", code])
      }
    }
    for base in ["", "src/"] {
      let names = Path.list(project.absolute(base.isEmpty ? "." : base)) ?? []
      let module = names.first { Path.isFile(project.absolute("\(base)\($0)/__main__.py")) }
      guard let module else { continue }
      return detected(evidence: name, words: python + ["-m", module], path: base.isEmpty ? nil : "src")
    }
    return nil
  }

  private func detected(
    evidence: String, words: [String], source: String = "", path: String? = nil
  ) -> Detected {
    let text = words.joined(separator: " ")
    var (service, watcher) = project.service(project.serviceName, running: .arguments(words), recipe: text)
    if watcher == nil, let reloader = Self.reloader(in: source) {
      watcher = reloader
      service.reloadsItself = true
      service.watch = SelfReloading.watch(manifests: Language.python.manifests.filter(project.names.contains))
    }
    if let path { service.environment["PYTHONPATH"] = path }
    var summary = "runs \(text)"
    if let watcher {
      summary += "; \(watcher) reloads by itself, so devtop restarts it for manifests and .env only"
    }
    return Detected(
      evidence: evidence, summary: summary, services: [service], files: [evidence].filter(project.has))
  }

  /// Flask and uvicorn reload when their run call asks for it.
  private static func reloader(in source: String) -> String? {
    let text = source.filter { !$0.isWhitespace }
    if text.contains(text: ".run(") {
      if text.contains(text: "debug=True"), text.contains(text: "Flask("),
        !text.contains(text: "use_reloader=False")
      {
        return "Flask in debug mode"
      }
      if text.contains(text: "uvicorn.run("), text.contains(text: "reload=True") { return "uvicorn" }
    }
    return nil
  }
}
