import CScan

extension ClassSequence {
  /// What is rarest in logs of what every match of an expression has.
  ///
  /// - Returns: nil where nothing can be told, or it is not rare enough to be worth looking for.
  init?(regex: String, isCaseless: Bool) {
    var reader = ClassReader(regex, isCaseless: isCaseless)
    guard reader.read() else { return nil }
    let parts = reader.parts
    var best: (places: Range<Int>, rarity: Double)?
    for start in parts.indices where best?.rarity ?? 1 > Self.rarest {
      var known: [ByteClass] = []
      var rarity = 1.0
      for end in start..<min(parts.count, start + Int(SCAN_PLACES)) {
        guard let part = parts[end] else { break }
        if !known.contains(part) { known.append(part) }
        if known.count > Int(SCAN_CLASSES) { break }
        rarity *= part.frequency / 1_000
        if rarity < best?.rarity ?? Self.rareEnough { best = (start..<end + 1, rarity) }
        // More would cost more than it tells, unless it were all.
        if rarity < Self.rarest, reader.hasAssertions || parts.contains(nil) { break }
      }
    }
    guard let places = best?.places else { return nil }
    self.init(
      parts[places].compactMap { $0 }, startsMatch: places.lowerBound == 0,
      isWhole: places == parts.indices && !reader.hasAssertions)
  }

  /// At most every so many places it may be found by chance.
  private static let rareEnough = 0.002
  private static let rarest = 1e-6
}

/// Reads a regular expression as far as characters in a row can be told from it.
private struct ClassReader {
  private let bytes: [UInt8]
  private let isCaseless: Bool
  private var index = 0
  /// Nil: whatever may be there.
  private(set) var parts: [ByteClass?] = []
  /// There are anchors or word boundaries, which take no character.
  private(set) var hasAssertions = false

  init(_ regex: String, isCaseless: Bool) {
    bytes = Array(regex.utf8)
    self.isCaseless = isCaseless
  }

  /// What a part of the expression matches.
  private enum Atom {
    case one(ByteClass)
    /// A place, no character.
    case assertion
    /// A group, a reference, a character beyond ASCII.
    case anything
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    index += 1
    return true
  }

  /// - Returns: false where the expression is beyond this reader.
  mutating func read() -> Bool {
    while next != nil {
      guard let atom = atom(), let count = quantifier() else { return false }
      switch atom {
      case .assertion: hasAssertions = true
      case .anything: parts.append(nil)
      case .one(let characters):
        let part = (isCaseless ? characters.caseless : characters).withoutLineEnds
        let run = Array(repeating: part, count: count.least)
        parts += run
        // Behind so many more there are as many again in front of what follows.
        if count.mayBeMore { parts += [nil] + run }
      }
    }
    return true
  }

  private mutating func atom() -> Atom? {
    guard let byte = next else { return nil }
    index += 1
    switch byte {
    case UInt8(ascii: "|"), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
      return nil
    case UInt8(ascii: "^"), UInt8(ascii: "$"): return .assertion
    case UInt8(ascii: "."): return .one(.all)
    case UInt8(ascii: "{"):
      // A quantifier of a quantifier.
      return isQuantifier(at: index) ? nil : .one(ByteClass([byte]))
    case UInt8(ascii: "("): return skipGroup() ? .anything : nil
    case UInt8(ascii: "["): return characterClass().map(Atom.one)
    case UInt8(ascii: "\\"): return escape()
    case 0x80...:
      while let rest = next, rest & 0xC0 == 0x80 { index += 1 }
      return .anything
    default: return .one(ByteClass([byte]))
    }
  }

