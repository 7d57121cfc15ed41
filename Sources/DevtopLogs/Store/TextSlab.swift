import Glibc

/// The text of two chunks in one huge page (2 MiB on x86-64 and arm64): written for the first time, it costs one page
/// fault instead of 512, which are more than half of what a flood of lines costs.
final class TextSlab: @unchecked Sendable {
  // Sendable: `isHalfTaken` is changed by the store alone, under its lock; the memory is the chunks'.
  static let size = 2 << 20

  private let base: UnsafeMutableRawPointer
  private var isHalfTaken = false

  /// Nil when the system has no memory, or none that is aligned.
  init?() {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let mapped = mmap(nil, 2 * Self.size, PROT_READ | PROT_WRITE, flags, -1, 0), mapped != MAP_FAILED
    else { return nil }
    // What is before and behind the aligned half goes back.
    let offset = (Self.size - Int(bitPattern: mapped) % Self.size) % Self.size
    if offset > 0 { munmap(mapped, offset) }
    base = mapped + offset
    munmap(base + Self.size, Self.size - offset)
    madvise(base, Self.size, MADV_HUGEPAGE)
  }

  deinit { munmap(base, Self.size) }

  /// Memory for the text of one chunk, at most twice; `isLast`: nothing is left.
  func take() -> (text: UnsafeMutablePointer<UInt8>, isLast: Bool) {
    defer { isHalfTaken = true }
    let half = Self.size / 2
    let start = isHalfTaken ? base + half : base
    return (start.bindMemory(to: UInt8.self, capacity: half), isHalfTaken)
  }
}
