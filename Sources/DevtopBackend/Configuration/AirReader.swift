internal import DevtopCore
internal import Glibc

/// Reads air's configuration and says it in devtop's terms.
///
/// What differs, on purpose: a zero value is honoured (air takes its default then); a build starts at once unless
/// the file sets `delay`; without `send_interrupt` a run gets SIGTERM and one second, where air kills at once;
/// `poll = false` polls where the file system delivers no events, where air would see nothing.
struct AirReader {
  /// Absolute: what `root` is relative to.
  let directory: String
  /// The real environment.
  let environment: [String: String]
  let findings: ConfigurationFindings

  /// How long a run has after SIGTERM when the file does not ask for SIGINT.
  static let defaultGrace: Duration = .seconds(1)
  static let defaultProxyPort: UInt16 = 8090
  static let defaultCommand = "go build -o ./tmp/main ."
  static let defaultBinary = "./tmp/main"

  /// The configuration; `words` are those after `--`, which go to the application.
  func read(_ table: TomlTable, flags: AirFlags, words: [String]) -> Configuration {
    let tables = AirTable(table, flags: flags, findings: findings)
    var top = AirValues(table: tables.top, path: "", findings: findings)
    var build = AirValues(table: tables.tables["build"] ?? TomlTable(), path: "build", findings: findings)
    var misc = AirValues(table: tables.tables["misc"] ?? TomlTable(), path: "misc", findings: findings)
    var screen = AirValues(table: tables.tables["screen"] ?? TomlTable(), path: "screen", findings: findings)

    let root = Path.absolute(top.text("root") ?? ".", in: directory)
    let name = ServiceName.sanitized(Path.name(directory))
    let prefix = "service.\(name)"
    checkRoot(root, isAllowed: build.boolean("ignore_dangerous_root_dir") ?? false, at: tables.top["root"])
    top.origin("root", as: "\(prefix).dir")

    var service = ServiceSpec(id: ServiceID(name), directory: root)
    let scratch = Self.nonempty(top.text("tmp_dir")) ?? "tmp"
    let testdata = Self.nonempty(top.text("testdata_dir")) ?? "testdata"
    service.envFiles = (top.texts("env_files") ?? []).map { Path.absolute($0.text, in: root) }
    top.origin("env_files", as: "\(prefix).env_file")
    service.envFilesOverride = false

    readBuild(&build, into: &service, scratch: scratch, prefix: prefix)
    service.run = AirCommand(build: build, directory: root, findings: findings).run(words: words)
    for key in ["bin", "entrypoint", "full_bin", "args_bin"] { build.origin(key, as: "\(prefix).run") }
    readLife(&build, into: &service, prefix: prefix)
    service.watch = AirWatchReader(directory: root, findings: findings)
      .read(
        &build, neverWatched: [("tmp_dir", scratch), ("testdata_dir", testdata)], top: top, prefix: prefix)

    if misc.boolean("clean_on_exit") ?? false {
      misc.origin("clean_on_exit", as: "\(prefix).remove_on_exit")
      let path = Path.absolute(scratch, in: root)
      if DevtopServiceReader.isRemovable(path, of: service, root: directory) {
        service.removeOnExit = [path]
      } else {
        findings.warning(
          "misc.clean_on_exit has no effect: tmp_dir \(ConfigurationText.quoted(scratch)) is not inside of the "
            + "project, and devtop removes nothing else", at: misc.position(of: "clean_on_exit"))
      }
    }
    service.clearsLogOnBuild = screen.boolean("clear_on_rebuild") ?? false
    screen.origin("clear_on_rebuild", as: "\(prefix).clear_log_on_build")

    var proxy = AirValues(table: tables.tables["proxy"] ?? TomlTable(), path: "proxy", findings: findings)
    let proxyPort = proxy.port("proxy_port") ?? Self.defaultProxyPort
    // devtop is in front of the application's own port anyway.
    if proxy.boolean("enabled") ?? false { service.ports.port = proxyPort }
    proxy.origin("enabled", as: "\(prefix).port")
    proxy.origin("proxy_port", as: "\(prefix).port")

    var configuration = Configuration(
      projectName: Path.name(directory), root: directory, source: .file(findings.file), services: [service])
    readPolling(&build, into: &configuration)
    if !words.isEmpty {
      configuration.explanation =
        "the words after -- go to the application, as \(findings.file) is in effect"
    }
    return configuration
  }

