import DevtopCore
import Glibc

/// The files in which the lines of services are kept; for one thread.
final class LogDirectory {
  private struct File {
    var descriptor: Int32
    var size: Int
  }

  private static let retryInterval = Duration.seconds(5)

  private let settings: LogFileSettings
  private let warn: (String) -> Void
  private var files: [ServiceID: File] = [:]
  private var hasWarned = false
  /// After a failure nothing is tried before this.
  private var retryAt: Instant?
  /// Bytes that could not be written.
  private var missing: [ServiceID: Int] = [:]

  init(_ settings: LogFileSettings, warn: @escaping (String) -> Void) {
    self.settings = settings
    self.warn = warn
  }

  /// Appends to the file of the service; where that fails, the bytes are counted and named in the file later.
  func write(_ text: [UInt8], of service: ServiceID) {
    if let retryAt, SystemClock.instant < retryAt {
      missing[service, default: 0] += text.count
      return
    }
    var text = text
    if let lost = missing.removeValue(forKey: service) {
      text = Array("⋯ \(lost) bytes could not be written\n".utf8) + text
    }
    let problem = append(text, to: service)
    retryAt = problem == nil ? nil : SystemClock.instant + Self.retryInterval
    guard let problem else { return }
    missing[service, default: 0] += text.count
    if !hasWarned { warn("\(problem); lines stay in memory alone until it works again") }
    hasWarned = true
  }

  func close() {
    for file in files.values { Glibc.close(file.descriptor) }
    files = [:]
  }

  /// - Returns: nil, or what failed.
  private func append(_ text: [UInt8], to service: ServiceID) -> String? {
    if let file = files[service], file.size > 0, file.size + text.count > settings.sizeInBytes {
      Glibc.close(file.descriptor)
      files[service] = nil
      rotate(service)
    }
    // People delete log files under a running program.
    if let file = files[service], isGone(file) {
      Glibc.close(file.descriptor)
      files[service] = nil
    }
    if files[service] == nil {
      FileSystem.makeDirectories(settings.directory, mode: 0o755)
      let path = path(service, 0)
      let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else { return "cannot write \(path): \(String(cString: strerror(errno)))" }
      var status = stat()
      fstat(descriptor, &status)
      files[service] = File(descriptor: descriptor, size: Int(status.st_size))
    }
    guard let file = files[service] else { return nil }
    let code = FileSystem.write(text, to: file.descriptor)
    guard code == 0 else {
      Glibc.close(file.descriptor)
      files[service] = nil
      return "cannot write \(path(service, 0)): \(String(cString: strerror(code)))"
    }
    files[service]?.size += text.count
    return nil
  }

  private func isGone(_ file: File) -> Bool {
    var status = stat()
    return fstat(file.descriptor, &status) == 0 && status.st_nlink == 0
  }

  /// `api.log`, and `api.1.log` for the newest that was set aside.
  private func path(_ service: ServiceID, _ age: Int) -> String {
    let name = String(service.name.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
    return "\(settings.directory)/\(name)\(age == 0 ? "" : ".\(age)").log"
  }

  private func rotate(_ service: ServiceID) {
    guard settings.count > 1 else {
      unlink(path(service, 0))
      return
    }
    for age in stride(from: settings.count - 2, through: 0, by: -1) {
      rename(path(service, age), path(service, age + 1))
    }
  }
}
