extension FilterNode {
  /// Whether every line that this matches is matched by `other` too, as far as the two expressions tell; then an answer
  /// to `other` narrows down where to look, as it does while somebody types.
  func implies(_ other: FilterNode) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (_, .and(let parts)): return parts.allSatisfy(implies)
    case (.or(let parts), _): return parts.allSatisfy { $0.implies(other) }
    case (_, .or(let parts)) where parts.contains(where: implies): return true
    case (.and(let parts), _): return parts.contains { $0.implies(other) }
    case (.not(let own), .not(let wider)): return wider.implies(own)
    case (.text(let own), .text(let wider)): return own.implies(wider)
    case (.level(let own), .level(let wider)): return own.isSubset(of: wider)
    case (.service(let own), .service(let wider)): return own.allSatisfy(wider.contains)
    case (.run(let own), .run(let wider)): return own.allSatisfy(wider.contains)
    case (.stream(let own), .stream(let wider)): return own.isSubset(of: wider)
    case (.time(let own), .time(let wider)): return wider.contains(own)
    case (.field(let path, let own), .field(let other, let wider)):
      guard path == other else { return false }
      return wider.contains(.exists) || own.allSatisfy { own in wider.contains { own.implies($0) } }
    default: return false
    }
  }
}

extension TextPattern {
  /// Longer text, of the same or a stricter case.
  fileprivate func implies(_ other: TextPattern) -> Bool {
    guard isLiteral, other.isLiteral, other.isCaseless || !isCaseless else { return false }
    if !other.isCaseless { return source.contains(other.source) }
    guard source.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    return source.lowercased().contains(other.source.lowercased())
  }
}

extension FieldCondition {
  fileprivate func implies(_ other: FieldCondition) -> Bool {
    if case .quantity(let own, let kind) = self, case .quantity(let wider, let other) = other,
      kind == other
    {
      return wider.contains(own)
    }
    return self == other || other == .exists
  }
}
