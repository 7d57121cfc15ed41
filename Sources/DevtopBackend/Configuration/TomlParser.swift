internal import CToml

/// Reads TOML v1.0 by toml++, with the place of every key and value.
enum TomlParser {
  /// What a document cannot be read for.
  struct Failure: Error, Equatable {
    var message: String
    var place: TomlPlace
  }

  /// The root table of a document.
  ///
  /// - Throws: `Failure` when the text is not TOML, or is nested more than 64 levels deep.
  static func parse(_ bytes: [UInt8]) throws(Failure) -> TomlTable {
    let document = bytes.withUnsafeBytes { buffer in
      ctoml_parse(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    guard let document else {
      throw Failure(message: "there is not enough memory to read it", place: TomlPlace(line: 1, column: 1))
    }
    defer { ctoml_free(document) }
    if let error = ctoml_get_error(document) {
      throw Failure(
        message: plain(text(error.pointee.message)),
        place: TomlPlace(line: Int(error.pointee.line), column: Int(error.pointee.column)))
    }
    var count = 0
    let nodes = UnsafeBufferPointer(start: ctoml_nodes(document, &count), count: count)
    var builder = Builder(nodes: nodes)
    guard case .table(let table) = builder.next().content else { return TomlTable() }
    return table
  }

  /// toml++ speaks of its own parts and options; only what a person can act on is kept.
  private static func plain(_ message: String) -> String {
    var text = Substring(message)
    if text.hasPrefix("Error while parsing ") { text = text.dropFirst("Error while parsing ".count) }
    if text.hasSuffix(" (TOML_MAX_NESTED_VALUES)") { text = text.dropLast(" (TOML_MAX_NESTED_VALUES)".count) }
    return String(text)
  }

  private static func text(_ text: ctoml_text) -> String {
    guard let bytes = text.bytes else { return "" }
    return bytes.withMemoryRebound(to: UInt8.self, capacity: text.count) { start in
      String(decoding: UnsafeBufferPointer(start: start, count: text.count), as: UTF8.self)
    }
  }

  /// Makes values of nodes in preorder; the document is at most 64 levels deep.
  private struct Builder {
    let nodes: UnsafeBufferPointer<ctoml_node>
    var index = 0

    mutating func next() -> TomlValue {
      let node = nodes[index]
      index += 1
      let content: TomlValue.Content
      switch node.kind {
      case CTOML_STRING: content = .string(TomlParser.text(node.text))
      case CTOML_INTEGER: content = .integer(node.integer)
      case CTOML_FLOAT: content = .float(node.floating)
      case CTOML_BOOLEAN: content = .boolean(node.boolean)
      case CTOML_ARRAY: content = .array((0..<node.child_count).map { _ in next() })
      case CTOML_TABLE: content = .table(table(of: Int(node.child_count)))
      default: content = .date(TomlParser.text(node.text))
      }
      return TomlValue(content: content, place: TomlPlace(line: Int(node.line), column: Int(node.column)))
    }

    private mutating func table(of count: Int) -> TomlTable {
      var entries: [TomlTable.Entry] = []
      entries.reserveCapacity(count)
      for _ in 0..<count {
        let node = nodes[index]
        let place = TomlPlace(line: Int(node.key_line), column: Int(node.key_column))
        entries.append(.init(key: TomlParser.text(node.key), keyPlace: place, value: next()))
      }
      // toml++ sorts by name; people read in the order of the file.
      return TomlTable(entries: entries.sorted { $0.keyPlace < $1.keyPlace })
    }
  }
}
