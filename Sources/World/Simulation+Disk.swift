import Kernel
import Node
import Primitives
import Telemetry

/// Writes: durable when their sync completes, and not before.
extension Simulation {
  /// An append, truncation or replacement keeps the disk busy for a while.
  @inlinable
  mutating func occupyDisk(of index: Int) {
    let time = disks[index].write
    if case .constant(.zero) = time { return }
    let number = processes[index].disk.written
    processes[index].disk.written &+= 1
    let duration = choices.choose(.diskWrite, Entities(processes[index].endpoint.word), number, from: time)
    processes[index].disk.freeAt = max(now, processes[index].disk.freeAt) + duration
  }

  @inlinable
  mutating func beginSync(_ token: WriteToken, of index: Int) {
    if faults.someAct { faults.credit(.syncsAffected, disk: processes[index].endpoint.host) }
    let number = processes[index].disk.synced
    processes[index].disk.synced &+= 1
    processes[index].disk.beginSync(token)
    let key = Entities(processes[index].endpoint.word)
    let ends =
      max(now, processes[index].disk.freeAt) + choices.choose(.diskSync, key, number, from: disks[index].sync)
    processes[index].disk.freeAt = ends
    let fails = choices.choose(.diskFailure, key, number, chance: disks[index].failure)
    queue.push(
      .sync(Int32(index), life: processes[index].life, token, succeeded: !fails), at: ends)
  }

  @inlinable
  mutating func endSync(_ token: WriteToken, of index: Int, life: UInt32, succeeded: Bool) {
    guard processes[index].life == life else { return }
    processes[index].disk.endSync(succeeded: succeeded)
    if succeeded, telemetry.isOn { telemetry.metrics.add(.diskWrites, 1, of: index) }
    give(
      succeeded ? .writeCompleted(token) : .writeFailed(token), to: index, nil,
      mark: (succeeded ? 4 : 5) | token.rawValue << 8)
  }

  /// A process that stands still sends nothing either: what waited for a write leaves when the process hears
  /// of it.
  @inlinable
  mutating func settle(_ token: WriteToken, of index: Int, succeeded: Bool) {
    if succeeded {
      processes[index].completed = token
      releaseHeld(of: index)
    } else {
      processes[index].held = Outbox(processes[index].held.filter { $0.after != token })
    }
  }
}
