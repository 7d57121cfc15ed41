import DevtopCore
import DevtopSupervisor

/// Measures the process trees of services at an interval; everything is called on the backend's thread.
final class Sampler {
  typealias Target = (service: ServiceID, run: RunNumber, process: ProcessID)

  private let workshop: Workshop
  private var timer: Int?
  private var interval: Duration = .zero
  /// CLOCK_MONOTONIC; sockets are counted from then on.
  private var nextCount = Instant(nanoseconds: 0)

  init(_ workshop: Workshop) { self.workshop = workshop }

  /// Measures at once and then at every interval; replaces the interval before.
  func sample(every interval: Duration, targets: @escaping () -> [Target]) {
    if let timer { workshop.thread.cancel(timer) }
    self.interval = interval
    let turn = Turn(sampler: self, targets: targets)
    turn.take()
  }

  private struct Turn: @unchecked Sendable {
    // Sendable: only touched inside of what runs on the backend's thread.
    let sampler: Sampler
    let targets: () -> [Target]

    func take() {
      let workshop = sampler.workshop
      let now = SystemClock.instant
      let countsSockets = now >= sampler.nextCount
      if countsSockets { sampler.nextCount = now + LeakWatch.spacing }
      for target in targets() {
        let sample = TreeSample.of(
          workshop.processes.supervisor.processes(of: target.process), countsSockets: countsSockets)
        workshop.send(
          .sampled(
            target.service, target.run,
            ProcessSample(
              processes: sample.pids.count, residentBytes: sample.residentBytes, cpuTime: sample.cpuTime,
              openFiles: sample.openFiles, closeWaitSockets: sample.closeWaitSockets)))
      }
      sampler.timer = workshop.thread.run(after: sampler.interval) { take() }
    }
  }
}
