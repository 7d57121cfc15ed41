import CProcess
import Glibc

/// A program's thread that waits in bind(2) or listen(2).
struct PortCaller {
  let id: ProcessID
  let owner: String
  let notifications: OwnedDescriptor
  let call: devtop_port_call

  var run: UInt64 { id.number }

  /// Whether it still waits; only then what was read under its number was its own.
  var isWaiting: Bool { devtop_ports_is_waiting(notifications.number, call.id) != 0 }

  /// Its process: the kernel names the thread (seccomp_unotify(2)).
  func process() -> Int32? {
    guard call.thread > 0, let status = readFile("/proc/\(call.thread)/status", limit: 1 << 16) else {
      return nil
    }
    let key = Array("Tgid:".utf8)
    for line in status.split(separator: UInt8(ascii: "\n")) where line.starts(with: key) {
      return Int32(String(decoding: line.dropFirst(key.count).filter { $0 > 32 }, as: UTF8.self))
    }
    return nil
  }

  /// The address given to bind(2), as far as it can matter; an errno where the memory cannot be read.
  func address() -> Result<[UInt8], PortRefusal> {
    let length = min(Int(call.argument), MemoryLayout<sockaddr_in6>.size)
    guard length >= MemoryLayout<sockaddr_in>.size else { return .success([]) }
    var bytes = [UInt8](repeating: 0, count: length)
    let error = devtop_memory_read(call.thread, call.address, &bytes, length)
    return error == 0 ? .success(bytes) : .failure(.stranger(code: error))
  }
}

/// What becomes of a call.
struct PortOutcome {
  enum Answer: Hashable {
    /// Carried out here (0), or refused with an errno.
    case done(code: Int32)
    /// For the kernel to carry out.
    case pass
    /// Taken back by its caller.
    case none
  }

  var answer: Answer
  /// Told before the answer.
  var events: [PortEvent] = []

  static var pass: PortOutcome { PortOutcome(answer: .pass) }
  static var none: PortOutcome { PortOutcome(answer: .none) }

  static func refused(_ id: ProcessID, _ address: PortAddress, _ why: PortRefusal) -> PortOutcome {
    PortOutcome(answer: .done(code: why.code), events: [.refused(id, address, why: why)])
  }
}
