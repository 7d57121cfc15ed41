/// Names for services that are detected.
enum ServiceName {
  /// A name that `[service.NAME]` and filters take, made of any text.
  static func sanitized(_ text: String) -> String {
    let allowed = text.unicodeScalars.map { scalar in
      DevtopServiceReader.isName(String(scalar)) ? Character(scalar) : "-"
    }
    let name = String(String(allowed).prefix(64))
    return name.allSatisfy { "-.".contains($0) } ? "app" : name
  }

  /// The name, or the name with the first free number from 2.
  static func unique(_ name: String, among taken: [String]) -> String {
    guard taken.contains(name) else { return name }
    var number = 2
    while taken.contains("\(name)-\(number)") { number += 1 }
    return "\(name)-\(number)"
  }
}
