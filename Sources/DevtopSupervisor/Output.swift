/// Which of a program's streams a piece of output came from.
public enum OutputStream: Hashable, Sendable {
  /// The pseudo-terminal: standard output and standard error in the order written.
  case terminal
  /// Standard output, a pipe.
  case output
  /// Standard error, a pipe.
  case error
}

/// A piece of output.
public enum OutputPart {
  /// Bytes as read, at most 1 MiB, valid during the call only.
  case bytes(UnsafeRawBufferPointer)
  /// The last call for this stream: nobody holds the pipe any more, or the tree of the terminal's program ended.
  case end
}

/// Takes the output of a program, on the supervisor's output thread.
///
/// While it runs no other output is read, so it must only store and notify.
public typealias OutputSink = @Sendable (ProcessID, OutputStream, OutputPart) -> Void
