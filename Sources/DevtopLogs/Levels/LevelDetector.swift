import DevtopCore
enum LevelDetector {
  static func level(of line: UnsafeBufferPointer<UInt8>, isDirty: Bool) -> LogLevel? { nil }
}
