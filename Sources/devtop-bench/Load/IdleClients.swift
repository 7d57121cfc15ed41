import DevtopCore
import Glibc

/// Connections that have each been answered once and are left alone then.
struct IdleClients {
  private let descriptors: [Int32]
  private let request: LoadRequest

  /// Opens them one after another.
  ///
  /// - Throws: `BenchError` when one cannot be opened, or is not answered.
  init(count: Int, endpoint: Endpoint) throws(BenchError) {
    var descriptors: [Int32] = []
    request = Traffic.gets(to: endpoint).request(7)
    do throws(BenchError) {
      for number in 0..<count {
        switch ClientSocket.connect(to: endpoint, number: number, blocking: true) {
        case .failure(let error): throw .system(what: "connection \(number + 1)", code: error.code)
        case .success(let descriptor):
          descriptors.append(descriptor)
          var limit = timeval(tv_sec: 10, tv_usec: 0)
          setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
          guard Self.ask(request, descriptor) else {
            throw .unexpected("connection \(number + 1) of \(count) was not answered")
          }
        }
      }
    } catch {
      for descriptor in descriptors { Glibc.close(descriptor) }
      throw error
    }
    self.descriptors = descriptors
  }

  /// Asks on each connection again, one after another; how many are answered before the tenth is not.
  func askAll() -> Int {
    var (answered, failed) = (0, 0)
    for descriptor in descriptors where failed < 10 {
      if Self.ask(request, descriptor) { answered += 1 } else { failed += 1 }
    }
    return answered
  }

  func close() { for descriptor in descriptors { Glibc.close(descriptor) } }

  private static func ask(_ request: LoadRequest, _ descriptor: Int32) -> Bool {
    let sent = request.head.withUnsafeBytes {
      send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard sent == request.head.count else { return false }
    var answer = AnswerReader(expecting: request.answer)
    return withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 16) { buffer in
      while answer.phase != .complete, answer.phase != .malformed {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        guard count > 0 else { return false }
        _ = answer.take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
      }
      return answer.phase == .complete && answer.status == 200 && answer.isRight
    }
  }
}
