import DevtopCore
import Glibc

/// What devtop takes when nothing happens.
struct IdleRow: Row {
  let bench: Workbench
  let tree: Tree
  let effort: Effort

  private struct Reading {
    var time = Duration.zero
    var ticks = 0
    var bytes = 0
  }

  func measure() throws(BenchError) -> [Finding] {
    let (run, viewer) = try DevtopRun.onTerminal(bench, directory: tree.root)
    defer { run.end() }
    _ = try viewer.wait(for: "the first frame", atMost: .seconds(20))
    viewer.expect { screen in
      screen.text(row: 0).contains("sleeper running") || screen.text(row: 0).contains("sleeper ready")
    }
    _ = try viewer.wait(for: "the service", atMost: .seconds(20))
    // The first passes over the tree end, the start is over.
    Clock.sleep(.seconds(4))
    let processes = run.ownProcesses
    guard processes.count == 3 else {
      throw .unexpected("devtop has \(processes.count) processes, not 3: \(processes)")
    }
    let before = read(processes, viewer)
    let start = Clock.now
    Clock.sleep(.seconds(effort.seconds))
    let elapsed = Clock.now - start
    let after = read(processes, viewer)
    let cpu = after.time - before.time
    let share = cpu.inMilliseconds / elapsed.inMilliseconds * 100
    let bytes = after.bytes - before.bytes
    let memories = processes.map { (name: $0.name, memory: ProcessTable.memory($0.pid)) }
    let resident = memories.reduce(0) { $0 + $1.memory.residentInBytes }
    let proportional = memories.reduce(0) { $0 + $1.memory.proportionalInBytes }
    var result = Finding(
      name: "idle",
      what: "the same tree, dashboard on a pseudo-terminal, a service that sleeps, "
        + "\(effort.seconds) s: time on a CPU (schedstat) of launcher, devtop and guard, bytes written to the "
        + "terminal, resident memory (sum of the three)",
      measured:
        "\(Figure.rounded(share, digits: 4)) % of a core, \(bytes) bytes, \(Figure.megabytes(resident))",
      target: "< 0.1 %, 0 bytes, < 40 MB",
      verdict: share < 0.1 && bytes == 0 && resident < 40_000_000 ? .reached : .missed)
    let ticks = Double(after.ticks - before.ticks) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1_000
    result.details = [
      "CPU \(Figure.milliseconds(cpu)) by schedstat, \(Figure.number(ticks)) ms by stat's utime + stime",
      "memory by share of pages (PSS) \(Figure.megabytes(proportional))",
    ]
    for (name, memory) in memories {
      result.details.append(
        "\(name): resident \(Figure.megabytes(memory.residentInBytes)), "
          + "PSS \(Figure.megabytes(memory.proportionalInBytes)), own pages \(Figure.megabytes(memory.anonymousInBytes))"
      )
    }
    result.values = [
      ("cpu_percent", share), ("terminal_bytes", Double(bytes)), ("resident_bytes", Double(resident)),
      ("pss_bytes", Double(proportional)), ("seconds", elapsed.inMilliseconds / 1_000),
    ]
    return [result]
  }

  private func read(_ processes: [(name: String, pid: Int32)], _ viewer: Viewer) -> Reading {
    var reading = Reading()
    for process in processes {
      reading.time += ProcessTable.cpuTime(process.pid)
      reading.ticks += ProcessTable.ticks(process.pid)
    }
    reading.bytes = viewer.bytes
    return reading
  }
}
