import CScan

/// Characters in a row, each out of a class, without which a regular expression has no match in ASCII text.
struct ClassSequence: Sendable {
  /// The class of each place, as sets of bytes.
  let classes: [ByteClass]
  /// A match begins with it.
  let startsMatch: Bool
  /// It is all of the expression: where it is, there is a match.
  let isWhole: Bool
  private let scan: scan_sequence

  /// There are at most so many places and different classes as `scan_find_sequence` takes.
  init(_ classes: [ByteClass], startsMatch: Bool, isWhole: Bool) {
    self.classes = classes
    self.startsMatch = startsMatch
    self.isWhole = isWhole
    scan = Self.scan(classes)
  }

  /// Calls `body` with where the characters begin, then from the place that it returns, until there are none or it
  /// returns nil.
  func forEach(in text: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Int?) {
    withUnsafePointer(to: scan) { scan in
      text.forEachPlace({ scan_find_sequence($0, text.count, $1, scan) }, body)
    }
  }

  private static func scan(_ classes: [ByteClass]) -> scan_sequence {
    var sequence = scan_sequence()
    var known: [ByteClass] = []
    sequence.count = classes.count
    withUnsafeMutableBytes(of: &sequence.classes) { tables in
      withUnsafeMutableBytes(of: &sequence.places) { places in
        for (index, bytes) in classes.enumerated() {
          let number = known.firstIndex(of: bytes) ?? known.count
          places[index] = UInt8(number)
          if number < known.count { continue }
          known.append(bytes)
          for byte in 0..<0x80 where bytes.contains(UInt8(byte)) {
            tables[number * 16 + byte & 15] |= 1 << UInt8(byte >> 4)
          }
        }
      }
    }
    sequence.class_count = known.count
    return sequence
  }
}

/// A set of ASCII characters.
struct ByteClass: Equatable, Sendable {
  /// Bit `byte & 63` of the half that the byte is in.
  private var halves: (UInt64, UInt64) = (0, 0)

  init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { insert(byte) }
  }

  static let digits = ByteClass(0x30...0x39)
  static let words = ByteClass(Array(0x30...0x39) + Array(0x41...0x5A) + [0x5F] + Array(0x61...0x7A))
  /// Without the ends of lines, which are in no class.
  static let spaces = ByteClass([0x09, 0x0B, 0x0C, 0x20])
  /// What is in a line.
  static let all = ByteClass((0...0x7F).filter { $0 != 0x0A && $0 != 0x0D })

  var complement: ByteClass {
    var other = self
    other.halves = (~halves.0 & Self.all.halves.0, ~halves.1 & Self.all.halves.1)
    return other
  }

  var withoutLineEnds: ByteClass { complement.complement }

  mutating func insert(_ byte: UInt8) {
    if byte < 64 { halves.0 |= 1 << UInt64(byte) } else if byte < 128 { halves.1 |= 1 << UInt64(byte - 64) }
  }

  mutating func formUnion(_ other: ByteClass) {
    halves = (halves.0 | other.halves.0, halves.1 | other.halves.1)
  }

  /// With both cases of its letters.
  var caseless: ByteClass {
    var both = self
    for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
      if contains(byte) { both.insert(byte ^ 0x20) }
      if contains(byte ^ 0x20) { both.insert(byte) }
    }
    return both
  }

  func contains(_ byte: UInt8) -> Bool {
    byte < 64 ? halves.0 >> UInt64(byte) & 1 == 1 : byte < 128 && halves.1 >> UInt64(byte - 64) & 1 == 1
  }

  /// Roughly, of a thousand characters in a log, how many are in it.
  var frequency: Double {
    var sum = 0.5
    for byte in UInt8(0x20)..<0x7F where contains(byte) {
      switch byte {
      case 0x20: sum += 120
      case 0x30...0x39: sum += 25
      case 0x61...0x7A: sum += 20
      case 0x41...0x5A: sum += 3
      default: sum += 6
      }
    }
    return min(sum, 1_000)
  }

  static func == (left: ByteClass, right: ByteClass) -> Bool { left.halves == right.halves }
}
