import DevtopCore

/// The end of what a process has printed: what its crash report or its last words are read from.
final class OutputTail: Sendable {
  private let capacityInBytes: Int
  private let bytes = Locked<[UInt8]>([])

  init(capacityInBytes: Int) { self.capacityInBytes = capacityInBytes }

  func append(_ new: UnsafeRawBufferPointer) {
    bytes.withLock { bytes in
      if new.count >= capacityInBytes {
        bytes = Array(new.suffix(capacityInBytes))
        return
      }
      bytes.append(contentsOf: new)
      // Cut only when it has doubled, so that a flood does not move memory at every read.
      if bytes.count > 2 * capacityInBytes { bytes.removeFirst(bytes.count - capacityInBytes) }
    }
  }

  var contents: [UInt8] { bytes.withLock { Array($0.suffix(capacityInBytes)) } }
}
