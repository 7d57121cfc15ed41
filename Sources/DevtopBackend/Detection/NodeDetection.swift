internal import DevtopCore

/// A `package.json`: its script `dev`, else `start`, else its main file.
struct NodeDetection {
  let project: DetectedDirectory

  func detect() throws(ConfigurationError) -> Detected? {
    let name = "package.json"
    guard project.has(name) else { return nil }
    let bytes = try ConfigurationFile.read(project.absolute(name), named: name)
    let manifest: JSONValue
    do {
      manifest = try JSONParser.parse(bytes)
    } catch {
      throw .invalid([
        ConfigurationProblem(
          "not valid JSON: \(error.message)",
          at: SourcePosition(file: name, line: error.line, column: error.column))
      ])
    }
    guard let (command, recipe, title) = command(manifest) else { return nil }
    let (service, watcher) = project.service(project.serviceName, running: command, recipe: recipe)
    var made = service
    if watcher == nil { made.watch = Language.watch([.javascript]) }
    var summary = "runs \(title)"
    if let watcher {
      summary += "; \(watcher) reloads by itself, so devtop restarts it for package.json and .env only"
    }
    var detected = Detected(evidence: name, summary: summary, services: [made], files: [name])
    let needsPackages = ["dependencies", "devDependencies"].contains { key in
      if case .object(let members)? = manifest[key] { !members.isEmpty } else { false }
    }
    if needsPackages, !project.has("node_modules"), !project.has(".pnp.cjs") {
      let manager = packageManager(manifest)
      detected.warnings.append(
        ConfigurationNotice(
          "node_modules is missing; run `\(manager) install` first", at: SourcePosition(file: name)))
    }
    return detected
  }

  private func command(_ manifest: JSONValue) -> (command: CommandSpec, recipe: String, title: String)? {
    let manager = packageManager(manifest)
    for script in ["dev", "start"] {
      guard let recipe = manifest["scripts"]?[script]?.string, !recipe.allSatisfy(\.isWhitespace) else {
        continue
      }
      // A script that starts devtop would start itself.
      guard !recipe.split(whereSeparator: \.isWhitespace).contains("devtop") else { continue }
      let words = [manager, "run", script]
      return (
        .arguments(words), following(recipe, in: manifest), "\(words.joined(separator: " ")) (\(recipe))"
      )
    }
    let main = manifest["main"]?.string
    let files = [main, "server.js", "app.js", "index.js"].compactMap { $0 }
    guard let file = files.first(where: { Path.isFile(project.absolute($0)) }) else { return nil }
    let words = ["node", WatchSettingsReader.cleaned(file)]
    return (.arguments(words), words.joined(separator: " "), words.joined(separator: " "))
  }

  /// A script with those that it runs by name (`npm run x`, `yarn x`), one level deep.
  private func following(_ recipe: String, in manifest: JSONValue) -> String {
    guard case .object(let scripts)? = manifest["scripts"] else { return recipe }
    let words = Set(recipe.split { $0.isWhitespace || "\"'&|;:".contains($0) }.map(String.init))
    guard
      !words.isDisjoint(with: ["npm", "pnpm", "yarn", "bun", "run-p", "run-s", "concurrently", "npm-run-all"])
    else {
      return recipe
    }
    let inner = scripts.filter { words.contains($0.key) && $0.value.string != recipe }.compactMap(
      \.value.string)
    return ([recipe] + inner).joined(separator: "\n")
  }

  /// By the field `packageManager` (Corepack), else by the lock file, else npm.
  private func packageManager(_ manifest: JSONValue) -> String {
    let known = ["npm", "pnpm", "yarn", "bun"]
    if let field = manifest["packageManager"]?.string {
      let name = String(field.prefix { $0 != "@" })
      if known.contains(name) { return name }
    }
    let files = [
      ("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("bun.lockb", "bun"), ("bun.lock", "bun"),
      ("package-lock.json", "npm"),
    ]
    return files.first { project.has($0.0) }?.1 ?? "npm"
  }
}
