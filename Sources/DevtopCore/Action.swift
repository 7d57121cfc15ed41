/// Everything a person can ask for, by key, by palette or from the configuration's `[keys]`.
package enum Action: String, Hashable, CaseIterable, Sendable {
  // Moving
  case up, down, left, right
  case halfPageUp = "half-page-up"
  case halfPageDown = "half-page-down"
  case pageUp = "page-up"
  case pageDown = "page-down"
  case top, bottom
  case nextPane = "next-pane"
  case previousPane = "previous-pane"
  case focusFiles = "focus-files"
  case focusBuild = "focus-build"
  case focusLogs = "focus-logs"
  case focusRequests = "focus-requests"
  case focusServices = "focus-services"
  case previousService = "previous-service"
  case nextService = "next-service"
  case allServices = "all-services"
  // Services
  case rebuild
  case cleanRebuild = "clean-rebuild"
  case restart
  case hardRestart = "hard-restart"
  case start, stop, kill, type
  case pause
  case buildPending = "build-pending"
  // Logs
  case filter
  case filterIn = "filter-in"
  case filterOut = "filter-out"
  case toggleFilters = "toggle-filters"
  case search
  case nextMatch = "next-match"
  case previousMatch = "previous-match"
  case follow
  case nextError = "next-error"
  case previousError = "previous-error"
  case context
  case wrap
  case pretty
  case timestamps
  case clear
  case undoClear = "undo-clear"
  case export
  case mark
  case nextMark = "next-mark"
  case previousMark = "previous-mark"
  case select
  // Build
  case open
  case edit
  case rawOutput = "raw-output"
  case dismiss
  // Requests
  case copyCurl = "copy-curl"
  case copyCurlWithSecrets = "copy-curl-with-secrets"
  case replay
  case requestLogs = "request-logs"
  case compareAnswers = "compare-answers"
  case previousColumn = "previous-column"
  case nextColumn = "next-column"
  case toggleFault = "toggle-fault"
  // Screen
  case copy
  case zoom
  case theme
  case redraw
  case palette
  case help
  case back
  case suspend
  case quit
  case quitNow = "quit-now"
  case interrupt
}
