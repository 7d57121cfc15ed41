import DevtopCore
import Testing

@testable import DevtopBackend

@Suite struct SearchOrderTests {
  private static let devtop = "[service.own]\nrun = \"x\"\n"

  private func source(_ files: [String: String], file: String? = nil, words: [String]? = nil) throws -> String
  {
    let project = try Project(files)
    return try ConfigurationReader(directory: project.path, environment: [:])
      .read(file: file, words: words).configuration.source.name
  }

  @Test func `devtop.toml comes before air, air before Procfile, Procfile before Makefile, that before Go`()
    throws
  {
    var files = [
      "devtop.toml": Self.devtop, ".air.toml": "", ".config/air.toml": "", "air.toml": "",
      "Procfile": "web: x\n",
      "Makefile": "dev:\n\tx\n", "main.go": "package main\n",
    ]
    for (name, expected) in [
      ("devtop.toml", "devtop.toml"), (".air.toml", ".air.toml"), (".config/air.toml", ".config/air.toml"),
      ("air.toml", "air.toml"), ("Procfile", "detected: Procfile"),
      ("Makefile", "detected: Makefile, target dev"),
      ("main.go", "detected: main.go"),
    ] {
      #expect(try source(files) == expected)
      files[name] = nil
    }
    #expect(throws: ConfigurationError.self) { try source(files) }
  }

  @Test func `a named file is what its keys say`() throws {
    #expect(try source(["dev.toml": "[build]\ncmd = \"make\""], file: "dev.toml") == "dev.toml")
    #expect(try source(["x/dev.toml": Self.devtop], file: "x/dev.toml") == "x/dev.toml")
  }

  @Test func `words behind -- are the command unless an air configuration is in effect`() throws {
    #expect(try source(["main.go": "package main\n"], words: ["sleep", "1"]) == "command line")
    #expect(try source(["devtop.toml": Self.devtop], words: ["sleep", "1"]) == "command line")
    #expect(try source([".air.toml": ""], words: ["--flag"]) == ".air.toml")
    #expect(throws: ConfigurationError.emptyCommand) { try source([:], words: []) }
  }

  @Test func `a command keeps the theme and the keys of devtop.toml`() throws {
    let project = try Project(["devtop.toml": "theme = \"nord\"\n" + Self.devtop])
    let configuration = try ConfigurationReader(directory: project.path, environment: [:])
      .read(words: ["node", "server.js"]).configuration
    #expect(configuration.theme == "nord")
    #expect(configuration.services.map(\.run) == [.arguments(["node", "server.js"])])
    #expect(configuration.services[0].watch.includeExtensions.contains { $0.text == "ts" })
    #expect(
      configuration.explanation
        == "running node server.js, restarted when JavaScript files change; devtop init writes a devtop.toml; the "
        + "services of devtop.toml are left out")
  }

  @Test func `air flags beside a devtop.toml are an error, alone they are air's defaults`() throws {
    let (flags, _) = try AirFlags.take(["--build.cmd", "make"])
    let own = try Project(["devtop.toml": Self.devtop])
    #expect(throws: ConfigurationError.self) {
      try ConfigurationReader(directory: own.path, environment: [:]).read(flags: flags)
    }
    let empty = try Project()
    let configuration = try ConfigurationReader(directory: empty.path, environment: [:]).read(flags: flags)
      .configuration
    #expect(configuration.services[0].build == [BuildStep(.shell("make"))])
  }

  @Test func `an empty directory says what was looked for and the ways out`() throws {
    let project = try Project()
    do {
      _ = try ConfigurationReader(directory: project.path, environment: [:]).read()
      Issue.record("no error")
    } catch {
      for word in [
        "go.mod", "package.json", "Procfile", "`devtop -- CMD ARGS`", "[service.app]", "`devtop demo`",
      ] {
        #expect(error.description.contains(text: word))
      }
    }
  }
}
