import DevtopCore
import DevtopSupervisor

/// Measures the process trees of services at an interval; everything is called on the backend's thread.
final class Sampler {
  typealias Target = (service: ServiceID, run: RunNumber, process: ProcessID)

  private let workshop: Workshop
  private var timer: Int?
  private var interval: Duration = .zero

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
      for target in targets() {
        let sample = TreeSample.of(workshop.processes.supervisor.processes(of: target.process))
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
