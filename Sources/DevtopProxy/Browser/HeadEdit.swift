package import DevtopCore

/// What changes in a head, line by line, so that all other lines can go on byte for byte.
///
/// Indexes are those of the fields that the edit was made from.
package struct HeadEdit: Equatable, Sendable {
  package private(set) var removed: Set<Int> = []
  /// New values for lines that keep their names.
  package private(set) var values: [Int: String] = [:]
  /// Behind the last line.
  package private(set) var added: [HeaderField] = []

  package init() {}

  package var isEmpty: Bool { removed.isEmpty && values.isEmpty && added.isEmpty }

  package mutating func remove(_ index: Int) {
    removed.insert(index)
    values[index] = nil
  }

  package mutating func set(_ value: String, at index: Int) {
    guard !removed.contains(index) else { return }
    values[index] = value
  }

  package mutating func add(_ field: HeaderField) { added.append(field) }

  /// Both edits of one head; where they differ, a line is rather removed.
  package mutating func merge(_ other: HeadEdit) {
    for (index, value) in other.values { set(value, at: index) }
    for index in other.removed { remove(index) }
    added += other.added
  }

  /// The fields with the changes.
  package func applied(to fields: [HeaderField]) -> [HeaderField] {
    fields.indices.compactMap { index in
      guard !removed.contains(index) else { return nil }
      return values[index].map { HeaderField(fields[index].name, $0) } ?? fields[index]
    } + added
  }
}
