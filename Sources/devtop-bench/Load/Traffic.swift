/// Which requests a load is made of; `OrdersApp` answers them.
struct Traffic: Sendable {
  /// The request of a number; numbers count from 0.
  let request: @Sendable (Int) -> LoadRequest

  /// Two of three are GET with a number in the path, every third a POST with 64 bytes to 64 KB of body, of which the
  /// answer is length and checksum.
  static func orders(to endpoint: Endpoint) -> Traffic {
    let posts = [64, 1_024, 300, 16_384, 64, 4_000, 65_536, 700].map { post(body($0), to: endpoint) }
    let gets = Self.gets(to: endpoint)
    return Traffic { number in
      number % 3 == 2 ? posts[number / 3 % posts.count] : gets.request(number)
    }
  }

  /// GET with a number in the path and in the answer.
  static func gets(to endpoint: Endpoint) -> Traffic {
    Traffic { number in
      LoadRequest(
        head: Array("GET /orders/\(number) HTTP/1.1\r\nHost: \(endpoint)\r\n\r\n".utf8),
        answer: .bytes(Array("order \(number)\n".utf8)))
    }
  }

  /// GET of a large answer, which the server streams.
  static func downloads(of size: Int, from endpoint: Endpoint) -> Traffic {
    let request = LoadRequest(
      head: Array("GET /blob/\(size) HTTP/1.1\r\nHost: \(endpoint)\r\n\r\n".utf8), answer: .length(size))
    return Traffic { _ in request }
  }

  /// POST of a large body, of which the answer is length and checksum.
  static func uploads(of size: Int, to endpoint: Endpoint) -> Traffic {
    let request = post(body(size), to: endpoint)
    return Traffic { _ in request }
  }

  private static func post(_ body: [UInt8], to endpoint: Endpoint) -> LoadRequest {
    let checksum = String(Checksum.crc32(body), radix: 16)
    return LoadRequest(
      head: Array(
        ("POST /orders HTTP/1.1\r\nHost: \(endpoint)\r\nContent-Type: application/octet-stream\r\n"
          + "Content-Length: \(body.count)\r\n\r\n").utf8),
      body: body, answer: .bytes(Array("\(body.count) \(checksum)\n".utf8)))
  }

  /// The same bytes each time, none like its neighbours.
  private static func body(_ size: Int) -> [UInt8] {
    var state = UInt32(truncatingIfNeeded: size) | 1
    return (0..<size).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }
}
