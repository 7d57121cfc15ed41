package import DevtopCore

extension TerminalModes {
  /// What a terminal in these modes sends for a key: xterm ctlseqs, "PC-Style Function Keys" and "Special Keyboard Keys".
  package func bytes(for key: Key) -> [UInt8] {
    switch key {
    case .character(let character): Array(String(character).utf8)
    case .control(let character):
      // The codes of `@ A … Z [ \ ] ^ _` without their upper bits.
      character == "?" ? [0x7F] : character.uppercased().utf8.first.map { [$0 & 0x1F] } ?? []
    case .alt(let character): [0x1B] + Array(String(character).utf8)
    case .enter: newLine ? [0x0D, 0x0A] : [0x0D]
    case .tab: [0x09]
    case .backTab: sequence("[Z")
    case .escape: [0x1B]
    case .backspace: [0x7F]
    case .delete: sequence("[3~")
    case .up: cursor("A")
    case .down: cursor("B")
    case .right: cursor("C")
    case .left: cursor("D")
    case .home: cursor("H")
    case .end: cursor("F")
    case .pageUp: sequence("[5~")
    case .pageDown: sequence("[6~")
    case .function(let number): function(number)
    }
  }

  /// What it sends for pasted text: no escape gets into it, so that it cannot end the brackets itself.
  package func bytes(forPasted text: String) -> [UInt8] {
    // A terminal's Enter is a carriage return.
    let bytes = text.utf8.filter { $0 != 0x1B }.map { $0 == 0x0A ? 0x0D : $0 }
    return bracketedPaste ? sequence("[200~") + bytes + sequence("[201~") : bytes
  }

  private func sequence(_ text: String) -> [UInt8] { [0x1B] + Array(text.utf8) }
  private func cursor(_ final: String) -> [UInt8] { sequence((applicationCursorKeys ? "O" : "[") + final) }

  private func function(_ number: Int) -> [UInt8] {
    let codes = [
      "OP", "OQ", "OR", "OS", "[15~", "[17~", "[18~", "[19~", "[20~", "[21~", "[23~", "[24~",
    ]
    return codes.indices.contains(number - 1) ? sequence(codes[number - 1]) : []
  }
}
