/// What is wrong with a head or a body, with the status that answers it.
struct HeadFault: Error, Equatable {
  var status: Int
  /// Completes `The request ` or `The answer `.
  var reason: String

  init(_ reason: String, status: Int = 400) {
    self.status = status
    self.reason = reason
  }
}
