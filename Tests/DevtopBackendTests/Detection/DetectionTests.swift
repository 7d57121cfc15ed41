import DevtopCore
import Testing

@testable import DevtopBackend

@Suite struct DetectionTests {
  private static let home = ["HOME": "/home/someone"]

  private func detect(_ files: [String: String], environment: [String: String] = home) throws -> Configuration
  {
    let project = try Project(files)
    let configuration = try ProjectDetection(directory: project.path, environment: environment).detect()
      .configuration
    // Project names are random: neutral ones compare.
    #expect(configuration.root == project.path)
    #expect(configuration.explanation?.contains(text: "devtop init") ?? false)
    return configuration
  }

  /// Build and run of each service, with the places of the machine taken out.
  private func commands(_ configuration: Configuration) -> [String] {
    let scratch = ScratchDirectory(project: configuration.root, environment: Self.home).path
    let name = Path.name(configuration.root)
    return configuration.services.map { service in
      let build = service.build.map(\.command.description)
      let text = (["\(service.id):"] + build + [service.run?.description ?? ""]).joined(separator: " | ")
      return Self.replaced(Self.replaced(text, scratch, "SCRATCH"), ServiceName.sanitized(name), "NAME")
    }
  }

  private static func replaced(_ text: String, _ old: String, _ new: String) -> String {
    var result = ""
    var rest = text[...]
    while let range = rest.range(of: old) {
      result += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return result + rest
  }

  private static let main = "package main\n\nfunc main() {}\n"

  @Test(arguments: [
    (["go.mod": "module x\n", "main.go": main], ["NAME: | go build -o SCRATCH/NAME . | SCRATCH/NAME"]),
    (
      ["go.mod": "module x\n", "server.go": main, "lib.go": "package main\n"],
      ["NAME: | go build -o SCRATCH/NAME . | SCRATCH/NAME"]
    ),
    (
      ["go.mod": "module x\n", "cmd/api/main.go": main, "cmd/worker/run.go": main],
      [
        "api: | go build -o SCRATCH/api ./cmd/api | SCRATCH/api",
        "worker: | go build -o SCRATCH/worker ./cmd/worker | SCRATCH/worker",
      ]
    ),
    (
      ["go.mod": "module x\n", "cmd/main.go": main], ["NAME: | go build -o SCRATCH/NAME ./cmd | SCRATCH/NAME"]
    ),
    (
      [
        "go.mod": "module x\n", "lib.go": "package lib\n", "server/main.go": main,
        "tools/gen.go": "//go:build ignore\n\npackage main\n",
      ],
      ["server: | go build -o SCRATCH/server ./server | SCRATCH/server"]
    ),
    (["main.go": main], ["NAME: | go build -o SCRATCH/NAME main.go | SCRATCH/NAME"]),
    (
      ["main.go": main, "b.go": "package main\n", "b_test.go": "package main\n"],
      ["NAME: | go build -o SCRATCH/NAME $(ls *.go | grep -v '_test\\.go$') | SCRATCH/NAME"]
    ),
    (
      [
        "go.work": "go 1.19\n", "a/go.mod": "module a\n", "a/cmd/x/m.go": main, "b/go.mod": "module b\n",
        "b/cmd/x/m.go": main,
      ],
      [
        "x: | go build -o SCRATCH/x ./a/cmd/x | SCRATCH/x",
        "x-2: | go build -o SCRATCH/x-2 ./b/cmd/x | SCRATCH/x-2",
      ]
    ),
  ])
  func `Go is built outside of the project`(files: [String: String], expected: [String]) throws {
    let configuration = try detect(files)
    #expect(commands(configuration) == expected)
    for service in configuration.services {
      #expect(service.compiler == .go)
      #expect(service.watch.includeExtensions.contains { $0.text == "go" })
      #expect(!service.reloadsItself)
    }
  }

  @Test func `GOPATH mode takes the package`() throws {
    let files = ["main.go": Self.main, "b.go": "package main\n"]
    let off = try detect(files, environment: ["HOME": "/home/someone", "GO111MODULE": "off"])
    #expect(commands(off) == ["NAME: | go build -o SCRATCH/NAME . | SCRATCH/NAME"])
    let project = try Project(["src/app/main.go": Self.main])
    let inside = try ProjectDetection(
      directory: project.path + "/src/app",
      environment: ["GOPATH": project.path, "GO111MODULE": "auto", "HOME": "/h"]
    ).detect().configuration
    #expect(inside.services[0].build[0].command.words.last == ".")
  }

  @Test func `what go env -w wrote counts, the environment more`() throws {
    let project = try Project(["go/env": "GO111MODULE=off\nGOPATH=/x\n"])
    let environment = ["XDG_CONFIG_HOME": project.path]
    #expect(GoPackages.settings(environment)["GO111MODULE"] == "off")
    #expect(GoPackages.settings(environment.merging(["GO111MODULE": "on"]) { $1 })["GO111MODULE"] == "on")
  }

  @Test(arguments: [
    ("package main", true), ("// a comment\n\n/* package lib */ package main // x\n", true),
    ("package mainly\n", false),
    ("package lib\n", false), ("//go:build ignore\npackage main\n", false),
    ("// +build ignore\n\npackage main\n", false),
    ("//go:build linux || windows\npackage main\n", true), ("", false), ("package\tmain;\n", true),
    ("/* never closed package main", false),
    ("\u{feff}package main\n", true),
  ])
  func `the package clause decides`(text: String, isMain: Bool) {
    #expect(GoPackages.isMainFile(Array(text.utf8)) == isMain)
  }

  @Test(arguments: [
    (
      [
        "Package.swift":
          "let package = Package(name: \"x\", targets: [\n  // .executableTarget(name: \"No\")\n  .executableTarget(\n name: \"App\", dependencies: []),\n .target(name: \"Lib\")])"
      ],
      ["App: | swift build | .build/debug/App"]
    ),
    (
      [
        "Package.swift":
          "Package(products: [.executable(name: \"a\", targets: [\"A\"]), .executable(name: \"b\", targets: [])], targets: [.executableTarget(name: \"A\")])"
      ],
      ["a: | swift build --product a | .build/debug/a", "b: | swift build --product b | .build/debug/b"]
    ),
    (
      [
        "Package.swift": "Package(targets: [.target(name: \"Old\"), .target(name: \"Lib\")])",
        "Sources/Old/main.swift": "",
      ],
      ["Old: | swift build | .build/debug/Old"]
    ),
    (
      ["Cargo.toml": "[package]\nname = \"app\"\n", "src/main.rs": ""],
      ["app: | cargo build | target/debug/app"]
    ),
    (
      [
        "Cargo.toml": "[package]\nname = \"app\"\ndefault-run = \"b\"\n", "src/main.rs": "",
        "src/bin/b.rs": "",
      ],
      ["b: | cargo build --bin b | target/debug/b"]
    ),
    (["Cargo.toml": "[workspace]\nmembers = [\"a\"]\n"], ["NAME: | cargo run"]),
    (
      ["package.json": "{\"scripts\": {\"dev\": \"node server.js\", \"start\": \"node x.js\"}}"],
      ["NAME: | npm run dev"]
    ),
    (
      ["package.json": "{\"scripts\": {\"start\": \"node x.js\"}}", "pnpm-lock.yaml": ""],
      ["NAME: | pnpm run start"]
    ),
    (
      ["package.json": "{\"scripts\": {\"start\": \"node x.js\"}}", "yarn.lock": ""],
      ["NAME: | yarn run start"]
    ),
    (
      ["package.json": "{\"scripts\": {\"dev\": \"x\"}, \"packageManager\": \"bun@1.1\"}"],
      ["NAME: | bun run dev"]
    ),
    (["package.json": "{\"main\": \"./lib/app.js\"}", "lib/app.js": ""], ["NAME: | node lib/app.js"]),
    (["package.json": "{}", "server.js": ""], ["NAME: | node server.js"]),
    (
      [
        "app.py":
          "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
      ], ["NAME: | python3 -u app.py"]
    ),
    (
      ["app.py": "from flask import Flask\napp = Flask(__name__)\n"],
      ["NAME: | python3 -u -m flask --app app run"]
    ),
    (
      ["main.py": "from fastapi import FastAPI\n\napi = FastAPI(title='x')\n", ".venv/bin/python": ""],
      ["NAME: | .venv/bin/python -u -m uvicorn main:api"]
    ),
    (["main.py": "print(1)\n", "uv.lock": ""], ["NAME: | uv run python -u main.py"]),
    (["manage.py": ""], ["NAME: | python3 -u manage.py runserver"]),
    (
      ["pyproject.toml": "[project.scripts]\nserve = \"shop.web:main\"\n"],
      ["NAME: | python3 -u -c 'import sys; from shop.web import main as run; sys.exit(run())'"]
    ),
    (["pyproject.toml": "", "src/shop/__main__.py": ""], ["NAME: | python3 -u -m shop"]),
    (
      [
        "Makefile": "X := 1\ndev: deps\n\tgo run .\ndeps:\n\techo\n", "go.mod": "module x\n", "main.go": main,
      ], ["NAME: | make dev"]
    ),
    (
      ["Procfile": "# all\nweb: bundle exec puma -p $PORT\nrelease: migrate\nworker: node w.js\n"],
      ["web: | bundle exec puma -p $PORT", "worker: | node w.js"]
    ),
    (["Procfile": "web: a\n", "Procfile.dev": "web: b\n"], ["web: | b"]),
  ])
  func `a project is run as its files say`(files: [String: String], expected: [String]) throws {
    #expect(commands(try detect(files)) == expected)
  }

  @Test(arguments: [
    (["package.json": "{\"scripts\": {\"dev\": \"vite --port 3000\"}}"], "vite"),
    (
      [
        "package.json":
          "{\"scripts\": {\"dev\": \"concurrently 'npm run watch' 'npm run api'\", \"watch\": \"x\", \"api\": \"nodemon a.js\"}}"
      ], "nodemon"
    ),
    (["manage.py": ""], "manage.py runserver"),
    (
      ["app.py": "from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n"],
      "Flask in debug mode"
    ),
    (["Makefile": "dev:\n\t@cargo watch -x run\n"], "cargo watch"),
    (["Procfile": "web: uvicorn main:app --reload\n"], "uvicorn --reload"),
  ])
  func `what reloads itself is restarted for its manifest and .env only, and the line says so`(
    files: [String: String], watcher: String
  ) throws {
    let configuration = try detect(files)
    let service = configuration.services[0]
    #expect(service.reloadsItself)
    #expect(service.watch.include == service.watch.restartOnly)
    #expect(service.watch.include.contains { $0.text == ".env" })
    #expect(configuration.explanation?.contains(text: watcher) ?? false, "\(configuration.explanation ?? "")")
    #expect(configuration.explanation?.contains(text: ".env only") ?? false)
    #expect(configuration.explanation?.contains("\n") == false)
  }

  @Test(
    arguments: [
      ("vite", "vite"), ("vite build", nil), ("npx vite@latest --host", "vite"),
      ("next dev -p 3000", "next dev"), ("next start", nil),
      ("NODE_ENV=dev node_modules/.bin/nodemon app.js", "nodemon"),
      ("uvicorn app:a --reload", "uvicorn --reload"), ("uvicorn app:a", nil),
      ("flask --app x run --debug", "flask --debug"), ("flask run", nil),
      ("python3 manage.py runserver 8000", "manage.py runserver"),
      ("cargo watch -x run", "cargo watch"), ("cargo run", nil), ("tsx watch src/a.ts", "tsx watch"),
      ("tsx src/a.ts", nil),
      ("node --watch a.js", "node --watch"), ("node --watch-path=src a.js", "node --watch-path"),
      ("node a.js", nil), ("air -c x", "air"), ("webpack serve", "webpack serve"),
      ("webpack", nil), ("ng serve", "ng serve"), ("astro dev", "astro dev"), ("nuxt dev", "nuxt dev"),
      ("remix dev", "remix dev"),
      ("deno run --watch a.ts", "deno --watch"), ("bun --watch a.ts", "bun --watch"),
      ("npm ci && vite", "vite"), ("echo vitest", nil),
      ("go run .", nil), ("rails server", "rails server"), ("echo \"run next build\"", nil),
    ] as [(String, String?)])
  func `watchers are known by their command lines`(command: String, watcher: String?) {
    #expect(SelfReloading.watcher(in: command) == watcher)
  }

  @Test func `foreman's ports and .env go with a Procfile`() throws {
    let configuration = try detect(["Procfile": "web: a -p $PORT\napi: b -p ${PORT:-1}\nw: c\n", ".env": ""])
    #expect(configuration.services.map { $0.environmentDefaults["PORT"] } == ["5000", "5100", nil])
    #expect(configuration.services[0].envFiles == [configuration.root + "/.env"])
    func port(_ base: [String: String], file: [(String, String)]) -> [String] {
      ServiceEnvironment.make(for: configuration.services[0], base: base) { _ in file }
        .filter { $0.hasPrefix("PORT=") }
    }
    #expect(port([:], file: []) == ["PORT=5000"])
    #expect(port(["PORT": "1"], file: []) == ["PORT=1"])
    #expect(port(["PORT": "1"], file: [("PORT", "2")]) == ["PORT=2"])
  }

  @Test(arguments: [
    (["package.json": "{\"scripts\": {\"dev\": }}"], "package.json:1:21: not valid JSON: expected a value"),
    (
      ["package.json": "{\n \"a\": \"b\n\"}"],
      "package.json:2:9: not valid JSON: a control character in a string"
    ),
    (["Cargo.toml": "[package\n"], "Cargo.toml:1:9: not valid TOML: table header: "),
    (["Procfile": "web: x\nnonsense\n"], "Procfile:2:1: expected NAME: COMMAND"),
  ])
  func `a broken manifest has a place`(files: [String: String], message: String) throws {
    let project = try Project(files)
    do {
      _ = try ProjectDetection(directory: project.path, environment: [:]).detect()
      Issue.record("no error")
    } catch {
      #expect(error.description.hasPrefix(message), "\(error)")
    }
  }

  @Test func `packages that are not installed are named`() throws {
    let files = ["package.json": "{\"scripts\": {\"dev\": \"vite\"}, \"devDependencies\": {\"vite\": \"5\"}}"]
    #expect(try detect(files).warnings.map(\.message) == ["node_modules is missing; run `npm install` first"])
    #expect(try detect(files.merging(["node_modules/x": ""]) { $1 }).warnings.isEmpty)
  }

  @Test func `a target or script that starts devtop is not run by devtop`() throws {
    #expect(throws: ConfigurationError.self) { try detect(["Makefile": "dev:\n\tdevtop --plain\n"]) }
    #expect(throws: ConfigurationError.self) {
      try detect(["package.json": "{\"scripts\": {\"dev\": \"devtop\"}}"])
    }
  }

