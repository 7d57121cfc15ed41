import CNcurses

/// Characters in a form whose columns every terminal agrees on.
///
/// Terminals differ on clusters with joiners, on U+FE0F, on flags and on scalars that are newer than they are.
/// The grid has given each its columns; what is sent takes exactly those, and spaces fill the rest.
struct SafeForm {
  let isUTF8: Bool
  private var known: [UInt32: Int] = [:]

  init(isUTF8: Bool) { self.isUTF8 = isUTF8 }

  /// What to put for a cell of `columns` columns; `second` goes into the second one where `scalars` take one only.
  mutating func form(of scalars: [UInt32], columns: Int) -> (scalars: [UInt32], second: UInt32?) {
    let space: UInt32? = columns == 2 ? 0x20 : nil
    guard let base = scalars.first else { return ([0x20], space) }
    if base < 0x7F, scalars.count == 1 { return (scalars, space) }
    guard isUTF8 else { return ([base < 0x7F ? base : UInt32(UInt8(ascii: "?"))], space) }
    if let letter = Self.letter(base) {
      // A flag: the letters of its country.
      return ([letter], space == nil ? nil : scalars.dropFirst().first.flatMap(Self.letter) ?? 0x20)
    }
    let width = width(of: base)
    guard width > 0, width <= columns else { return ([0xFFFD], space) }
    // Marks that take no column stay; a joiner and everything after it goes.
    var kept = [base]
    for scalar in scalars.dropFirst() {
      guard scalar != 0x200D else { break }
      if scalar != 0xFE0F, self.width(of: scalar) == 0 { kept.append(scalar) }
    }
    return (kept, width < columns ? 0x20 : nil)
  }

  /// The letter of a regional indicator.
  private static func letter(_ scalar: UInt32) -> UInt32? {
    (0x1F1E6...0x1F1FF).contains(scalar) ? scalar - 0x1F1E6 + 0x41 : nil
  }

  private mutating func width(of scalar: UInt32) -> Int {
    if let width = known[scalar] { return width }
    let width = Int(cncurses_width(scalar))
    if known.count >= 8_192 { known.removeAll(keepingCapacity: true) }
    known[scalar] = width
    return width
  }
}
