/// First in, first out.
struct Queue<Element> {
  private var elements: [Element]
  private var head = 0

  init(_ elements: [Element] = []) { self.elements = elements }

  var count: Int { elements.count - head }
  var isEmpty: Bool { count == 0 }
  var first: Element? { isEmpty ? nil : elements[head] }

  mutating func append(_ element: Element) { elements.append(element) }

  /// Drops the first one, if there is one.
  mutating func removeFirst() {
    guard !isEmpty else { return }
    head += 1
    if head > 1_024, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
  }
}
