import DevtopCore

/// The memory of one chunk: the text, one entry a line, one segment a read.
///
/// What lies below a published length never changes.
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

  /// Levels found so far, filled when a filter asks for them; shorter than the line count while nobody did.
  let levels = Locked<[UInt8]>([])
  /// Which lines go on with a record, as far as somebody asked.
  let marks = Locked<RecordMarks?>(nil)
  /// Lines that the program has printed over since.
  let superseded = Locked(LineSet(base: 0, end: 0))
  private let memory: ChunkMemory
  private let pool: ChunkPool?

  /// - Parameters:
  ///   - memory: what nobody else writes to.
  ///   - pool: what gets the memory in the end.
  init(_ memory: ChunkMemory, pool: ChunkPool? = nil) {
    self.memory = memory
    self.pool = pool
  }

  deinit { pool?.give(memory) }

  var text: UnsafeMutablePointer<UInt8> { memory.text }
  var entries: UnsafeMutablePointer<Entry> { memory.entries }
  var segments: UnsafeMutablePointer<Segment> { memory.segments }
  var textCapacity: Int { memory.textCapacity }
}
