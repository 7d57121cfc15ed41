import Glibc

/// One inotify instance (`inotify(7)`).
final class Inotify {
  /// One event as it lies in the read buffer.
  struct Event {
    var watch: Int32
    var mask: UInt32
    var cookie: UInt32
    /// Not terminated; empty for events of the watched directory itself.
    var name: UnsafeBufferPointer<UInt8>

    func has(_ bits: UInt32) -> Bool { mask & bits != 0 }
  }

  static let created = UInt32(IN_CREATE)
  static let closedAfterWriting = UInt32(IN_CLOSE_WRITE)
  static let movedFrom = UInt32(IN_MOVED_FROM)
  static let movedTo = UInt32(IN_MOVED_TO)
  static let deleted = UInt32(IN_DELETE)
  static let attributes = UInt32(IN_ATTRIB)
  static let deletedSelf = UInt32(IN_DELETE_SELF)
  static let movedSelf = UInt32(IN_MOVE_SELF)
  static let overflow = UInt32(IN_Q_OVERFLOW)
  static let ignored = UInt32(IN_IGNORED)
  static let isDirectory = UInt32(IN_ISDIR)

  /// Everything about the entries of a directory.
  ///
  /// IN_MODIFY is left out: a file that is being written is looked at when
  /// it is closed, and a program that writes a log must not wake the watcher at each line.
  static let entries =
    created | closedAfterWriting | movedFrom | movedTo | deleted | attributes | UInt32(IN_EXCL_UNLINK)
    | UInt32(IN_ONLYDIR)
  static let ownFate = deletedSelf | movedSelf | UInt32(IN_ONLYDIR)

  /// A name came or went.
  static let namesChanged = created | movedFrom | movedTo | deleted

  let descriptor: Int32
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 8)

  /// Takes the descriptor over.
  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// Watches the open directory, whatever its path leads to by now; returns the watch, or the negated error number.
  ///
  /// By its path where `/proc` is not mounted.
  func add(descriptor directory: Int32, _ path: PathBuffer, _ mask: UInt32) -> Int32 {
    let watch = DescriptorPath.with(directory) { inotify_add_watch(descriptor, $0, mask) }
    if watch >= 0 { return watch }
    return errno == ENOENT ? add(path, mask) : -errno
  }

  /// Watches the directory; returns the watch, or the negated error number.
  func add(_ path: PathBuffer, _ mask: UInt32) -> Int32 {
    let watch = path.withCPath { inotify_add_watch(descriptor, $0, mask) }
    return watch >= 0 ? watch : -errno
  }

  func remove(_ watch: Int32) {
    // It fails when the directory is gone, and its watch with it.
    inotify_rm_watch(descriptor, watch)
  }

  /// Hands over what one `read(2)` gives; false when there is nothing (more).
  func read(_ handle: (Event) -> Void) -> Bool {
    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    guard count > 0, let base = buffer.baseAddress else { return false }
    let header = MemoryLayout<inotify_event>.size
    var offset = 0
    while offset + header <= count {
      let event = base.load(fromByteOffset: offset, as: inotify_event.self)
      let name = (base + offset + header).assumingMemoryBound(to: UInt8.self)
      let length = event.len == 0 ? 0 : strnlen(base + offset + header, Int(event.len))
      handle(
        Event(
          watch: event.wd, mask: event.mask, cookie: event.cookie,
          name: UnsafeBufferPointer(start: name, count: length)))
      offset += header + Int(event.len)
    }
    return true
  }
}

private func strnlen(_ text: UnsafeMutableRawPointer, _ limit: Int) -> Int {
  Glibc.strnlen(text.assumingMemoryBound(to: CChar.self), limit)
}

/// The path of an open file in `/proc`.
private enum DescriptorPath {
  static func with<Result>(_ descriptor: Int32, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      var end = 0
      func append(_ byte: UInt8) {
        buffer[end] = CChar(bitPattern: byte)
        end += 1
      }
      for byte in StaticString("/proc/self/fd/").bytes { append(byte) }
      var divisor: Int32 = 1
      while descriptor / divisor >= 10 { divisor *= 10 }
      while divisor > 0 {
        append(UInt8(ascii: "0") + UInt8(descriptor / divisor % 10))
        divisor /= 10
      }
      append(0)
      guard let base = buffer.baseAddress else { return withUnsafePointer(to: 0) { body($0) } }
      return body(base)
    }
  }
}

extension StaticString {
  fileprivate var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
