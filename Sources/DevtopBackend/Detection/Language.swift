internal import DevtopCore

/// A language that a project is written in, for what to watch when no configuration says it.
enum Language: CaseIterable, Hashable {
  case go, swift, javascript, rust, python, ruby, c

  var displayName: String {
    switch self {
    case .go: "Go"
    case .swift: "Swift"
    case .javascript: "JavaScript"
    case .rust: "Rust"
    case .python: "Python"
    case .ruby: "Ruby"
    case .c: "C"
    }
  }

  /// Only what a program does not usually write itself: a service that logs or stores into its own directory
  /// would restart without end.
  var extensions: [String] {
    switch self {
    case .go: ["go", "mod", "sum", "work", "tmpl", "tpl", "gohtml", "html"]
    case .swift: ["swift", "c", "h", "cc", "cpp", "hpp", "m", "mm", "leaf"]
    case .javascript:
      ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "html", "ejs", "hbs", "pug"]
    case .rust: ["rs", "html", "askama", "tera"]
    case .python: ["py", "pyi", "html", "jinja", "jinja2", "j2"]
    case .ruby: ["rb", "erb", "haml", "slim", "ru", "rake"]
    case .c: ["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx"]
    }
  }

  /// Files at the top of the project that belong to it whatever their extension.
  var manifests: [String] {
    switch self {
    case .go: ["go.mod", "go.sum"]
    case .swift: ["Package.swift", "Package.resolved"]
    case .javascript:
      ["package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "tsconfig.json"]
    case .rust: ["Cargo.toml", "Cargo.lock"]
    case .python: ["pyproject.toml", "requirements.txt", "uv.lock", "poetry.lock", "Pipfile.lock"]
    case .ruby: ["Gemfile", "Gemfile.lock"]
    case .c: []
    }
  }

  /// Directories of built and fetched things, beside the ones of `DefaultPatterns`.
  private var ignored: [String] {
    switch self {
    case .go: ["vendor/", "testdata/", "tmp/", "*_test.go"]
    case .swift: ["DerivedData/", "Tests/"]
    case .javascript: ["dist/", "build/", "coverage/", ".next/", ".nuxt/"]
    case .rust: ["target/", "tests/", "benches/"]
    case .python: ["build/", "dist/", "*.egg-info/", "site-packages/"]
    case .ruby: ["tmp/", "vendor/", "log/"]
    case .c: ["build/"]
    }
  }

  private static let origin = "default"
  /// Files that every server may read at its start.
  static let environmentFiles = [".env", ".env.local", ".env.development", ".env.development.local"]

  /// The languages of the programs that a command line runs; empty where none is known.
  static func ofCommand(_ text: String) -> [Language] {
    let words = text.split { $0.isWhitespace || "&|;(){}\"'".contains($0) }
    var found: [Language] = []
    for word in words {
      let name = Path.name(String(word))
      guard let language = named(name) ?? Path.fileExtension(name).flatMap(ofExtension),
        !found.contains(language)
      else { continue }
      found.append(language)
    }
    return found
  }

  /// The languages whose manifests are in a directory.
  static func ofProject(_ names: Set<String>) -> [Language] {
    allCases.filter { language in language.manifests.contains { names.contains($0) } }
  }

  private static func ofExtension(_ text: String) -> Language? {
    switch text {
    case "go": .go
    case "swift": .swift
    case "js", "mjs", "cjs", "ts", "mts", "cts", "tsx", "jsx": .javascript
    case "rs": .rust
    case "py": .python
    case "rb", "ru": .ruby
    case "c", "cc", "cpp": .c
    default: nil
    }
  }

  private static func named(_ program: String) -> Language? {
    // `python3.12`, `ruby3.1`.
    let name = String(program.prefix { !$0.isNumber })
    return switch name {
    case "go": .go
    case "swift": .swift
    case "node", "nodejs", "npm", "npx", "pnpm", "yarn", "bun", "bunx", "deno", "tsx", "ts-node": .javascript
    case "cargo": .rust
    case "python", "flask", "uvicorn", "gunicorn", "hypercorn", "uv", "poetry", "pipenv", "celery", "pdm":
      .python
    case "ruby", "bundle", "rails", "rackup", "puma", "rake": .ruby
    default: nil
    }
  }

  /// What to watch for some languages; everything where there is none.
  static func watch(_ languages: [Language]) -> WatchSpec {
    var watch = WatchSpec()
    watch.exclude = DefaultPatterns.patterns
    guard !languages.isEmpty else { return watch }
    watch.includeExtensions = unique(languages.flatMap(\.extensions)).map { .init($0, origin: origin) }
    watch.includeFiles = unique(languages.flatMap(\.manifests) + environmentFiles).map {
      .init($0, origin: origin)
    }
    watch.exclude += unique(languages.flatMap(\.ignored)).map { .init($0, origin: origin) }
    return watch
  }

  private static func unique(_ items: [String]) -> [String] {
    var seen: Set<String> = []
    return items.filter { seen.insert($0).inserted }
  }
}
