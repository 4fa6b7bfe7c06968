/// Whether a process runs.
package enum ProcessCondition: UInt64, Sendable {
  case up, paused, down, slow
}

extension Simulation {
  package func condition(ofProcess index: Int) -> ProcessCondition {
    Self.condition(of: processes[index].state)
  }

  static func condition(of state: Process<P>.State) -> ProcessCondition {
    switch state {
    case .up: .up
    case .paused: .paused
    case .down: .down
    case .slow: .slow
    }
  }
}
