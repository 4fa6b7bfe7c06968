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
    if case .constant(.zero) = time, !choices.someAreFixed { return }
    let number = processes[index].disk.written
    processes[index].disk.written &+= 1
    let duration = choices.choose(.diskWrite, Entities(processes[index].endpoint.word), number, from: time)
    processes[index].disk.freeAt = max(now, processes[index].disk.freeAt) + duration
  }

  @inlinable
  mutating func beginSync(_ token: WriteToken, directory: Bool, of index: Int) {
    if faults.someAct { faults.credit(.syncsAffected, disk: processes[index].endpoint.host) }
    let number = processes[index].disk.synced
    processes[index].disk.synced &+= 1
    processes[index].disk.beginSync(token, directory: directory)
    let key = Entities(processes[index].endpoint.word)
    let ends =
      max(now, processes[index].disk.freeAt) + choices.choose(.diskSync, key, number, from: disks[index].sync)
    processes[index].disk.freeAt = ends
    let outcome = outcome(ofSync: number, key, of: index)
    if outcome != .written {
      if outcome == .lost { incidents.syncsLost &+= 1 } else { incidents.syncsFailed &+= 1 }
      faults.credit(outcome == .lost ? .syncsLost : .syncsFailed, disk: processes[index].endpoint.host)
    }
    queue.push(.sync(Int32(index), life: processes[index].life, token, outcome), at: ends)
  }

  @inlinable
  func outcome(ofSync number: UInt64, _ key: Entities, of index: Int) -> SyncOutcome {
    if disks[index].isFull, processes[index].disk.lastSyncNeedsRoom { return .failed }
    if choices.choose(.diskFailure, key, number, chance: disks[index].failure) { return .failed }
    let lost = disks[index].lost
    return (!lost.isZero || choices.someAreFixed) && choices.choose(.diskLoss, key, number, chance: lost)
      ? .lost : .written
  }

  @inlinable
  mutating func endSync(_ token: WriteToken, of index: Int, life: UInt32, _ outcome: SyncOutcome) {
    guard processes[index].life == life else { return }
    if disks[index].stalls {
      faults.credit(.syncsStalled, disk: processes[index].endpoint.host)
      stalledSyncs.append(StalledSync(process: Int32(index), life: life, token: token, outcome: outcome))
      return
    }
    let succeeded = outcome != .failed
    let misdirects = succeeded && !disks[index].misdirected.isZero
    let before = misdirects ? processes[index].disk.durable.map(\.end) : []
    processes[index].disk.endSync(outcome)
    if misdirects { misdirect(of: index, after: before) }
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

  /// Syncs that ended while their disk stalled end now, on those that do not any more.
  mutating func releaseStalledSyncs() {
    let stalled = stalledSyncs
    stalledSyncs = []
    let late = late { lane in lane.from == lane.to && stalled.contains { UInt32($0.process) == lane.to } }
    for sync in stalled {
      if disks[Int(sync.process)].stalls {
        stalledSyncs.append(sync)
      } else {
        queue.push(.sync(sync.process, life: sync.life, sync.token, sync.outcome), at: now)
      }
    }
    putBehind(late)
  }
}

/// How a sync ends.
@usableFromInline enum SyncOutcome: UInt8, Sendable {
  case failed, written
  /// Reported as written, and still in a cache.
  case lost
}

/// A sync whose end waits for the disk.
@usableFromInline struct StalledSync: Hashable, Sendable {
  let process: Int32
  let life: UInt32
  let token: WriteToken
  let outcome: SyncOutcome

  @usableFromInline init(process: Int32, life: UInt32, token: WriteToken, outcome: SyncOutcome) {
    self.process = process
    self.life = life
    self.token = token
    self.outcome = outcome
  }
}
