import DevtopCore
import Glibc
import Testing

@testable import DevtopBackend

@Suite struct AirFileTests {
  private func read(
    _ text: String, name: String = ".air.toml", arguments: [String] = [], words: [String]? = nil,
    files: [String: String] = [:], environment: [String: String] = [:]
  ) throws -> ConfigurationReading {
    let project = try Project(files)
    try project.write(name, text)
    let (flags, rest) = try AirFlags.take(arguments)
    #expect(rest.isEmpty)
    return try ConfigurationReader(directory: project.path, environment: environment)
      .read(flags: flags, words: words)
  }

  private func service(_ text: String, arguments: [String] = []) throws -> ServiceSpec {
    try #require(try read(text, arguments: arguments).configuration.services.first)
  }

  private func warnings(_ text: String) throws -> [String] {
    try read(text).configuration.warnings.map { "\($0.position?.description ?? ""): \($0.message)" }
  }

  @Test func `an empty file has air's defaults, built at once`() throws {
    let reading = try read("")
    let service = reading.configuration.services[0]
    #expect(reading.configuration.services.count == 1)
    #expect(service.directory == reading.configuration.root)
    #expect(service.build == [BuildStep(.shell("go build -o ./tmp/main ."))])
    #expect(service.run == .arguments(["./tmp/main"]))
    #expect(service.compiler == .go)
    #expect(service.watch.includeExtensions.map(\.text) == ["go", "tpl", "tmpl", "html"])
    #expect(service.watch.excludeDirectories.map(\.text) == ["assets", "tmp", "vendor", "testdata"])
    #expect(service.watch.excludeRegexes.map(\.text) == ["_test.go"])
    #expect(service.watch.delay == nil)
    #expect(service.watch.comparesContent)
    #expect(!service.watch.usesGitignore)
    #expect(service.watch.skipsHiddenDirectories)
    #expect(service.restart == .never)
    #expect(service.stop == StopPolicy(signal: SIGTERM, grace: .seconds(1)))
    #expect(service.buildLog == reading.configuration.root + "/tmp/build-errors.log")
    #expect(!service.envFilesOverride)
    #expect(reading.configuration.poll == .automatic)
    #expect(reading.configuration.warnings.isEmpty)
    #expect(reading.configuration.source == .file(".air.toml"))
  }

