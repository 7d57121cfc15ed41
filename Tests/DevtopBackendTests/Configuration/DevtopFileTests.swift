import DevtopCore
import Testing

@testable import DevtopBackend

/// Reads a `devtop.toml` of this text.
func read(_ text: String, _ files: [String: String] = [:]) throws -> ConfigurationReading {
  let project = try Project(files)
  try project.write("devtop.toml", text)
  return try ConfigurationReader(directory: project.path, environment: [:]).read()
}

/// What is wrong with a `devtop.toml` of this text.
func errors(_ text: String) throws -> [String] {
  do {
    _ = try read(text)
    return []
  } catch let error as ConfigurationError {
    return error.description.split(separator: "\n").map(String.init)
  }
}

@Suite struct DevtopFileTests {
  @Test func `a key that is taken from an action without another is warned about`() throws {
    let text = "[service.api]\nrun = \"x\"\n[keys]\nrebuild = \"q\"\nrestart = \"j\"\n"
    #expect(
      try read(text).configuration.warnings.map { "\($0.position?.description ?? ""): \($0.message)" } == [
        "devtop.toml:4:11: keys.rebuild: q was the key of quit, which has none now; give it one under [keys], or run it from the palette"
      ])
  }

  @Test func `every key of the documented shape arrives`() throws {
    let reading = try read(
      """
      theme = "nord"
      log_memory = "64M"
      [watch]
      ignore = ["docs/**"]
      poll = true
      poll_interval = "1s"
      [service.db]
      run = ["docker", "run", "postgres"]
      ready = { port = 5432 }
      [service.api]
      dir = "backend"
      build = "go build -o tmp/api ."
      run = "./tmp/api --verbose"
      watch = ["**/*.go", "templates/**"]
      ignore = ["**/*_test.go"]
      env = { GIN_MODE = "debug", PORT = 8080, FAST = true }
      env_default = { LOG = 1 }
      env_file = [".env"]
      tty = false
      depends_on = ["db"]
      ready = { http = "/healthz" }
      ready_timeout = "1m30s"
      stop = { signal = "INT", grace = "2s" }
      restart = "always"
      [keys]
      rebuild = "b"
      quit = ["q", "^G"]
      """, ["backend/x": ""])
    let configuration = reading.configuration
    #expect(configuration.theme == "nord")
    #expect(configuration.logMemoryInBytes == 64 << 20)
    #expect(configuration.poll == .always)
    #expect(configuration.pollInterval == .seconds(1))
    #expect(configuration.services.map(\.id) == ["db", "api"])
    let database = configuration.services[0]
    #expect(database.run == .arguments(["docker", "run", "postgres"]))
    #expect(database.readiness == .port(5432))
    #expect(database.watch.exclude.last == .init("docs/**", origin: "devtop.toml:4"))
    let api = configuration.services[1]
    #expect(api.directory == configuration.root + "/backend")
    #expect(api.build == [BuildStep(.shell("go build -o tmp/api ."))])
    #expect(api.run == .shell("./tmp/api --verbose"))
    #expect(api.compiler == .go)
    #expect(api.watch.include.map(\.text) == ["**/*.go", "templates/**"])
    #expect(api.watch.exclude.last == .init("**/*_test.go", origin: "devtop.toml:15"))
    #expect(!api.watch.exclude.contains { $0.text == "docs/**" }, "docs/** of the root is not in backend")
    #expect(api.environment == ["GIN_MODE": "debug", "PORT": "8080", "FAST": "true"])
    #expect(api.environmentDefaults == ["LOG": "1"])
    #expect(api.envFiles == [api.directory + "/.env"])
    #expect(!api.usesTerminal)
    #expect(api.dependsOn == ["db"])
    #expect(api.readiness == .http(path: "/healthz", port: nil))
    #expect(api.readyTimeout == .seconds(90))
    #expect(api.stop == StopPolicy(signal: 2, grace: .seconds(2)))
    #expect(api.restart == .always)
    #expect(configuration.keys.map(\.action) == [.rebuild, .quit, .quit])
    #expect(configuration.keys.map(\.key) == [.character("b"), .character("q"), .control("g")])
    #expect(configuration.keys[0].origin.description == "devtop.toml:26:11")
    #expect(configuration.warnings.isEmpty)
    #expect(reading.origins["service.api.run"] == "devtop.toml:13")
    #expect(reading.origins["service.api.compiler"] == nil)
  }

  @Test(arguments: [
    ("\"started\"", Readiness.started), ("{ port = 1 }", .port(1)),
    ("{ log = \"listening on .*\" }", .log(pattern: "listening on .*")),
    ("{ http = \"/h\", port = 81 }", .http(path: "/h", port: 81)), ("\"listener\"", .listener),
  ])
  func `ready takes all its forms`(text: String, expected: Readiness) throws {
    let reading = try read("[service.a]\nrun = \"x\"\nready = \(text)\n")
    #expect(reading.configuration.services[0].readiness == expected)
  }

  @Test func `an empty service table says what is missing`() throws {
    #expect(
      try errors("[service.api]\n") == [
        "devtop.toml:1:10: service.api needs run or build: write run = \"COMMAND\""
      ])
  }

  @Test(arguments: [
    (
      "them = \"nord\"\n[service.a]\nrun=\"x\"",
      "devtop.toml:1:1: unknown key \"them\"; did you mean \"theme\"?"
    ),
    (
      "theme = \"nrod\"\n[service.a]\nrun=\"x\"",
      "devtop.toml:1:9: theme: there is no theme \"nrod\"; did you mean \"nord\"?"
    ),
    (
      "[service.a]\nrum = \"x\"\nrun=\"x\"",
      "devtop.toml:2:1: unknown key \"rum\" in [service.a]; did you mean \"run\"?"
    ),
    (
      "[service.a]\nrun = 5",
      "devtop.toml:2:7: service.a.run: expected a command: a string (through the shell) or a list of words (without), found the integer 5"
    ),
    (
      "[service.a]\nrun = \"x\"\ntty = \"yes\"",
      "devtop.toml:3:7: service.a.tty: expected true or false, found the string \"yes\""
    ),
    (
      "[service.a]\nrun = [\"x\", 3]",
      "devtop.toml:2:13: service.a.run: expected a string, found the integer 3"
    ),
    ("[service.a]\nrun = \"\"", "devtop.toml:2:7: service.a.run: the command is empty"),
    (
      "[service.a]\nrun = \"x\"\nrestart = \"on-failur\"",
      "devtop.toml:3:11: service.a.restart: \"on-failur\" is not a value of it; did you mean \"on-failure\"?"
    ),
    (
      "[service.a]\nrun = \"x\"\nstop = { signal = \"TERN\" }",
      "devtop.toml:3:19: service.a.stop.signal: there is no signal \"TERN\"; did you mean \"TERM\"?"
    ),
    (
      "[service.a]\nrun = \"x\"\nready_timeout = 10",
      "devtop.toml:3:17: service.a.ready_timeout: expected a duration such as \"10s\", \"500ms\" or \"1m30s\", found the integer 10"
    ),
    (
      "[service.a]\nrun = \"x\"\nready = { prot = 1 }",
      "devtop.toml:3:11: unknown key \"prot\" in [service.a.ready]; did you mean \"port\"?"
    ),
    (
      "[service.a]\nrun = \"x\"\nready = { port = 70000 }",
      "devtop.toml:3:18: service.a.ready.port: expected a port from 1 to 65535, found the integer 70000"
    ),
    (
      "[service.a]\nrun = \"x\"\nready = { log = \"(\" }",
      "devtop.toml:3:17: service.a.ready.log: at character 2 of the expression: missing closing parenthesis"
    ),
    (
      "[service.a]\nrun = \"x\"\ndir = \"nowhere\"",
      "devtop.toml:3:7: service.a.dir: there is no directory \"nowhere\""
    ),
    (
      "[service.a]\nrun = \"x\"\ndepends_on = [\"bd\"]\n[service.db]\nrun=\"y\"",
      "devtop.toml:3:15: service.a.depends_on: there is no service \"bd\"; did you mean \"db\"?"
    ),
    (
      "[service.api]\nrun = \"x\"\ndepends_on = \"db\"\n[service.db]\nrun = \"y\"\ndepends_on = \"api\"",
      "devtop.toml:3:14: services wait for each other: api → db → api; take one depends_on out"
    ),
    (
      "[service.a]\nrun = \"x\"\ndepends_on = [\"a\"]",
      "devtop.toml:3:15: services wait for each other: a → a; take one depends_on out"
    ),
    (
      "[service]\nrun = \"x\"",
      "devtop.toml:2:1: service.run: expected a table, found the string \"x\"; a service has a name: [service.NAME]"
    ),
    (
      "[service.\"a b\"]\nrun = \"x\"",
      "devtop.toml:1:10: \"a b\" is no name for a service; use letters, digits, `-`, `_` and `.`, 64 at most"
    ),
    (
      "[service.a]\nrun = \"x\"\n[keys]\nrebiuld = \"b\"",
      "devtop.toml:4:1: keys: there is no action \"rebiuld\"; did you mean \"rebuild\"?"
    ),
    (
      "[service.a]\nrun = \"x\"\n[keys]\nrebuild = \"bb\"",
      "devtop.toml:4:11: keys.rebuild: \"bb\" is no key; write it as b, R, ^D, F1, Space, Enter or PgUp"
    ),
    (
      "[service.a]\nrun = \"x\"\n[keys]\nrebuild = \"b\"\nquit = \"b\"",
      "devtop.toml:5:8: keys.quit: the key b is bound to rebuild already (line 4)"
    ),
    (
      "log_memory = \"lots\"\n[service.a]\nrun = \"x\"",
      "devtop.toml:1:14: log_memory: expected a size such as \"256M\", \"1G\" or \"512K\", or a number of bytes, found the string \"lots\""
    ),
    (
      "[watch]\npoll = \"sometimes\"\n[service.a]\nrun = \"x\"",
      "devtop.toml:2:8: watch.poll: expected \"auto\", true or false, found the string \"sometimes\""
    ),
    (
      "[service.a]\nrun = \"x\"\nremove_on_exit = [\"..\"]",
      "devtop.toml:3:19: service.a.remove_on_exit: only files and directories inside of the project can be removed"
    ),
    (
      "[service.a]\nrun = \"a\\u0000b\"",
      "devtop.toml:2:7: service.a.run: a NUL character cannot be part of it"
    ),
    (
      "[=]\n",
      "devtop.toml:1:2: not valid TOML: key: expected bare key starting character or string delimiter, saw '='"
    ),
    ("a = 1\nb = 1979-05-27T$07:32:00Z", "devtop.toml:2:1: not valid TOML: malformed value"),
    ("a = 1\na = 2", "devtop.toml:2:5: not valid TOML: key-value pair: cannot redefine existing integer 'a'"),
    (
      "",
      "devtop.toml:1:1: no service: write a table such as [service.api] with run = \"COMMAND\" (devtop init writes one)"
    ),
  ])
  func `an error names file, line, column, what is wrong and the nearest name`(text: String, message: String)
    throws
  {
    let found = try errors(text)
    #expect(found == [message], "\(found)")
  }

  @Test func `one pass names everything that is wrong`() throws {
    let found = try errors(
      "thme = 1\n[service.a]\nrum = 2\ntty = 3\n[service.b]\nrun = true\nrestart = \"no\"\n")
    #expect(
      found.map { String($0.prefix(16)) } == [
        "devtop.toml:1:1:", "devtop.toml:2:10", "devtop.toml:3:1:", "devtop.toml:4:7:", "devtop.toml:6:7:",
        "devtop.toml:7:11",
      ])
  }

  @Test(arguments: [("256M", 256 << 20), ("1G", 1 << 30), ("2048K", 2 << 20), ("5000000", 5_000_000)])
  func `sizes have units`(text: String, bytes: Int) { #expect(SizeText.parse(text) == bytes) }

  @Test(arguments: ["", "M", "-1M", "1T", "99999999999G", "1.5G", "1 M"])
  func `what is no size is refused`(text: String) { #expect(SizeText.parse(text) == nil) }

  @Test(arguments: [
    ("10s", Duration.seconds(10)), ("500ms", .milliseconds(500)), ("1m30s", .seconds(90)), ("0s", .zero),
    ("1.5h", .seconds(5400)), ("0", .zero), ("250us", .microseconds(250)),
  ])
  func `durations have units and are written back`(text: String, duration: Duration) {
    #expect(DurationText.parse(text) == duration)
    #expect(DurationText.parse(DurationText.text(duration)) == duration)
  }

  @Test(arguments: ["", "s", "10", "-1s", "1s2", "1 s", "1.2.3s", "9999999h", "infs", "1x"])
  func `what is no duration is refused`(text: String) { #expect(DurationText.parse(text) == nil) }

  @Test(arguments: [
    ("kitten", "sitting", 3), ("ab", "ba", 1), ("", "abc", 3), ("run", "run", 0), ("rebiuld", "rebuild", 1),
  ])
  func `a swap of neighbours counts once`(left: String, right: String, distance: Int) {
    #expect(NearestName.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
  }
}
