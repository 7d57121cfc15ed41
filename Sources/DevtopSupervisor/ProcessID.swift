/// A name for one started program and all its descendants, unique within a supervisor and never reused.
public struct ProcessID: Hashable, Comparable, Sendable, CustomStringConvertible {
  let number: UInt64

  /// `#` and a number.
  public var description: String { "#\(number)" }

  /// By the order of creation.
  public static func < (left: ProcessID, right: ProcessID) -> Bool { left.number < right.number }
}
