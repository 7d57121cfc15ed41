import DevtopCore
final class RequestScanner: Sendable {
  init(sink: @escaping @Sendable ([RequestSample]) -> Void) {}
  func start(_ store: LogStore) {}
  func close() {}
}
