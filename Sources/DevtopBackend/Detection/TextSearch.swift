extension Substring {
  /// The first range of a text, compared by bytes.
  func range(of text: String) -> Range<Index>? {
    let wanted = Array(text.utf8)
    guard let first = wanted.first else { return nil }
    var start = utf8.startIndex
    while let found = utf8[start...].firstIndex(of: first) {
      if utf8[found...].starts(with: wanted) { return found..<utf8.index(found, offsetBy: wanted.count) }
      start = utf8.index(after: found)
    }
    return nil
  }
}

extension String {
  func range(of text: String) -> Range<Index>? { self[...].range(of: text) }
  func contains(text: String) -> Bool { range(of: text) != nil }
}
