import DevtopCore
import DevtopSupervisor

/// Measures the process trees of services at an interval; everything is called on the backend's thread.
///
/// /proc is read on another one: with tens of thousands of connections that takes so long that a restart would wait.
final class Sampler {
  typealias Target = (service: ServiceID, run: RunNumber, process: ProcessID)

  private let workshop: Workshop
  private let thread = WorkThread()
  /// The interval that counts; a turn of an earlier one has no next turn.
  private var generation = 0
  /// CLOCK_MONOTONIC; sockets are counted from then on.
  private var nextCount = Instant(nanoseconds: 0)

  init(_ workshop: Workshop) { self.workshop = workshop }

  deinit { thread.stop() }

  /// Measures at once and then at every interval; replaces the interval before.
  func sample(every interval: Duration, targets: @escaping () -> [Target]) {
    generation += 1
    Turn(sampler: self, generation: generation, interval: interval, targets: targets).take()
  }

  private struct Turn: @unchecked Sendable {
    // Sendable: `sampler` and `targets` are only touched on the backend's thread.
    let sampler: Sampler
    let generation: Int
    let interval: Duration
    let targets: () -> [Target]

    func take() {
      guard generation == sampler.generation else { return }
      let workshop = sampler.workshop
      let now = SystemClock.instant
      let countsSockets = now >= sampler.nextCount
      if countsSockets { sampler.nextCount = now + LeakWatch.spacing }
      let trees = targets().map {
        ($0.service, $0.run, workshop.processes.supervisor.processes(of: $0.process))
      }
      let (thread, send, interval) = (workshop.thread, workshop.send, interval)
      sampler.thread.run {
        for (service, run, pids) in trees {
          send(.sampled(service, run, Self.sample(TreeSample.of(pids, countsSockets: countsSockets))))
        }
        thread.run(after: interval) { take() }
      }
    }

    private static func sample(_ tree: TreeSample) -> ProcessSample {
      ProcessSample(
        processes: tree.pids.count, residentBytes: tree.residentBytes, cpuTime: tree.cpuTime,
        openFiles: tree.openFiles, closeWaitSockets: tree.closeWaitSockets)
    }
  }
}
