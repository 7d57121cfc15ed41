/// What the store holds and what it had to let go.
package struct LogStatistics: Equatable, Sendable {
  /// Lines that were ever completed, markers included.
  package var totalLines = 0
  package var keptLines = 0
  /// How many of `keptLines` are markers.
  package var keptMarkers = 0
  /// How many of `keptLines` their program has printed over since: no view shows them.
  package var keptSuperseded = 0
  /// Lines lost to the memory limit: `totalLines - keptLines`.
  package var droppedLines = 0
  /// Memory in use, index included.
  package var bytes = 0
  package var capacityInBytes = 0
  /// Completed lines that were longer than 64 KiB, and how much of all lines was cut off.
  package var truncatedLines = 0
  package var truncatedBytes = 0
  /// Lines that were dropped before the search for access-log lines reached them.
  package var linesNotSearchedForRequests = 0
}
