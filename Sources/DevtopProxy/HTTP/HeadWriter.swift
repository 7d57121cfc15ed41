import DevtopCore
import NIOCore

/// Writes heads as the next hop gets them (RFC 9110 §7.6).
enum HeadWriter {
  /// What is added to a request.
  struct Additions {
    /// The client's numeric address.
    var client: [UInt8]
    /// Nil: the request has one.
    var requestID: RequestID?
  }

  /// Nothing is changed but hop-by-hop fields, `X-Forwarded-*` and `X-Request-Id`.
  static func write(
    _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer, _ additions: Additions,
    into buffer: inout ByteBuffer
  ) {
    let fields = head.fields
    buffer.reserveCapacity(minimumWritableBytes: head.lengthInBytes + 256)
    if fields.hasHopFields || head.forwardedFor >= 0 {
      buffer.writeBytes(bytes.slice(0..<head.fieldsStart))
      for index in fields.lines.indices {
        let line = fields.lines[index]
        switch line.kind {
        case .hop, .connection, .upgrade, .te: break
        case .forwardedFor where index == head.forwardedFor:
          buffer.writeBytes(bytes.slice(Int(line.nameStart)..<Int(line.valueEnd)))
          if !line.value.isEmpty { buffer.writeStaticString(", ") }
          buffer.writeBytes(additions.client)
          buffer.writeStaticString("\r\n")
        case .other, .contentLength, .contentType, .expect, .forwardedFor, .forwardedHost, .forwardedProto,
          .host,
          .requestID, .transferEncoding:
          buffer.writeBytes(bytes.slice(line.whole))
        }
      }
      writeConnection(head, bytes, into: &buffer)
    } else {
      buffer.writeBytes(bytes.slice(0..<head.lengthInBytes - 2))
    }
    if head.forwardedFor < 0 {
      buffer.writeStaticString("X-Forwarded-For: ")
      buffer.writeBytes(additions.client)
      buffer.writeStaticString("\r\n")
    }
    if !head.hasForwardedProto { buffer.writeStaticString("X-Forwarded-Proto: http\r\n") }
    if !head.hasForwardedHost, head.host >= 0 {
      buffer.writeStaticString("X-Forwarded-Host: ")
      buffer.writeBytes(bytes.slice(fields.lines[head.host].value))
      buffer.writeStaticString("\r\n")
    }
    if let requestID = additions.requestID {
      buffer.writeStaticString("X-Request-Id: ")
      requestID.write(into: &buffer)
      buffer.writeStaticString("\r\n")
    }
    buffer.writeStaticString("\r\n")
  }

  private static func writeConnection(
    _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
  ) {
    if head.acceptsTrailers { buffer.writeStaticString("TE: trailers\r\n") }
    if head.wantsUpgrade {
      for line in head.fields.lines where line.kind == .upgrade { buffer.writeBytes(bytes.slice(line.whole)) }
      buffer.writeStaticString(
        head.acceptsTrailers ? "Connection: Upgrade, TE\r\n" : "Connection: Upgrade\r\n")
    } else if head.acceptsTrailers {
      buffer.writeStaticString("Connection: TE\r\n")
    } else if head.isVersion10, head.keepsAlive {
      buffer.writeStaticString("Connection: keep-alive\r\n")
    }
  }

  /// How the connection to the client goes on after an answer.
  enum ClientConnectionField {
    /// HTTP/1.1 keeps it open unless something else is said.
    case none
    case close
    case keepAlive
    case upgrade
  }

  static func write(
    _ head: borrowing AnswerHead, _ bytes: UnsafeRawBufferPointer, _ connection: ClientConnectionField,
    _ edit: HeadEdit? = nil, into buffer: inout ByteBuffer
  ) {
    buffer.reserveCapacity(minimumWritableBytes: head.lengthInBytes + 64)
    if head.isClean, edit == nil {
      buffer.writeBytes(bytes.slice(0..<head.lengthInBytes - 2))
    } else {
      buffer.writeStaticString("HTTP/1.1 ")
      buffer.writeBytes(bytes.slice(head.statusRange))
      buffer.writeStaticString(head.statusRange.count == 3 ? " \r\n" : "\r\n")
      writeFields(head, bytes, isUpgrade: connection == .upgrade, edit, into: &buffer)
    }
    switch connection {
    case .none: buffer.writeStaticString("\r\n")
    case .close: buffer.writeStaticString("Connection: close\r\n\r\n")
    case .keepAlive: buffer.writeStaticString("Connection: keep-alive\r\n\r\n")
    case .upgrade: buffer.writeStaticString("Connection: Upgrade\r\n\r\n")
    }
  }

  private static func writeFields(
    _ head: borrowing AnswerHead, _ bytes: UnsafeRawBufferPointer, isUpgrade: Bool, _ edit: HeadEdit?,
    into buffer: inout ByteBuffer
  ) {
    var hasLength = false
    for index in head.fields.lines.indices {
      let line = head.fields.lines[index]
      if edit?.removed.contains(index) == true { continue }
      switch line.kind {
      case .hop, .connection, .te: continue
      case .upgrade: guard isUpgrade else { continue }
      case .contentLength:
        guard !head.dropsLength, !hasLength else { continue }
        hasLength = true
      case .other, .contentType, .expect, .forwardedFor, .forwardedHost, .forwardedProto, .host, .requestID,
        .transferEncoding:
        break
      }
      buffer.writeBytes(bytes.slice(line.name))
      buffer.writeStaticString(": ")
      if let value = edit?.values[index] {
        buffer.writeString(value)
      } else {
        buffer.writeBytes(bytes.slice(line.value))
      }
      buffer.writeStaticString("\r\n")
    }
    if let edit { write(edit.added, into: &buffer) }
  }

  private static func write(_ fields: [HeaderField], into buffer: inout ByteBuffer) {
    for field in fields { buffer.writeString("\(field.name): \(field.value)\r\n") }
  }

  /// A request's head as it was written before, with an edit of its lines.
  static func write(
    _ head: borrowing SentHead, _ bytes: UnsafeRawBufferPointer, _ edit: HeadEdit,
    into buffer: inout ByteBuffer
  ) {
    buffer.writeBytes(bytes.slice(0..<head.fieldsStart))
    for index in head.fields.lines.indices where !edit.removed.contains(index) {
      let line = head.fields.lines[index]
      guard let value = edit.values[index] else {
        buffer.writeBytes(bytes.slice(line.whole))
        continue
      }
      buffer.writeBytes(bytes.slice(line.name))
      buffer.writeString(": \(value)\r\n")
    }
    write(edit.added, into: &buffer)
    buffer.writeStaticString("\r\n")
  }
}