  private func checkRoot(_ root: String, isAllowed: Bool, at entry: TomlTable.Entry?) {
    let place = entry?.value.place ?? TomlPlace(line: 0, column: 0)
    if !Path.isDirectory(root) {
      findings.problem("root: there is no directory \(root)", at: place)
    } else if !isAllowed, root == "/" || root == environment["HOME"] {
      findings.problem(
        "root: watching all of \(root) is hardly meant; start devtop in the project, or set "
          + "build.ignore_dangerous_root_dir = true", at: place)
    }
  }

  private func readBuild(
    _ build: inout AirValues, into service: inout ServiceSpec, scratch: String, prefix: String
  ) {
    let stopsOnError = build.boolean("stop_on_error") ?? false
    service.stopsOnBuildError = stopsOnError
    build.origin("stop_on_error", as: "\(prefix).stop_on_build_error")
    service.build = (build.texts("pre_cmd") ?? []).filter { !$0.text.isEmpty }
      .map { BuildStep(.shell($0.text), isRequired: stopsOnError) }
    build.origin("pre_cmd", as: "\(prefix).prepare")
    let command = build.text("cmd") ?? Self.defaultCommand
    // An empty command is a project without a build.
    if !command.allSatisfy(\.isWhitespace) { service.build.append(BuildStep(.shell(command))) }
    build.origin("cmd", as: "\(prefix).build")
    service.compiler = Compiler.inferred(from: service.build)
    service.cleanup = (build.texts("post_cmd") ?? []).filter { !$0.text.isEmpty }.map { .shell($0.text) }
    build.origin("post_cmd", as: "\(prefix).cleanup")
    let log = build.text("log") ?? "build-errors.log"
    if !log.isEmpty {
      service.buildLog = Path.absolute(log, in: Path.absolute(scratch, in: service.directory))
    }
    build.origin("log", as: "\(prefix).build_log")
  }

  private func readLife(_ build: inout AirValues, into service: inout ServiceSpec, prefix: String) {
    let interrupts = build.boolean("send_interrupt") ?? false
    let delay = build.killDelay("kill_delay")
    service.stop =
      interrupts
      ? StopPolicy(signal: SIGINT, grace: delay ?? StopPolicy().grace) : StopPolicy(grace: Self.defaultGrace)
    if interrupts, delay == .zero {
      findings.warning(
        "build.kill_delay of 0 kills the application right after the interrupt; give it time, as with \"5s\"",
        at: build.position(of: "kill_delay"))
    }
    build.origin("send_interrupt", as: "\(prefix).stop")
    build.origin("kill_delay", as: "\(prefix).stop")
    service.restart = build.boolean("rerun") ?? false ? .always : .never
    build.origin("rerun", as: "\(prefix).restart")
    let rerunDelay = build.milliseconds("rerun_delay")
    if service.restart == .always { service.restartDelay = rerunDelay ?? .milliseconds(500) }
    build.origin("rerun_delay", as: "\(prefix).restart_delay")
  }

  private func readPolling(_ build: inout AirValues, into configuration: inout Configuration) {
    if build.boolean("poll") ?? false { configuration.poll = .always }
    build.origin("poll", as: "watch.poll")
    guard let interval = build.milliseconds("poll_interval") else { return }
    build.origin("poll_interval", as: "watch.poll_interval")
    configuration.pollInterval = max(interval, .milliseconds(500))
    if interval > .zero, interval < .milliseconds(500) {
      findings.warning(
        "build.poll_interval is at least 500, as in air; write poll_interval in a devtop.toml for less",
        at: build.position(of: "poll_interval"))
    }
  }

  private static func nonempty(_ text: String?) -> String? {
    guard let text, !text.isEmpty else { return nil }
    return text
  }
}
