/// Which parts of a request are secrets, and how they look where they are shown or copied masked.
package enum SecretFields {
  package static let mask = "***"

  private static let names: Set<String> = ["authorization", "proxy-authorization", "cookie", "set-cookie"]
  private static let words = ["token", "secret", "api-key", "apikey", "password"]

  /// Whether the value of a field, or of a parameter of a query, must not be seen; case does not count.
  package static func isSecret(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased().replacing("_", with: "-")
    return names.contains(name) || words.contains { name.contains($0) }
  }

  /// The field with its secrets masked; the scheme of credentials and the names of cookies stay.
  package static func masked(_ field: HeaderField) -> HeaderField {
    switch field.name.lowercased() {
    case "authorization", "proxy-authorization":
      // RFC 9110 §11.4: the scheme, a space, the credentials.
      guard let space = field.value.firstIndex(of: " "), field.value[..<space].allSatisfy(\.isLetter) else {
        return HeaderField(field.name, mask)
      }
      return HeaderField(field.name, field.value[...space] + mask)
    case "cookie":
      let cookies = field.value.split(separator: ";").map { $0.drop { $0 == " " } }
      return HeaderField(field.name, cookies.map(maskedCookie).joined(separator: "; "))
    case "set-cookie":
      // RFC 6265 §4.1: the cookie, then its attributes.
      let end = field.value.firstIndex(of: ";") ?? field.value.endIndex
      return HeaderField(field.name, maskedCookie(field.value[..<end]) + field.value[end...])
    case "referer", "location", "content-location":
      return HeaderField(field.name, masked(path: field.value))
    default: return isSecret(field.name) ? HeaderField(field.name, mask) : field
    }
  }

  /// A path or URL with the values of secret parameters in its query masked.
  package static func masked(path: String) -> String {
    guard let question = path.firstIndex(of: "?") else { return path }
    let start = path.index(after: question)
    let parameters = path[start...].split(separator: "&", omittingEmptySubsequences: false).map {
      parameter -> Substring in
      guard let equals = parameter.firstIndex(of: "="), isSecret(parameter[..<equals]) else {
        return parameter
      }
      return parameter[...equals] + mask
    }
    return path[..<start] + parameters.joined(separator: "&")
  }

  private static func maskedCookie(_ cookie: Substring) -> String {
    guard let equals = cookie.firstIndex(of: "=") else { return mask }
    return cookie[...equals] + mask
  }
}
