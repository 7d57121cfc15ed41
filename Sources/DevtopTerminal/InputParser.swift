import DevtopCore

/// Bytes of a terminal as keys, pastes, mouse events and answers to queries.
///
/// Sequences after ECMA-48 §5.4 and xterm's ctlseqs. Whatever is not understood is swallowed whole: no part of a
/// sequence is ever taken for typed keys.
struct InputParser {
  /// One thing that the terminal said.
  enum Item: Equatable {
    case event(Event)
    /// The answer to OSC 11.
    case background(RGB)
    /// The answer to a query of device attributes (DA1).
    case attributes
    /// The answer to a query of status (DSR 5): what was written before has been shown.
    case status
  }

  /// Sequences of this terminal's own terminfo entry, without the leading ESC.
  private let keys: [[UInt8]: Key]
  private var pending: [UInt8] = []
  /// What was pasted so far; nil outside of a paste.
  private var paste: [UInt8]?

  static let pasteLimit = 1 << 20
  /// Longer sequences are nothing that a terminal sends.
  private static let sequenceLimit = 4_096

  private static let escape: UInt8 = 0x1B
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  init(keys: [[UInt8]: Key] = [:]) { self.keys = keys }

  /// Whether the bytes so far end inside of a sequence, or in an ESC that may begin one.
  var isWaiting: Bool { paste == nil && pending.first == Self.escape }

  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Item] {
    pending += bytes
    var items: [Item] = []
    var start = 0
    while start < pending.count {
      if paste != nil {
        guard let after = continuePaste(from: start, &items) else { break }
        start = after
        continue
      }
      guard let length = parse(pending[start...], &items) else { break }
      start += length
    }
    pending.removeFirst(min(start, pending.count))
    return items
  }

  /// No more bytes come for now: an ESC was the key.
  mutating func flush() -> [Item] {
    guard isWaiting else { return [] }
    let rest = pending.dropFirst()
    pending = []
    var items: [Item] = [.event(.key(.escape))]
    // `ESC [` and `ESC O` alone are Alt-[ and Alt-O: Esc and the key.
    if rest.count == 1 { items += feed(rest) }
    return items
  }

  // MARK: Pastes

  /// Takes pasted bytes; nil when all are taken.
  private mutating func continuePaste(from start: Int, _ items: inout [Item]) -> Int? {
    let rest = pending[start...]
    if let end = rest.firstIndex(of: Self.escape), rest[end...].starts(with: Self.pasteEnd) {
      paste?.append(contentsOf: rest[..<end])
      finishPaste(&items)
      return end + Self.pasteEnd.count
    }
    // The end may have come in part only.
    var keep = 0
    for length in stride(from: min(Self.pasteEnd.count - 1, rest.count), to: 0, by: -1)
    where rest.suffix(length).elementsEqual(Self.pasteEnd.prefix(length)) {
      keep = length
      break
    }
    // An ESC inside of the paste that does not end it is a byte like others.
    if let other = rest.dropLast(keep).firstIndex(of: Self.escape) {
      paste?.append(contentsOf: rest[...other])
      return other + 1
    }
    paste?.append(contentsOf: rest.dropLast(keep))
    pending = Array(rest.suffix(keep))
    if let count = paste?.count, count > Self.pasteLimit { finishPaste(&items) }
    return nil
  }

  private mutating func finishPaste(_ items: inout [Item]) {
    if let bytes = paste { items.append(.event(.pasted(String(decoding: bytes, as: UTF8.self)))) }
    paste = nil
  }

  // MARK: Sequences

  /// The length of the first key or sequence; nil where its end has not come yet.
  private mutating func parse(_ bytes: ArraySlice<UInt8>, _ items: inout [Item]) -> Int? {
    let first = bytes[bytes.startIndex]
    guard first == Self.escape else { return parseText(bytes, &items) }
    guard bytes.count > 1 else { return nil }
    let rest = bytes.dropFirst()
    switch rest[rest.startIndex] {
    case UInt8(ascii: "["): return parseControl(rest.dropFirst(), &items).map { $0 + 2 }
    case UInt8(ascii: "O"):
      guard let final = rest.dropFirst().first else { return nil }
      if let key = keys[Array(rest.prefix(2))] ?? Self.keypad(final) { items.append(.event(.key(key))) }
      return 3
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "X"):
      return parseString(rest, &items).map { $0 + 1 }
    case 0x20...0x7F:
      items.append(.event(.key(.alt(Character(Unicode.Scalar(rest[rest.startIndex]))))))
      return 2
    default:
      items.append(.event(.key(.escape)))
      return 1
    }
  }

  /// CSI: parameters, intermediates, a final byte.
  private mutating func parseControl(_ bytes: ArraySlice<UInt8>, _ items: inout [Item]) -> Int? {
    // The Linux console's F1 to F5 are `ESC [ [ A` to `E`.
    if bytes.first == UInt8(ascii: "[") {
      guard let final = bytes.dropFirst().first else { return nil }
      if (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(final) {
        items.append(.event(.key(.function(Int(final - UInt8(ascii: "A")) + 1))))
      }
      return 2
    }
    // X10's mouse: three bytes that may be anything.
    if bytes.first == UInt8(ascii: "M") { return bytes.count < 4 ? nil : 4 }
    guard let end = bytes.firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
      return bytes.count > Self.sequenceLimit ? bytes.count : nil
    }
    let length = end - bytes.startIndex + 1
    // Another ESC or a control character breaks the sequence off.
    guard (0x40...0x7E).contains(bytes[end]) else { return length - 1 }
    let parameters = bytes[..<end]
    if let key = keys[[UInt8(ascii: "[")] + bytes[...end]] {
      items.append(.event(.key(key)))
    } else {
      control(final: bytes[end], parameters, &items)
    }
    return length
  }

  private mutating func control(final: UInt8, _ parameters: ArraySlice<UInt8>, _ items: inout [Item]) {
    let isPrivate = parameters.first.map { (0x3C...0x3F).contains($0) } ?? false
    let numbers = (isPrivate ? parameters.dropFirst() : parameters)
      .split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
    switch final {
    case UInt8(ascii: "~"):
      if numbers.first == 200 {
        paste = []
      } else if let key = numbers.first.flatMap(Self.numbered) {
        items.append(.event(.key(key)))
      }
    case UInt8(ascii: "M"), UInt8(ascii: "m"):
      guard parameters.first == UInt8(ascii: "<"), numbers.count == 3 else { return }
      if let event = Self.mouse(numbers, isPress: final == UInt8(ascii: "M")) { items.append(.event(event)) }
    case UInt8(ascii: "c"): if isPrivate { items.append(.attributes) }
    case UInt8(ascii: "n"): if !isPrivate { items.append(.status) }
    // With other numbers it is a cursor position.
    case UInt8(ascii: "R") where numbers.count > 1 && numbers[0] != 1: break
    default: if !isPrivate, let key = Self.lettered(final) { items.append(.event(.key(key))) }
    }
  }

  /// OSC, DCS and their like, up to BEL or ST.
  private func parseString(_ bytes: ArraySlice<UInt8>, _ items: inout [Item]) -> Int? {
    var index = bytes.startIndex + 1
    while index < bytes.endIndex {
      if bytes[index] == 0x07 { break }
      if bytes[index] == Self.escape {
        guard index + 1 < bytes.endIndex else { return nil }
        break
      }
      index += 1
    }
    guard index < bytes.endIndex else { return bytes.count > Self.sequenceLimit ? bytes.count : nil }
    let text = String(decoding: bytes[(bytes.startIndex + 1)..<index], as: UTF8.self)
    if bytes.first == UInt8(ascii: "]"), let color = Self.color(text) { items.append(.background(color)) }
    let isTerminated = bytes[index] == 0x07 || bytes[index + 1] == UInt8(ascii: "\\")
    return index - bytes.startIndex + (bytes[index] == 0x07 ? 1 : isTerminated ? 2 : 0)
  }

  /// `11;rgb:1e1e/2222/aaaa`: each part has one to four hexadecimal digits.
  private static func color(_ text: String) -> RGB? {
    guard text.hasPrefix("11;rgb:") || text.hasPrefix("11;rgba:") else { return nil }
    let parts = text.drop { $0 != ":" }.dropFirst().split(separator: "/").prefix(3)
    let values = parts.compactMap { part -> UInt8? in
      guard (1...4).contains(part.utf8.count), let value = Int(part, radix: 16) else { return nil }
      return UInt8(value * 255 / ((1 << (4 * part.utf8.count)) - 1))
    }
    guard values.count == 3 else { return nil }
    return RGB(red: values[0], green: values[1], blue: values[2])
  }
}
