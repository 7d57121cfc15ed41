/// The choice of what of a row to filter by: `svc:api`, `level:error`, `.status:500`.
package struct TermChoice: Equatable, Sendable {
  /// As they are added to the filter, at most as many as there are digits.
  package var terms: [String]
  package var selected = 0
  /// What has it is hidden, instead of everything else.
  package var excludes: Bool
  package var isOfRequests: Bool

  package init(_ terms: [String], excludes: Bool, isOfRequests: Bool = false) {
    self.terms = Array(terms.prefix(9))
    self.excludes = excludes
    self.isOfRequests = isOfRequests
  }
}
