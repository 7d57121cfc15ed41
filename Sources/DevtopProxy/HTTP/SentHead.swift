import NIOCore

/// The head of a request as its run gets it, taken apart once more; only few requests need that.
struct SentHead {
  /// Where the field lines begin.
  let fieldsStart: Int
  private(set) var fields = HeadFields()

  /// Nil where there is no head.
  init?(_ head: ByteBuffer) {
    var fields = HeadFields()
    let start = head.withUnsafeReadableBytes { raw -> Int? in
      do throws(HeadFault) {
        guard case .line(_, let next) = try HeadFields.line(in: raw, from: 0, isStrict: true) else {
          return nil
        }
        return try fields.read(raw, from: next, limit: .max, isStrict: true) == nil ? nil : next
      } catch {
        // It was read before; what was added is well-formed.
        return nil
      }
    }
    guard let start else { return nil }
    fieldsStart = start
    self.fields = fields
  }
}
