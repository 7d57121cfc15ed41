/// What open pages of a service are told.
package enum BrowserNews: Equatable, Sendable {
  /// A new run is ready: load the page again.
  case reload
  /// Only these style sheets changed (paths as in the project); they are swapped in place.
  case styles([String])
  /// Only these images changed; they are swapped in place.
  case images([String])
  /// Something is wrong: shown over the page until `mended`, and as a page of its own where no process answers.
  case problem(BrowserProblem)
  /// Nothing is wrong any more.
  case mended
}

/// A failed build, or a process that does not start.
package struct BrowserProblem: Equatable, Sendable {
  /// Such as `build #7 failed` or `run 7 exit 1`.
  package var title: String
  /// In the order in which they are shown.
  package var diagnostics: [Diagnostic]
  /// Further lines, such as the last words of a process, without escapes.
  package var output: [String]
  /// The run whose process it is about; nil: a build.
  package var run: RunNumber?

  package init(
    title: String, diagnostics: [Diagnostic] = [], output: [String] = [], run: RunNumber? = nil
  ) {
    self.title = title
    self.run = run
    self.diagnostics = diagnostics
    self.output = output
  }
}
