import CProcess
import DevtopCore
import Glibc

extension SupervisorCore {
  /// How long a spawn waits for the successor of a guard that died.
  private static let guardPatienceInMilliseconds: Int32 = 5000

  func spawn(_ spec: LaunchSpec, id: ProcessID, sink: @escaping OutputSink) throws(SpawnError)
    -> ProcessHandle
  {
    guard !spec.arguments.isEmpty else {
      throw .invalid("There is no program to start. Set `run` or `build`.")
    }
    let strings = [[spec.directory], spec.arguments, spec.environment].joined()
    if let bad = strings.first(where: { $0.utf8.contains(0) }) {
      throw .invalid(
        "`\(bad.split(separator: "\0").first ?? "")` holds a NUL byte, which no program can be given.")
    }
    guard let directory = absolute(spec.directory) else {
      throw .directory(path: spec.directory, code: errno)
    }
    guard spec.descriptors.count <= 12 else { throw .invalid("At most 12 descriptors can be passed on.") }
    state.withLock { $0.records[id.number] = Record(label: spec.label) }
    for _ in 0..<2 {
      let generation = state.withLock { $0.generation }
      var result = ask(spec, id: id, directory: directory)
      if result.pid > 0 { return accept(&result, spec: spec, id: id, sink: sink) }
      if result.stage == Int32(DEVTOP_STAGE_GUARD.rawValue), waitForGuard(after: generation) { continue }
      state.withLock { _ = $0.records.removeValue(forKey: id.number) }
      let path = withUnsafeBytes(of: result.path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw SpawnError(stage: result.stage, code: result.error, path: path, spec: spec, directory: directory)
    }
    state.withLock { _ = $0.records.removeValue(forKey: id.number) }
    throw .guardUnavailable
  }

  private func absolute(_ path: String) -> String? {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return nil }
    defer { free(current) }
    return path.isEmpty || path == "." ? String(cString: current) : String(cString: current) + "/" + path
  }

  private func ask(_ spec: LaunchSpec, id: ProcessID, directory: String) -> devtop_spawned {
    var result = devtop_spawned()
    var request = devtop_spawn()
    request.id = id.number
    if case .pty(let columns, let rows) = spec.terminal {
      request.terminal = 1
      request.columns = UInt16(clamping: max(1, columns))
      request.rows = UInt16(clamping: max(1, rows))
    }
    if case .takenOver = spec.ports { request.takes_over_ports = 1 }
    request.names_listener = spec.descriptorNames == nil ? 0 : 1
    withStringList(spec.arguments) { arguments in
      withStringList(spec.completeEnvironment) { environment in
        directory.withCString { directory in
          spec.descriptors.withUnsafeBufferPointer { descriptors in
            request.arguments = arguments
            request.environment = environment
            request.directory = directory
            request.descriptors = descriptors.baseAddress
            request.descriptor_count = Int32(descriptors.count)
            requests.withLock { socket in
              guard let socket else {
                result.stage = Int32(DEVTOP_STAGE_GUARD.rawValue)
                return
              }
              devtop_guard_spawn(socket, &request, &result)
            }
          }
        }
      }
    }
    return result
  }

  private func accept(
    _ result: inout devtop_spawned, spec: LaunchSpec, id: ProcessID, sink: @escaping OutputSink
  ) -> ProcessHandle {
    let main = OutputDescriptor(result.output)
    let isTerminal = spec.terminal != .pipes
    // The guard holds the process until its exit is reported, so its number is enough here.
    Glibc.close(result.pidfd)
    let opened = isTerminal ? devtop_open_terminal(result.output) : -1
    // Let go of, and closed, where the record is gone: an open end would keep the terminal from ending.
    let peer = opened >= 0 ? OutputDescriptor(opened) : nil
    state.withLock { state in
      // Absent when the tree ended already.
      state.records[id.number]?.pid = result.pid
      state.records[id.number]?.terminal = isTerminal ? main : nil
      state.records[id.number]?.peer = peer
    }
    if case .takenOver(let owner) = spec.ports {
      ports.add(
        id, owner: owner, notifications: result.notifications, restartsCalls: result.restarts_calls != 0)
      if state.withLock({ $0.records[id.number] == nil }) { ports.forget(id) }
    }
    if isTerminal {
      reader.add(main, stream: .terminal, id: id, sink: sink)
    } else {
      devtop_widen_pipe(result.output, 1 << 20)
      devtop_widen_pipe(result.error_output, 1 << 20)
      reader.add(main, stream: .output, id: id, sink: sink)
      reader.add(OutputDescriptor(result.error_output), stream: .error, id: id, sink: sink)
    }
    return ProcessHandle(id: id, pid: result.pid, label: spec.label)
  }

  /// Waits until the event thread has replaced the guard of `generation`; false when there will be none.
  private func waitForGuard(after generation: Int) -> Bool {
    guard let waiter = try? WakeUp() else { return false }
    let isReplaced: Bool? = state.withLock { state in
      if state.closing { return false }
      if state.generation > generation { return state.guardPID != nil }
      state.waiters.append(waiter)
      return nil
    }
    if let isReplaced { return isReplaced }
    _ = waiter.wait(milliseconds: Self.guardPatienceInMilliseconds)
    return state.withLock { $0.generation > generation && $0.guardPID != nil && !$0.closing }
  }
}

/// Calls `body` with a NULL-terminated list of C strings.
private func withStringList(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Void
) {
  var bytes: [CChar] = []
  var offsets: [Int] = []
  for string in strings {
    offsets.append(bytes.count)
    bytes.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
    bytes.append(0)
  }
  bytes.withUnsafeMutableBufferPointer { buffer in
    let pointers = offsets.map { offset in buffer.baseAddress.map { $0 + offset } } + [nil]
    pointers.withUnsafeBufferPointer { list in
      if let start = list.baseAddress { body(start) }
    }
  }
}
