import DevtopCore
import DevtopSupervisor
import Glibc

/// When a run is ready.
extension ServiceRunner {
  /// A program whose ports are taken over tells itself when it listens.
  ///
  /// For one that listens elsewhere, say on a port of the kernel's choice, devtop looks after this long.
  private static let tellingPatience: Duration = .milliseconds(300)

  /// It is ready by what was asked of it.
  func answered(_ service: Service, _ port: UInt16?) {
    let (id, run) = (service.spec.id, service.run)
    if gateway.awaitsPort(id, run) { silent.insert(id) } else { silent.remove(id) }
    becameReady(service, port)
  }

  func becameReady(_ service: Service, _ port: UInt16?) {
    guard !service.isReady, live[service.key] === service else { return }
    service.isReady = true
    service.probe?.cancel()
    let shown = publicPort(of: service) ?? port
    if let shown { ports[service.spec.id] = shown }
    workshop.send(.processReady(service.spec.id, service.run, port: shown))
  }

  func begin(_ watch: ReadinessWatch, _ service: Service) {
    guard let process = service.process else { return }
    let isHanded = gateway.isHandedOver(service.spec.id, service.run)
    if isHanded { gateway.handedOver(service.spec.id, service.run) }
    // A socket that was handed over listens before the program does anything with it.
    if isHanded, service.spec.readiness == .listener {
      awaitAcceptance(service, gateway.knock(service.spec.id, service.run))
    } else {
      watch.begin(process.id)
      if gateway.awaitsPort(service.spec.id, service.run), !silent.contains(service.spec.id) {
        let reference = Reference(runner: self, service: service)
        workshop.thread.run(after: Self.tellingPatience) { reference.runner.ask(reference.service) }
      } else {
        ask(service)
      }
    }
    do throws(SupervisorError) {
      try watchListeners(service, process.id)
    } catch {
      sayUnwatched(error)
    }
  }

  /// Begins to ask whether it is ready.
  func ask(_ service: Service) {
    guard live[service.key] === service, !service.isReady, !service.isStopping, service.exit == nil else {
      return
    }
    do throws(SupervisorError) {
      try service.probe?.ask()
    } catch {
      sayUnwatched(error)
    }
  }

  private func sayUnwatched(_ error: SupervisorError) {
    workshop.send(.warned(ConfigurationNotice("readiness is not watched: \(error)")))
  }

  // MARK: Two runs at once

  /// The newer run that lives beside one, with what it has in the file system.
  func successor(of service: Service) -> (run: RunNumber, paths: [String])? {
    let newer = live.values.filter { $0.spec.id == service.spec.id && $0.run > service.run && !$0.isStopping }
    guard let next = newer.max(by: { $0.run < $1.run }), let process = next.process else { return nil }
    return (next.run, workshop.processes.supervisor.claimedPaths(of: process.id, in: next.spec.directory))
  }

  /// Tells when a run that has ended took with it what the next one has.
  func tellLostPaths(_ service: Service) {
    guard let (run, paths) = service.successor, live[Key(service: service.spec.id, run: run)] != nil,
      let lost = paths.first(where: { access($0, F_OK) != 0 })
    else { return }
    let directory = service.spec.directory + "/"
    let shown = lost.hasPrefix(directory) ? String(lost.dropFirst(directory.count)) : lost
    workshop.send(.pathLost(service.spec.id, run, path: shown))
  }

  func lookForListener(_ service: Service) {
    guard live[service.key] === service, !service.isReady, !service.isStopping else { return }
    _ = tellPortInUse(service, service.tail.contents)
  }
}
