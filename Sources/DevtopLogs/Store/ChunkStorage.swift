import DevtopCore
import Glibc

/// The memory of one chunk: the text, one entry a line, one segment a read.
///
/// It is reserved at once but takes memory only as it is written. What lies below a published length never changes.
final class ChunkStorage: @unchecked Sendable {
  // Sendable: the one writer, under the store's lock, writes only above the lengths that readers were given
  // under that lock; `levels` has a lock of its own.

  /// One line: where it starts (20 bits) and flags.
  struct Entry {
    var raw: UInt32

    static let offsetMask: UInt32 = 0xF_FFFF
    /// Escapes, backspaces or overwritten text: must be cleaned before it is matched.
    static let isDirty: UInt32 = 1 << 20
    static let isTruncated: UInt32 = 1 << 21
    /// The level that was given with a marker, where there is one.
    static let levelShift: UInt32 = 22

    var offset: Int { Int(raw & Self.offsetMask) }
    var isDirty: Bool { raw & Self.isDirty != 0 }
    var isTruncated: Bool { raw & Self.isTruncated != 0 }
    var givenLevel: LogLevel? { LogLevel(rawValue: UInt8(raw >> Self.levelShift & 7)) }
  }

  /// Lines in a row of one source that were read together.
  struct Segment {
    var firstLine: UInt16
    /// Index in the chunk's own table of sources.
    var source: UInt16
    /// Milliseconds after the chunk's first time.
    var time: Int32
  }

  static let maximumTextCapacity = 1 << 20
  static let maximumLineCount = 1 << 16
  /// Entry (4), level cache (1); a segment comes with a read.
  static let costOfLineInBytes = 5
  static let costOfSegmentInBytes = MemoryLayout<Segment>.stride
  /// In `levels`: not looked at yet; 0 is "the line names none".
  static let unknownLevel: UInt8 = 0xFF

  let text: UnsafeMutablePointer<UInt8>
  let entries: UnsafeMutablePointer<Entry>
  let segments: UnsafeMutablePointer<Segment>
  /// Levels found so far, filled when a filter asks for them; shorter than the line count while nobody did.
  let levels = Locked<[UInt8]>([])
  /// Which lines go on with a record, as far as somebody asked.
  let marks = Locked<RecordMarks?>(nil)
  /// Lines that the program has printed over since.
  let superseded = Locked(LineSet(base: 0, end: 0))
  let textCapacity: Int
  private let base: UnsafeMutableRawPointer
  private let mappedSize: Int
  /// What the text is in, where it is not with the index.
  private let slab: TextSlab?

  /// Memory of its own, or with the text in `slab`; nil when the system has none.
  init?(textCapacity: Int, slab: (owner: TextSlab, text: UnsafeMutablePointer<UInt8>)? = nil) {
    let ownText = slab == nil ? textCapacity : 0
    let entriesSize = Self.maximumLineCount * MemoryLayout<Entry>.stride
    let segmentsSize = Self.maximumLineCount * MemoryLayout<Segment>.stride
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
    entries = (mapped + ownText).bindMemory(to: Entry.self, capacity: Self.maximumLineCount)
    segments = (mapped + ownText + entriesSize).bindMemory(
      to: Segment.self, capacity: Self.maximumLineCount)
  }

  /// Forgets what was found in the text, which another will overwrite.
  func forget() {
    levels.withLock { $0 = [] }
    marks.withLock { $0 = nil }
    superseded.withLock { $0 = LineSet(base: 0, end: 0) }
  }

  deinit { munmap(base, mappedSize) }
}
