import DevtopCore
import Testing

@testable import DevtopBackend

@Suite struct RendererTests {
  /// What must survive `devtop init`: all but where it came from.
  private func essence(_ configuration: Configuration) -> Configuration {
    var copy = configuration
    copy.source = .commandLine
    copy.explanation = nil
    copy.files = []
    copy.warnings = []
    copy.keys = copy.keys.map { KeyBinding(action: $0.action, key: $0.key, origin: SourcePosition(file: "")) }
    for index in copy.services.indices {
      func plain(_ patterns: [WatchSpec.Pattern]) -> [WatchSpec.Pattern] {
        patterns.map { .init($0.text, origin: "") }
      }
      var watch = copy.services[index].watch
      watch.include = plain(watch.include)
      watch.includeExtensions = plain(watch.includeExtensions)
      watch.includeFiles = plain(watch.includeFiles)
      watch.exclude = plain(watch.exclude)
      watch.excludeDirectories = plain(watch.excludeDirectories)
      watch.excludeFiles = plain(watch.excludeFiles)
      watch.excludeRegexes = plain(watch.excludeRegexes)
      watch.restartOnly = plain(watch.restartOnly)
      for rule in watch.rules.indices {
        watch.rules[rule].includeDirectories = plain(watch.rules[rule].includeDirectories)
        watch.rules[rule].includeExtensions = plain(watch.rules[rule].includeExtensions)
        watch.rules[rule].includeFiles = plain(watch.rules[rule].includeFiles)
        watch.rules[rule].excludeRegexes = plain(watch.rules[rule].excludeRegexes)
      }
      copy.services[index].watch = watch
    }
    return copy
  }

  private static let projects: [(name: String, files: [String: String])] = [
    ("go", ["go.mod": "module x\n", "main.go": "package main\n"]),
    (
      "cmd",
      ["go.mod": "module x\n", "cmd/api/main.go": "package main\n", "cmd/worker/m.go": "package main\n"]
    ),
    (
      "procfile",
      ["Procfile": "web: node server.js -p $PORT\nworker: python3 w.py 'a \"b\"'\n", ".env": "A=1\n"]
    ),
    ("make", ["Makefile": "dev:\n\tvite\n"]), ("vite", ["package.json": "{\"scripts\":{\"dev\":\"vite\"}}"]),
    ("node", ["package.json": "{\"scripts\":{\"start\":\"node server.js\"}}"]),
    ("swift", ["Package.swift": "let p = Package(targets: [.executableTarget(name: \"App\")])"]),
    ("rust", ["Cargo.toml": "[package]\nname = \"app\"\n", "src/main.rs": ""]),
    ("python", ["app.py": "from flask import Flask\napp = Flask(__name__)\n"]),
    ("django", ["manage.py": ""]), ("air", [".air.toml": ""]),
    ("air init", [".air.toml": AirSamples.generated]),
    ("air, all keys", [".air.toml": AirSamples.everything, "backend/main.go": "", "shared/x": ""]),
    ("air, [watch]", [".air.toml": AirSamples.watchTable]),
    ("air, no build", [".air.toml": "[build]\ncmd = \"\"\npre_cmd = [\"a\", \"b\"]"]),
    ("devtop.toml", ["devtop.toml": AirSamples.devtop]),
    (
      "formats",
      [
        "devtop.toml":
          "[service.a]\nrun = \"x\"\n[format.b]\npattern = '^(?<level>\\w+) \"(?<x>[^\"]*)\"'\n"
          + "levels = { \"E!\" = \"error\" }\nservices = [\"a\"]\n[format.c]\npattern = '(?<y>.)'\n"
      ]
    ),
  ]

  @Test(arguments: projects)
  func `what init writes means the same`(name: String, files: [String: String]) throws {
    let project = try Project(files)
    let environment = ["HOME": "/home/someone"]
    let reader = ConfigurationReader(directory: project.path, environment: environment)
    let original = try reader.read().configuration
    let text = original.rendered(environment: environment)
    try project.write("devtop.toml", text)
    let again = try reader.read()
    #expect(
      essence(again.configuration) == essence(original.withPortableOutputs(environment: environment)),
      "\(text)")
    #expect(again.configuration.warnings.isEmpty)
    #expect(again.configuration.rendered(environment: environment).count > 0)
  }

  @Test func `init writes a file that a person wants to read`() throws {
    let project = try Project(["go.mod": "module x\n", "cmd/api/main.go": "package main\n"])
    let environment = ["HOME": "/home/someone"]
    let text = try ConfigurationReader(directory: project.path, environment: environment).read().configuration
      .rendered(environment: environment)
    #expect(text.contains(text: "# Detected: go.mod."))
    #expect(text.contains(text: "\n[service.api]\n"))
    #expect(text.contains(text: "\nbuild = [\"go\", \"build\", \"-o\", \"tmp/api\", \"./cmd/api\"]\n"))
    #expect(text.contains(text: "\nrun = [\"./tmp/api\"]  "))
    #expect(text.contains(text: "# ready = { http = \"/healthz\" }"))
    #expect(!text.contains(text: "/home/someone"))
  }

  @Test func `check says where each value came from`() throws {
    let project = try Project([
      "devtop.toml":
        "log_memory = \"64M\"\n[service.api]\nrun = \"./api\"\nignore = [\"docs/**\"]\n[keys]\nrebuild = \"b\"\n"
    ])
    let text = try ConfigurationReader(directory: project.path, environment: [:]).read().described
    let lines = text.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    for line in [
      "log_memory = \"64M\" # devtop.toml:1", "run = \"./api\" # devtop.toml:3",
      "ignore = [\"docs/**\"] # devtop.toml:4",
      "restart = \"on-failure\" # default", "poll = \"auto\" # default", "theme = (not set) # default",
      "rebuild = \"b\" # devtop.toml:6",
    ] {
      #expect(lines.contains(line), "\(line) in\n\(text)")
    }
  }

  @Test func `check of an air file names its lines and its warnings`() throws {
    let project = try Project([".air.toml": "[build]\ncmd = \"make\"\ncmdd = \"x\"\n"])
    let text = try ConfigurationReader(directory: project.path, environment: [:]).read().described
    #expect(text.contains(text: "# .air.toml:2\n"))
    #expect(text.contains(text: "# warning: .air.toml:3:1: build.cmdd has no effect"))
    #expect(text.contains(text: "ignore_regex = [\"_test.go\"]"))
    #expect(text.contains(text: "# air's default\n"))
  }
}
