import DevtopCore

/// One column of a row of a terminal.
struct TerminalCell: Equatable, Sendable {
  /// A scalar; with `clusterFlag`, the number of a cluster of the row; 0 for the right half of a wide character.
  var content: UInt32
  var style: TextStyle
  /// 1 or 2; 0 for the right half of a wide character.
  var width: UInt8

  static let clusterFlag: UInt32 = 1 << 31
  static let space: UInt32 = 0x20
  static let blank = TerminalCell(content: space, style: .plain, width: 1)

  /// What an erasure leaves: the background stays (xterm's "bce").
  static func erased(_ style: TextStyle) -> TerminalCell {
    TerminalCell(content: space, style: TextStyle(background: style.background), width: 1)
  }

  static func rightHalf(_ style: TextStyle) -> TerminalCell {
    TerminalCell(content: 0, style: style, width: 0)
  }

  var isRightHalf: Bool { width == 0 }
  /// The number of its cluster; nil for a single scalar.
  var cluster: Int? { content & Self.clusterFlag == 0 ? nil : Int(content & ~Self.clusterFlag) }
}
