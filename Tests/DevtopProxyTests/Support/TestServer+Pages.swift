extension TestServer {
  /// Sends the same bytes for every request of a connection, and closes it then if asked to.
  static func sending(_ answer: String, closes: Bool = false) throws -> TestServer {
    try TestServer { socket, server in
      while true {
        let request = try socket.receiveMessage()
        guard !request.isEmpty else { return socket.close() }
        server.requests.change { $0.append(request) }
        try socket.send(answer)
        if closes { return socket.close() }
      }
    }
  }
}

/// As a browser asks for a page.
func navigation(_ path: String = "/", _ fields: String = "", version: String = "1.1") -> String {
  """
  GET \(path) HTTP/\(version)\r\nHost: localhost\r\nAccept: text/html,*/*;q=0.8\r\n\
  Accept-Encoding: gzip, br\r\n\(fields)\r\n
  """
}
