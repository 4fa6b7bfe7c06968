import Node
import Primitives
import Programs
import Raft

/// In which versions servers write, and what they do with messages in one that they do not speak.
extension RaftJudge {
  /// Whether the input is a message that the server cannot read: it may say so, and nothing else may come of it.
  mutating func judgeUnderstanding(
    of input: Input<RaftKV>, _ effects: borrowing Effects<RaftKV>, _ program: borrowing RaftKV, _ step: Step
  ) -> Bool {
    guard case .message(.raft(_, let header), _) = input, header.version > program.wireVersion else { return false }
    judgeRefusal(of: header, effects, program, step)
    return true
  }

  private mutating func judgeRefusal(
    of header: WireHeader, _ effects: borrowing Effects<RaftKV>, _ program: borrowing RaftKV, _ step: Step
  ) {
    versionRefusals += 1
    let changed = !(program.standing == views[step.process].standing)
    let acted = effects.items.withElements { items in
      items.indices.contains { position in
        if case .send(.versionRefused, _, _, _) = items[position] { false } else { true }
      }
    }
    guard changed || acted else { return }
    record(
      RaftInvariant.speaksWhatIsUnderstood, step,
      """
      \(step.name) speaks versions up to \(program.wireVersion.rawValue) and acted upon a message in version \
      \(header.version.rawValue); it should refuse it.
      """)
  }

  @inline(__always)
  mutating func judgeWriting(_ header: WireHeader, _ spoken: WireVersion, _ step: Step) {
    // Nothing is written above what is announced.
    if header.highest > spoken || header.version > header.highest { recordWriting(header, spoken, step) }
  }

  private mutating func recordWriting(_ header: WireHeader, _ spoken: WireVersion, _ step: Step) {
    record(
      RaftInvariant.speaksWhatIsUnderstood, step,
      """
      \(step.name) speaks versions up to \(spoken.rawValue), wrote in version \(header.version.rawValue) and announced \
      version \(header.highest.rawValue); it should do neither above its own.
      """)
  }
}