  @Test func `the generated file is read with one quiet note`() throws {
    let reading = try read(AirSamples.generated)
    let service = reading.configuration.services[0]
    #expect(service.watch.delay == .seconds(1))
    #expect(!service.watch.comparesContent)
    #expect(service.run == .arguments(["./tmp/main"]))
    #expect(reading.configuration.pollInterval == .milliseconds(500))
    #expect(service.restartDelay == nil)
    let notes = reading.configuration.warnings
    #expect(notes.count == 1)
    #expect(notes.first?.position?.description == ".air.toml:31")
    #expect(
      notes.first?.message
        == "10 keys of [color], [log], [proxy] and [screen] have no meaning here and say what air does anyway "
        + "(lines 31 to 52): nothing is lost")
  }

  @Test func `the port of its proxy is listened on, too`() throws {
    func port(_ text: String) throws -> UInt16? {
      try read("[proxy]\n" + text).configuration.services[0].ports.port
    }
    #expect(try port("enabled = true\nproxy_port = 9000") == 9000)
    #expect(try port("enabled = true\nproxy_port = 0") == 8090)
    #expect(try port("enabled = true") == 8090)
    #expect(try port("proxy_port = 9000") == nil)
    #expect(try port("enabled = false\nproxy_port = 9000") == nil)
  }

  @Test func `every key has its meaning`() throws {
    let reading = try read(AirSamples.everything, files: ["backend/main.go": "", "shared/x": ""])
    let configuration = reading.configuration
    let service = configuration.services[0]
    let root = configuration.root + "/backend"
    #expect(service.directory == root)
    #expect(service.envFiles == [root + "/.env", root + "/.env.local"])
    #expect(
      service.build == [
        BuildStep(.shell("templ generate")), BuildStep(.shell("echo two")),
        BuildStep(.shell("go build -race -o scratch/app ./cmd/app")),
      ])
    #expect(service.cleanup == [.shell("echo bye")])
    #expect(service.run == .arguments(["./scratch/app", "serve", "--port", "8080"]))
    let watch = service.watch
    #expect(watch.includeExtensions.map(\.text) == ["go", "templ"])
    #expect(watch.excludeDirectories.map(\.text) == ["node_modules", "web/dist", "scratch", "fixtures"])
    #expect(watch.include.map(\.text) == ["cmd/**", "../shared/**"])
    #expect(watch.extraRoots == [configuration.root + "/shared"])
    #expect(watch.includeFiles.map(\.text) == ["config.yaml"])
    #expect(watch.excludeFiles.map(\.text) == ["cmd/gen.go"])
    #expect(watch.excludeRegexes.map(\.text) == ["_test\\.go$", "\\.gen\\."])
    #expect(watch.excludeRegexes[0].origin == ".air.toml:16")
    #expect(!watch.comparesContent)
    #expect(watch.followsSymlinks)
    #expect(watch.delay == .zero)
    #expect(watch.rules.count == 1)
    #expect(watch.rules[0].name == "css")
    #expect(watch.rules[0].command == .shell("make css"))
    #expect(watch.rules[0].includeDirectories.map(\.text) == ["web"])
    #expect(watch.rules[0].includeExtensions.map(\.text) == ["css"])
    #expect(watch.rules[0].includeFiles.map(\.text) == ["web/theme.json"])
    #expect(watch.rules[0].excludeRegexes.map(\.text) == ["dist"])
    #expect(watch.rules[0].delay == .milliseconds(200))
    #expect(service.buildLog == root + "/scratch/errors.log")
    #expect(service.stopsOnBuildError)
    #expect(service.stop == StopPolicy(signal: SIGINT, grace: .milliseconds(500)))
    #expect(service.restart == .always)
    #expect(service.restartDelay == .zero)
    #expect(service.removeOnExit == [root + "/scratch"])
    #expect(service.clearsLogOnBuild)
    #expect(configuration.poll == .always)
    #expect(configuration.pollInterval == .milliseconds(700))
    #expect(configuration.warnings.isEmpty, "\(configuration.warnings)")
    let prefix = "service.\(service.id)."
    #expect(reading.origins[prefix + "build"] == ".air.toml:41")
    #expect(reading.origins[prefix + "delay"] == ".air.toml:22")
  }

  @Test func `the three shapes of guides run, and what they get wrong is named`() throws {
    let first = try read(AirSamples.metaTmpDir).configuration
    #expect(first.services[0].build == [BuildStep(.shell("go build -o ./tmp/main.bin ."))])
    #expect(first.services[0].run == .arguments(["tmp/main.bin"]))
    #expect(first.services[0].watch.delay == .seconds(1))
    #expect(
      try warnings(AirSamples.metaTmpDir) == [
        ".air.toml:8:3: meta.tmp_dir has no effect: air and devtop know no table [meta]; it belongs at the top, "
          + "before any table"
      ])
    let second = try read(AirSamples.watchTable).configuration
    #expect(second.services[0].run == .arguments(["./bin/app"]))
    #expect(second.services[0].watch.includeExtensions.map(\.text) == ["go", "tpl", "tmpl"])
    #expect(
      second.services[0].watch.excludeDirectories.map(\.text) == [".git", "node_modules", "tmp", "testdata"])
    #expect(
      try warnings(AirSamples.watchTable) == [
        ".air.toml:5:3: watch.include_ext is read as build.include_ext; air itself does not read it here: move it "
          + "to [build]",
        ".air.toml:6:3: watch.exclude_dir is read as build.exclude_dir; air itself does not read it here: move it "
          + "to [build]",
      ])
    #expect(try read(AirSamples.metaInvented).configuration.services[0].run == .arguments(["tmp/main.exe"]))
    #expect(
      try warnings(AirSamples.metaInvented) == [
        ".air.toml:8:3: meta.send_error_to_tty has no effect: air and devtop know no table [meta]; air has no such "
          + "key; take it out"
      ])
  }

  @Test(arguments: [
    ("[build]\nbin = \"./a\"", CommandSpec.arguments(["./a"])),
    ("[build]\nbin = \"app\"", .arguments(["./app"])),
    ("[build]\nbin = \"\"", .arguments(["./tmp/main"])),
    ("[build]\nbin = \"PORT=1 ./a\"", .shell("PORT=1 ./a")),
    ("[build]\nbin = \"./a\"\nargs_bin = [\"--port\", \"80\"]", .arguments(["./a", "--port", "80"])),
    ("[build]\nbin = \"./a\"\nargs_bin = [\"--port $PORT\"]", .shell("./a --port $PORT")),
    ("[build]\nbin = \"./a\"\nentrypoint = \"./b c\"", .arguments(["./b c"])),
    (
      "[build]\nbin = \"./a\"\nentrypoint = [\"dlv\", \"exec\", \"./a\"]", .arguments(["dlv", "exec", "./a"])
    ),
    ("[build]\nentrypoint = [\"./b\"]\nfull_bin = \"A=1 ./c\"\nargs_bin = [\"x\"]", .shell("A=1 ./c x")),
    ("[build]\nentrypoint = [\"./b b\"]\nargs_bin = [\"$X\"]", .shell("'./b b' $X")),
  ])
  func `full_bin wins over entrypoint, entrypoint over bin`(text: String, run: CommandSpec) throws {
    #expect(try service(text).run == run)
  }

  @Test func `words behind -- go to the application, quoted where a shell reads them`() throws {
    let plain = try read("", words: ["--name", "two words"])
    #expect(plain.configuration.services[0].run == .arguments(["./tmp/main", "--name", "two words"]))
    #expect(
      plain.configuration.explanation == "the words after -- go to the application, as .air.toml is in effect"
    )
    let shell = try read("[build]\nfull_bin = \"X=1 ./a\"", words: ["two words"])
    #expect(shell.configuration.services[0].run == .shell("X=1 ./a 'two words'"))
  }

  @Test(arguments: [
    ("[build]\nsend_interrupt = true", StopPolicy(signal: SIGINT, grace: .seconds(5))),
    ("[build]\nsend_interrupt = true\nkill_delay = 500", .init(signal: SIGINT, grace: .milliseconds(500))),
    ("[build]\nsend_interrupt = true\nkill_delay = 2000000000", .init(signal: SIGINT, grace: .seconds(2))),
    (
      "[build]\nsend_interrupt = true\nkill_delay = \"1.5s\"",
      .init(signal: SIGINT, grace: .milliseconds(1500))
    ),
    ("[build]\nkill_delay = \"3s\"", .init(signal: SIGTERM, grace: .seconds(1))),
  ])
  func `kill_delay is the grace after an interrupt`(text: String, stop: StopPolicy) throws {
    #expect(try service(text).stop == stop)
  }

  @Test func `pre_cmd fails a build only with stop_on_error`() throws {
    let text = "[build]\npre_cmd = [\"a\"]\n"
    #expect(try service(text).build[0] == BuildStep(.shell("a"), isRequired: false))
    #expect(try service(text + "stop_on_error = true").build[0] == BuildStep(.shell("a")))
  }

  @Test func `an asterisk is every extension`() throws {
    #expect(try service("[build]\ninclude_ext = [\"*\"]").watch.includeExtensions.isEmpty)
  }

  @Test func `keys match in title case, and twice is an error`() throws {
    #expect(try service("Tmp_Dir = \"x\"\n[Build]\nCmd = \"make\"").build == [BuildStep(.shell("make"))])
    #expect(throws: ConfigurationError.self) { try service("root = \".\"\nRoot = \".\"") }
  }

  @Test(arguments: [
    ("[build]\ncmd = 5", ".air.toml:2:7: build.cmd: expected a string, found the integer 5"),
    (
      "[build]\ndelay = \"soon\"",
      ".air.toml:2:9: build.delay: expected a number of milliseconds or a string such as \"500ms\", found the string \"soon\""
    ),
    (
      "[build]\ndelay = -1",
      ".air.toml:2:9: build.delay: expected a number of milliseconds or a string such as \"500ms\", found the integer -1"
    ),
    (
      "[build]\nexclude_regex = [\"a\", \"(\"]",
      ".air.toml:2:23: build.exclude_regex: at character 2 of the expression: missing closing parenthesis"
    ),
    (
      "[build]\npoll = \"true\"",
      ".air.toml:2:8: build.poll: expected true or false, found the string \"true\""
    ),
    ("build = 1", ".air.toml:1:9: build: expected a table, found the integer 1"),
    ("root = \"nowhere\"", ".air.toml:1:8: root: there is no directory "),
    (
      "root = \"/\"",
      ".air.toml:1:8: root: watching all of / is hardly meant; start devtop in the project, or set build.ignore_dangerous_root_dir = true"
    ),
    ("[[build.rules]]\nname = \"x\"", ".air.toml:1:1: build.rules.1 needs cmd = \"COMMAND\""),
  ])
  func `a wrong value has a place`(text: String, message: String) throws {
    do {
      _ = try read(text)
      Issue.record("no error")
    } catch let error as ConfigurationError {
      #expect(error.description.hasPrefix(message), "\(error)")
    }
  }

  @Test(arguments: [
    (
      "[build]\ncmdd = \"x\"",
      ".air.toml:2:1: build.cmdd has no effect: air and devtop know no such key; did you mean \"cmd\"?"
    ),
    ("shell = \"zsh\"", ".air.toml:1:1: shell has no effect: air and devtop know no such key; take it out"),
    (
      "cmd = \"make\"",
      ".air.toml:1:1: cmd has no effect: air and devtop know no such key; it belongs in [build]"
    ),
    (
      "[run]\ncmd = \"x\"",
      ".air.toml:1:2: [run] (cmd) has no effect: air and devtop know no such table; take it out"
    ),
    (
      "[biuld]\ncmd = \"x\"",
      ".air.toml:1:2: [biuld] (cmd) has no effect: air and devtop know no such table; did you mean [build]?"
    ),
    (
      "[color]\nmain = \"red\"",
      ".air.toml:2:1: color.main has no meaning here: devtop's colours are a theme: press ^T, or name one with --theme"
    ),
    (
      "[proxy]\nenabled = true\napp_port = 3000",
      ".air.toml:3:1: proxy.app_port has no meaning here: devtop finds the port that the application listens on by itself"
    ),
    (
      "[misc]\nstartup_banner = \"hi\"",
      ".air.toml:2:1: misc.startup_banner has no meaning here: devtop prints no banner; take it out"
    ),
    (
      "[build]\npoll_interval = 100",
      ".air.toml:2:1: build.poll_interval is at least 500, as in air; write poll_interval in a devtop.toml for less"
    ),
    (
      "[build]\nsend_interrupt = true\nkill_delay = 0",
      ".air.toml:3:1: build.kill_delay of 0 kills the application right after the interrupt; give it time, as with \"5s\""
    ),
    (
      "tmp_dir = \"..\"\n[misc]\nclean_on_exit = true",
      ".air.toml:3:1: misc.clean_on_exit has no effect: tmp_dir \"..\" is not inside of the project, and devtop removes nothing else"
    ),
    (
      "[build]\ninclude_ext = [\"go\"]\n[watch]\ninclude_ext = [\"c\"]",
      ".air.toml:4:1: watch.include_ext has no effect: [build] has include_ext too; take this one out"
    ),
    (
      "[build.linux]\ndelay = 1",
      ".air.toml:2:1: build.linux.delay has no effect: air and devtop know no such key; it belongs in [build]"
    ),
    (
      "[screen]\nkeep_scroll = true",
      ".air.toml:2: screen.keep_scroll has no meaning here and says what air does anyway (line 2): nothing is lost"
    ),
    ("[build.windows]\nbin = \"x\"", ""),
  ])
  func `what has no meaning is named with its line`(text: String, warning: String) throws {
    #expect(try warnings(text) == (warning.isEmpty ? [] : [warning]))
  }

  @Test func `a home directory is no project unless the file insists`() throws {
    let project = try Project([".air.toml": ""])
    let home = ["HOME": project.path]
    #expect(throws: ConfigurationError.self) {
      try ConfigurationReader(directory: project.path, environment: home).read()
    }
    try project.write(".air.toml", "[build]\nignore_dangerous_root_dir = true")
    let reading = try ConfigurationReader(directory: project.path, environment: home).read()
    #expect(reading.configuration.services[0].directory == project.path)
  }

  @Test func `flags win over the file and name themselves`() throws {
    let reading = try read(
      "[build]\ncmd = \"make\"\ninclude_ext = [\"c\"]",
      arguments: [
        "--build.cmd", "go build", "-build.delay=5", "--build.poll", "true", "--build.include_ext", "go,html",
        "--build.include_ext=tmpl", "--tmp_dir", "scratch",
      ])
    let service = reading.configuration.services[0]
    #expect(service.build == [BuildStep(.shell("go build"))])
    #expect(service.watch.delay == .milliseconds(5))
    #expect(service.watch.includeExtensions.map(\.text) == ["go", "html", "tmpl"])
    #expect(service.watch.includeExtensions[0].origin == "--build.include_ext")
    #expect(service.buildLog == reading.configuration.root + "/scratch/build-errors.log")
    #expect(reading.configuration.poll == .always)
    #expect(reading.origins["service.\(service.id).build"] == "--build.cmd")
  }

  @Test(arguments: [
    (["--build.cdm", "x"], "--build.cdm: unknown flag; did you mean \"build.cmd\"?"),
    (["--build.cmd"], "--build.cmd: a value is missing: --build.cmd VALUE"),
    (["--build.poll", "maybe"], "--build.poll: expected true or false, found \"maybe\""),
    (
      ["--build.delay", "soon"],
      "--build.delay: build.delay: expected a number of milliseconds or a string such as \"500ms\", found the string \"soon\""
    ),
  ])
  func `a wrong flag is named`(arguments: [String], message: String) throws {
    do {
      _ = try read("", arguments: arguments)
      Issue.record("no error")
    } catch let error as ConfigurationError {
      #expect(error.description == message)
    }
  }

  @Test func `flags of devtop, words behind -- and versions in names stay`() throws {
    let (flags, rest) = try AirFlags.take([
      "--plain", "--config", "a.toml", "--build.cmd=x", "run", "-c", "1.5", "--", "--build.cmd", "y",
    ])
    #expect(rest == ["--plain", "--config", "a.toml", "run", "-c", "1.5", "--", "--build.cmd", "y"])
    #expect(flags.flags.map(\.name) == ["build.cmd"])
  }
}
