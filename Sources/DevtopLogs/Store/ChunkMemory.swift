import DevtopCore
import Glibc

/// The memory of a chunk, which another takes over when nobody reads the first any more.
///
/// It is reserved at once but takes memory only as it is written.
final class ChunkMemory: @unchecked Sendable {
  // Sendable: the pointers never change; who may write where is `ChunkStorage`'s rule.
  let text: UnsafeMutablePointer<UInt8>
  let entries: UnsafeMutablePointer<ChunkStorage.Entry>
  let segments: UnsafeMutablePointer<ChunkStorage.Segment>
  let textCapacity: Int
  private let base: UnsafeMutableRawPointer
  private let mappedSize: Int
  /// What the text is in, where it is not with the index.
  private let slab: TextSlab?

  /// Memory of its own, or with the text in `slab`; nil when the system has none.
  init?(textCapacity: Int, slab: (owner: TextSlab, text: UnsafeMutablePointer<UInt8>)? = nil) {
    let ownText = slab == nil ? textCapacity : 0
    let lineCount = ChunkStorage.maximumLineCount
    let entriesSize = lineCount * MemoryLayout<ChunkStorage.Entry>.stride
    let segmentsSize = lineCount * MemoryLayout<ChunkStorage.Segment>.stride
    mappedSize = ownText + entriesSize + segmentsSize
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let mapped = mmap(nil, mappedSize, PROT_READ | PROT_WRITE, flags, -1, 0), mapped != MAP_FAILED
    else { return nil }
    // A huge page would make the untouched part of the index resident (madvise(2)).
    madvise(mapped, mappedSize, MADV_NOHUGEPAGE)
    base = mapped
    self.textCapacity = textCapacity
    self.slab = slab?.owner
    text = slab?.text ?? mapped.bindMemory(to: UInt8.self, capacity: textCapacity)
    entries = (mapped + ownText).bindMemory(to: ChunkStorage.Entry.self, capacity: lineCount)
    segments = (mapped + ownText + entriesSize).bindMemory(to: ChunkStorage.Segment.self, capacity: lineCount)
  }

  deinit { munmap(base, mappedSize) }
}

/// Memory that was written before costs no page faults, which are half of what a flood of lines costs.
final class ChunkPool: Sendable {
  private struct Guarded {
    var free: [ChunkMemory] = []
    var limit = 0
  }

  private let guarded = Locked(Guarded())

  /// How much is kept for later, in chunks.
  func setLimit(_ limit: Int) {
    let excess = guarded.withLock { guarded in
      guarded.limit = limit
      let excess = guarded.free
      guarded.free = []
      return excess
    }
    // The memory goes back to the system outside of the lock.
    _ = excess
  }

  func take(textCapacity: Int) -> ChunkMemory? {
    guarded.withLock { guarded in
      guarded.free.lastIndex { $0.textCapacity == textCapacity }.map { guarded.free.remove(at: $0) }
    }
  }

  func give(_ memory: ChunkMemory) {
    guarded.withLock { guarded in
      if guarded.free.count < guarded.limit { guarded.free.append(memory) }
    }
  }
}
