import DevtopCore
import DevtopLogs
import DevtopSupervisor
import Glibc
import Testing

@testable import DevtopBackend

/// All tests with processes of the backend, one after the other.
@Suite(.serialized) enum BackendProcesses {}

/// A backend with one service in a directory of its own, and what it has told.
final class Bench {
  struct DeadlinePassed: Error, CustomStringConvertible {
    let description: String
  }

  let project: Project
  let configuration: Configuration
  let logs: LogStore
  private let backend: Backend
  private let told: Recording

  init(_ files: [String: String] = [:], _ change: (inout ServiceSpec) -> Void) throws {
    project = try Project(files)
    var spec = ServiceSpec(id: "api", directory: project.path)
    spec.usesTerminal = false
    spec.stop.grace = .milliseconds(500)
    change(&spec)
    configuration = Configuration(
      projectName: "shop", root: project.path, source: .commandLine, services: [spec])
    let logs = LogStore(capacityInBytes: 1 << 20) { WallTime(milliseconds: 0) }
    let told = Recording()
    (self.logs, self.told) = (logs, told)
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    backend = try Backend(
      configuration, logs: logs, handles: SupervisorHandles.startGuard(), environment: ["PATH": path],
      readConfiguration: { .failure(ConfigurationRejection(problems: [])) }, send: { told.add($0) })
  }

  func end() { #expect(backend.shutdown(configuration) == []) }

  func perform(_ effect: Effect) { backend.perform(effect, configuration) }

  var events: [Event] { told.events }

  /// Waits for an event that `matches`.
  ///
  /// - Throws: `DeadlinePassed` with what came instead.
  @discardableResult
  func event<Value>(_ matches: (Event) -> Value?) throws -> Value { try told.wait(matches) }

  func build(_ run: RunNumber) throws -> BuildOutcome {
    perform(.build("api", run, clean: false))
    return try outcome(run)
  }

  func outcome(_ run: RunNumber) throws -> BuildOutcome {
    try event { if case .buildFinished(_, run, let outcome) = $0 { outcome } else { nil } }
  }

  func start(_ run: RunNumber) throws {
    perform(.start("api", run))
    try event { if case .processStarted(_, run, _) = $0 { true } else { nil } }
  }

  func stop(_ run: RunNumber) throws {
    perform(.stop("api", run, StopPolicy(grace: .milliseconds(500))))
    try event { $0 == .processEnded("api", run) ? true : nil }
  }

  func text(_ name: String) -> String? {
    let path = project.path + "/" + name
    return Path.isFile(path) ? contents(path) : nil
  }

  /// Waits until a condition on files or processes holds.
  func wait<Value>(_ what: String, _ condition: () -> Value?) throws -> Value {
    for _ in 0..<3_000 {
      if let value = condition() { return value }
      poll(nil, 0, 10)
    }
    throw DeadlinePassed(description: "\(what) did not come; told: \(events)")
  }

  func pid(_ name: String) throws -> Int32 {
    try wait(name) { text(name).flatMap { Int32($0.split(separator: "\n").first ?? "") } }
  }
}

/// Events as they come from other threads.
final class Recording: Sendable {
  private let list = Locked<[Event]>([])
  private let bell = Wakeup()

  func add(_ event: Event) {
    list.withLock { $0.append(event) }
    bell.ring()
  }

  var events: [Event] { list.withLock { $0 } }

  @discardableResult
  func wait<Value>(_ matches: (Event) -> Value?) throws -> Value {
    let deadline = SystemClock.instant + .seconds(30)
    while true {
      for event in events { if let value = matches(event) { return value } }
      guard SystemClock.instant < deadline else {
        throw Bench.DeadlinePassed(description: "not told in time; told: \(events)")
      }
      bell.wait(atMost: deadline - SystemClock.instant)
    }
  }
}

/// Whether a process runs; a zombie does not.
func runs(_ pid: Int32) -> Bool {
  let text = contents("/proc/\(pid)/stat")
  guard let end = text.lastIndex(of: ")") else { return false }
  let state = text[end...].dropFirst(2).first
  return state != nil && state != "Z" && state != "X"
}

/// The text of a small file; empty where there is none.
func contents(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 12)
  return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
}
