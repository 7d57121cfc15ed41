import ArgumentParser
import DevtopBackend
import DevtopCore
import DevtopLogs
import DevtopSupervisor
import DevtopTerminal
import Glibc

/// How a session is shown, and running it.
struct SessionOptions: ParsableArguments {
  @Flag(help: "One line an event instead of the dashboard (also when standard output is no terminal).")
  var plain = false

  @Flag(help: "One JSON object a line instead of the dashboard.")
  var json = false

  @Option(help: "The theme, by name or file; ^T goes through them.")
  var theme: String?

  @Option(help: "Colours: auto, never, 8, 16, 256, truecolor.")
  var color: String = "auto"

  @Flag(help: "Draw borders and states in ASCII.")
  var ascii = false

  func validate() throws {
    if plain, json { throw ValidationError("--plain and --json exclude each other.") }
    if ColorDepth(option: color) == nil, color != "auto" {
      throw ValidationError("--color takes auto, never, 8, 16, 256 or truecolor, not `\(color)`.")
    }
  }

  /// Runs a session to its end and leaves with its status.
  ///
  /// `introduction` are the first lines of its log, `farewell` is the last line on standard error.
  /// - Throws: `Failure` when it cannot begin.
  func runSession(
    _ invocation: Invocation, directory: String, file: String?, words: [String]?, introduction: [String] = [],
    farewell: String? = nil
  ) throws -> Never {
    let reread: @Sendable () -> Result<Configuration, ConfigurationRejection> = {
      Self.reread(invocation, directory: directory, file: file, words: words)
    }
    let reading = try invocation.readConfiguration(directory: directory, file: file, words: words)
    let configuration = reading.configuration
    do throws(SupervisorError) {
      // From here on there are three processes; this is devtop proper.
      try Launcher.launch { launcher in
        leave(launcher, farewell) { () throws(Failure) in
          try run(invocation, configuration, launcher, introduction: introduction, reread: reread)
        }
      }
    } catch {
      throw Failure.atRunTime("\(error)")
    }
  }

  /// Leaves with the status of the session.
  private func leave(
    _ launcher: Launcher, _ farewell: String?, after session: () throws(Failure) -> Int32
  ) -> Never {
    let status: Int32
    do throws(Failure) {
      status = try session()
    } catch {
      Main.leave(error)
    }
    if let farewell { StandardError.write(farewell) }
    launcher.sayGoodbye()
    Glibc.exit(status)
  }

  private func run(
    _ invocation: Invocation, _ configuration: Configuration, _ launcher: Launcher, introduction: [String],
    reread: @escaping @Sendable () -> Result<Configuration, ConfigurationRejection>
  ) throws(Failure) -> Int32 {
    Signals.block()
    let queue = EventQueue()
    Signals.forward(to: queue)
    let logs = LogStore(capacityInBytes: configuration.logMemoryInBytes) { SystemClock.wall }
    let frontEnd = makeFrontEnd(invocation, configuration, logs: logs, queue: queue)
    let backend: Backend
    do throws(SupervisorError) {
      backend = try Backend(
        configuration, logs: logs, handles: launcher.handles, environment: invocation.environment,
        readConfiguration: reread, onThemeChange: { queue.themeChanged() }, send: { queue.send($0) })
    } catch {
      frontEnd.finish(nil, at: SystemClock.wall)
      throw .atRunTime("\(error)")
    }
    let names = ServiceID.sentence(configuration.services.map(\.id))
    let chosen =
      configuration.explanation ?? "\(configuration.source.name): \(names) (devtop check shows all)"
    for line in introduction + [chosen] {
      logs.mark(line, level: nil, service: "devtop", run: 0)
    }
    let loop = SessionLoop(
      configuration: configuration, queue: queue, backend: backend, logs: logs, launcher: launcher,
      frontEnd: frontEnd, environment: invocation.environment)
    return loop.run()
  }

  @Sendable
  private static func reread(
    _ invocation: Invocation, directory: String, file: String?, words: [String]?
  ) -> Result<Configuration, ConfigurationRejection> {
    do throws(ConfigurationError) {
      let reading = try ConfigurationReader(directory: directory, environment: invocation.environment)
        .read(file: file, flags: invocation.airFlags, words: words)
      return .success(reading.configuration)
    } catch {
      return .failure(
        ConfigurationRejection(
          problems: error.problems.map { ConfigurationNotice($0.message, at: $0.position) }))
    }
  }

  /// The dashboard where there is a terminal for it, else lines.
  private func makeFrontEnd(
    _ invocation: Invocation, _ configuration: Configuration, logs: LogStore, queue: EventQueue
  ) -> any FrontEnd {
    let isInteractive = isatty(STDOUT_FILENO) == 1 && isatty(STDIN_FILENO) == 1
    if !plain, !json, isInteractive {
      do throws(TerminalError) {
        return try DashboardFrontEnd(
          DashboardFrontEnd.Options(
            theme: theme, configuredTheme: configuration.theme, depth: ColorDepth(option: color),
            usesASCII: ascii,
            root: configuration.root, environment: invocation.environment), logs: logs, queue: queue)
      } catch {
        StandardError.write("devtop: \(error.sentence) Going on with one line an event.")
      }
    }
    CommandReader.start(descriptor: STDIN_FILENO) { queue.send($0) }
    return StreamFrontEnd(json ? .json : .plain, logs: logs, queue: queue, descriptor: STDOUT_FILENO)
  }
}

extension ColorDepth {
  /// What `--color` names; nil for `auto` and for what it does not know.
  fileprivate init?(option: String) {
    if option == "never" {
      self = .none
    } else {
      self.init(rawValue: option)
    }
  }
}
