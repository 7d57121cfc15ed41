/// The POSIX character classes of bracket expressions, in ASCII as git has them.
enum CharacterClass {
  /// Whether the byte is in the class; nil when no class has this name.
  static func contains(_ byte: UInt8, in name: UnsafeBufferPointer<UInt8>) -> Bool? {
    let isUpper = byte >= 0x41 && byte <= 0x5A
    let isLower = byte >= 0x61 && byte <= 0x7A
    let isDigit = byte >= 0x30 && byte <= 0x39
    let isGraphic = byte > 0x20 && byte < 0x7F
    if named(name, "alnum") { return isUpper || isLower || isDigit }
    if named(name, "alpha") { return isUpper || isLower }
    if named(name, "blank") { return byte == 0x20 || byte == 0x09 }
    if named(name, "cntrl") { return byte < 0x20 || byte == 0x7F }
    if named(name, "digit") { return isDigit }
    if named(name, "graph") { return isGraphic }
    if named(name, "lower") { return isLower }
    if named(name, "print") { return isGraphic || byte == 0x20 }
    if named(name, "punct") { return isGraphic && !(isUpper || isLower || isDigit) }
    // git's own table knows four kinds of white space, without vertical tab and form feed.
    if named(name, "space") { return byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    if named(name, "upper") { return isUpper }
    if named(name, "xdigit") { return isDigit || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) }
    return nil
  }

  private static func named(_ name: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
    guard name.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { $0.elementsEqual(name) }
  }
}