  @Test(arguments: ["dev := 1\n", "devel:\n\tx\n", "a:\n\tdev: x\n", "# dev:\n", ""])
  func `a Makefile without the target is none`(text: String) {
    #expect(MakefileDetection.recipe(of: "dev", in: text) == nil)
  }

  @Test func `a command watches what its language is written in`() throws {
    let configuration = try Configuration.forCommand(["go", "run", "."], directory: "/p")
    #expect(configuration.services[0].watch.includeExtensions.contains { $0.text == "go" })
    let unknown = try Configuration.forCommand(["./serve"], directory: "/p")
    #expect(unknown.services[0].watch.includeExtensions.isEmpty)
    #expect(unknown.services[0].id == "serve")
    let vite = try Configuration.forCommand(["npx", "vite"], directory: "/p")
    #expect(vite.services[0].reloadsItself)
  }

  @Test(arguments: [
    ("{\"a\": [1, -2.5e3, true, false, null, \"\\u00e9\\ud83d\\ude00\\n\"]}", true), ("[]", true),
    (" {} ", true), ("\u{feff}{}", true),
    ("{", false), ("[1,]", false), ("{\"a\" 1}", false), ("\"\\x\"", false), ("1 2", false), ("", false),
    ("nul", false), ("\"\\u12\"", false),
    (String(repeating: "[", count: 100_000), false),
  ])
  func `JSON is read strictly`(text: String, isValid: Bool) {
    #expect(((try? JSONParser.parse(Array(text.utf8))) != nil) == isValid)
  }

  @Test func `JSON strings have their escapes`() throws {
    let value = try JSONParser.parse(
      Array("{\"a\": \"\\u00e9\\ud83d\\ude00\\n\\\"\\/\", \"a\": \"last\"}".utf8))
    #expect(value == .object([("a", .string("é😀\n\"/")), ("a", .string("last"))]))
    #expect(value["a"]?.string == "last")
  }
}