  private mutating func escape() -> Atom? {
    guard let byte = next else { return nil }
    index += 1
    switch byte {
    case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "A"), UInt8(ascii: "z"), UInt8(ascii: "Z"):
      return .assertion
    default: return Self.escaped(byte).map(Atom.one)
    }
  }

  /// What a backslash and a character stand for, in a class and out of one.
  private static func escaped(_ byte: UInt8) -> ByteClass? {
    switch byte {
    case UInt8(ascii: "d"): .digits
    case UInt8(ascii: "D"): ByteClass.digits.complement
    case UInt8(ascii: "w"): .words
    case UInt8(ascii: "W"): ByteClass.words.complement
    case UInt8(ascii: "s"): .spaces
    case UInt8(ascii: "S"): ByteClass.spaces.complement
    case UInt8(ascii: "t"): ByteClass([0x09])
    case 0x80...: nil
    default: ByteClass.words.contains(byte) ? nil : ByteClass([byte])
    }
  }

  /// Behind `[`.
  private mutating func characterClass() -> ByteClass? {
    let isNegated = take("^")
    var members = ByteClass([])
    var isFirst = true
    while let byte = next {
      index += 1
      if byte == UInt8(ascii: "]"), !isFirst { return finish(members, isNegated) }
      isFirst = false
      var low = byte
      if byte == UInt8(ascii: "\\") {
        guard let escaped = next, let set = Self.escaped(escaped) else { return nil }
        index += 1
        if "dDwWsS".utf8.contains(escaped) {
          members.formUnion(set)
          continue
        }
        low = escaped == UInt8(ascii: "t") ? 0x09 : escaped
      }
      // `[:alpha:]` and such, and what is beyond ASCII.
      if byte == UInt8(ascii: "["), let kind = next, ":.=".utf8.contains(kind) { return nil }
      if low >= 0x80 { return nil }
      members.insert(low)
      guard next == UInt8(ascii: "-"), index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "]") else {
        continue
      }
      let high = bytes[index + 1]
      guard high < 0x80, high >= low, high != UInt8(ascii: "\\"), high != UInt8(ascii: "[") else {
        return nil
      }
      for member in low...high { members.insert(member) }
      index += 2
    }
    return nil
  }

  /// Cases go before what is not in it: `[^a]` has no `A` where case does not matter.
  private func finish(_ members: ByteClass, _ isNegated: Bool) -> ByteClass {
    let members = isCaseless ? members.caseless : members
    return isNegated ? members.complement : members
  }

  /// Behind `(`: to the end of the group, which may be anything.
  private mutating func skipGroup() -> Bool {
    var depth = 1
    guard isPlainGroup() else { return false }
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\\"):
        if next == UInt8(ascii: "Q") { return false }
        index += 1
      case UInt8(ascii: "["):
        if characterClass() == nil { return false }
      case UInt8(ascii: "("):
        if !isPlainGroup() { return false }
        depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return true }
      default: break
      }
    }
    return false
  }

  /// Whether what is behind a bracket changes nothing for the rest of the expression, as modes, verbs and comments do.
  private func isPlainGroup() -> Bool {
    if next == UInt8(ascii: "*") { return false }
    guard next == UInt8(ascii: "?") else { return true }
    return index + 1 < bytes.count && ":=!<>P'".utf8.contains(bytes[index + 1])
  }

  /// Whether what is behind a brace may be the bounds of a quantifier; else the brace is one.
  private func isQuantifier(at place: Int) -> Bool {
    place < bytes.count && " ,0123456789".utf8.contains(bytes[place])
  }

  /// How often what is in front of it must be there; nil where that cannot be told.
  private mutating func quantifier() -> (least: Int, mayBeMore: Bool)? {
    var count = (least: 1, mayBeMore: false)
    switch next {
    case UInt8(ascii: "*"), UInt8(ascii: "?"): count = (0, true)
    case UInt8(ascii: "+"): count = (1, true)
    case UInt8(ascii: "{"):
      guard isQuantifier(at: index + 1) else { return count }
      guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
      let bounds = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        .split(separator: ",", omittingEmptySubsequences: false)
      guard (1...2).contains(bounds.count),
        bounds.joined().utf8.allSatisfy({ ByteClass.digits.contains($0) }),
        let least = Int(bounds[0]), bounds.count == 1 || bounds[1].isEmpty || Int(bounds[1]) != nil
      else { return nil }
      count = (least, bounds.count == 2 && bounds[1] != bounds[0])
      index = end
    default: return count
    }
    index += 1
    // Lazy, possessive: as many all the same.
    if !take("?") { _ = take("+") }
    count.least = min(count.least, Int(SCAN_PLACES) + 1)
    if count.least > Int(SCAN_PLACES) { count.mayBeMore = true }
    return count
  }
}
