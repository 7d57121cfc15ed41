import CScan
import DevtopCore

/// Which kinds of messages each service printed in which run, so that what is new in a run can be told.
///
/// Lines that differ in numbers, ids, times and the values of fields are of one kind.
final class MessageTemplates: Sendable {
  /// A service with more kinds prints no messages but data: nothing of it is called new.
  private static let maximumCount = 20_000

  private struct Known {
    /// The first run that printed it.
    var firstRuns: [UInt64: RunNumber] = [:]
    var firstRun: RunNumber
    /// Something was not learned: what seems new may not be.
    var isIncomplete = false
  }

  private let services = Locked<[ServiceID: Known]>([:])

  /// What kind of message a line is.
  static func template(of line: UnsafeBufferPointer<UInt8>, isDirty: Bool) -> UInt64 {
    guard isDirty else { return line.baseAddress.map { scan_template($0, line.count) } ?? 0 }
    return LineText.plain(line).withUnsafeBufferPointer { template(of: $0, isDirty: false) }
  }

  func learn(_ templates: Set<UInt64>, of service: ServiceID, run: RunNumber) {
    services.withLock { services in
      var known = services.removeValue(forKey: service) ?? Known(firstRun: run)
      known.firstRun = min(known.firstRun, run)
      for template in templates {
        if let first = known.firstRuns[template] {
          if first > run { known.firstRuns[template] = run }
        } else if known.firstRuns.count < Self.maximumCount {
          known.firstRuns[template] = run
        } else {
          known.isIncomplete = true
        }
      }
      services[service] = known
    }
  }

  /// Lines of any service went by unread.
  func miss() {
    services.withLock { services in
      for service in services.keys { services[service]?.isIncomplete = true }
    }
  }

  /// Whether there was an earlier run, all of which is known.
  func knowsRun(before run: RunNumber, of service: ServiceID) -> Bool {
    services.withLock { $0[service].map { $0.firstRun < run && !$0.isIncomplete } ?? false }
  }

  /// Whether no run before this one printed such a message; false where that is not known.
  func isNew(_ template: UInt64, in run: RunNumber, of service: ServiceID) -> Bool {
    services.withLock { services in
      guard let known = services[service], known.firstRun < run, !known.isIncomplete else { return false }
      return known.firstRuns[template].map { $0 >= run } ?? true
    }
  }
}
