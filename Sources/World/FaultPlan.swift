import Primitives

/// Whom a fault is about. Resolved when the fault begins, and fixed from then on.
@usableFromInline package enum Selector: Hashable, Sendable {
  /// These hosts, nodes or clients, by number.
  case hosts([NodeID])
  /// The live node that carries the tag with this bit at the highest epoch.
  case tagged(bit: UInt8)
  /// Every live node that carries the tag with this bit.
  case allTagged(bit: UInt8)
  /// One live node, at random.
  case random
  /// ⌊n/2⌋ + 1 nodes at random.
  case majority
  /// ⌊(n − 1)/2⌋ nodes at random.
  case minority
  /// At random from one to ⌊(n − 1)/2⌋ nodes: any number that leaves a quorum.
  case some
  /// Every node.
  case all
  /// Every node that the other side of the fault does not name.
  case others
  /// Every client.
  case clients
  /// The nodes of a zone or a rack.
  case domain(FailureDomain, DomainChoice)
}

/// Which directed links a partition cuts.
@usableFromInline package enum PartitionShape: Hashable, Sendable {
  /// A random ⌊n/2⌋ of the nodes from the rest.
  case halves
  /// The selected nodes from all other nodes, both ways; among themselves they stay connected.
  case isolate(Selector)
  /// Everything that leaves `from` for `to`, and nothing that comes back.
  case oneWay(from: Selector, to: Selector)
  /// Two random halves that share one node, which both can reach.
  case bridge
  /// Each node hears its two neighbours in a random circle, and nobody else.
  case ring
  /// The same in this order of the nodes.
  case circle([NodeID])
  /// Hosts in different groups; a host in none keeps all its links.
  case groups([[NodeID]])
  /// Every zone, or rack, from all others; a node in none keeps all its links.
  case domains(FailureDomain)
}

/// How long links that flap are down, to begin with, and how long they are up; drawn for each turn.
@usableFromInline package struct Flap: Hashable, Sendable {
  @usableFromInline package var up: Distribution
  @usableFromInline package var down: Distribution

  @usableFromInline package init(up: Distribution, down: Distribution) {
    self.up = up
    self.down = down
  }
}

/// What a fault does while it lasts.
@usableFromInline package enum FaultAction: Hashable, Sendable {
  /// Processes end, and start again when the fault does.
  case crash(Selector)
  /// As a crash, of all at one instant, and of what was not durable nothing is left.
  case power(Selector)
  /// Processes end and start again at once.
  case restart(Selector)
  /// One process after another is down for `each`; the next one goes once the one before has been up `between`.
  /// With a variant, each starts as that.
  case roll(Selector, each: Nanoseconds, between: Nanoseconds, variant: Int? = nil)
  /// Nodes end and start again at once as another variant of their program, for good.
  case reconfigure(Selector, variant: Int)
  /// Processes stand still; what reaches them waits.
  case pause(Selector)
  /// Processes take so long for each input.
  case slow(Selector, each: Distribution)
  /// `hold`: what is sent over or under way on a cut link waits and arrives after healing. `flap`: the links come
  /// back and go again while the fault lasts.
  case partition(PartitionShape, hold: Bool, flap: Flap? = nil)
  /// Disks behave differently.
  case disk(Selector, DiskChange)
  /// So many durable records of each are damaged; whoever reads them next finds it.
  case damage(Selector, records: Int)
  /// Processes end, and start again on an empty disk when the fault ends.
  case wipe(Selector)
  /// Clocks jump, run otherwise or stand still.
  case clock(Selector, ClockChange)
  /// Links behave differently.
  case link(from: Selector, to: Selector, LinkChange)
  /// Something else takes this share of a host's processor, in millionths below a whole. Where it belongs to the process it
  /// ends with its life.
  case load(Selector, share: UInt64, endsWithProcess: Bool)
  /// Processes lose so many bytes of memory a second, in this life and those that follow.
  case leak(Selector, bytesPerSecond: UInt64)
  /// The leader is told to change who takes part; nobody at all: to abandon such a change.
  case membership([MembershipPart])
  /// The leader is told to hand over to the one that is found, or to whoever has most of the log where there are several.
  case handover(Selector)
}

/// Whom a change of the membership is about, and what is to become of them.
@usableFromInline package struct MembershipPart: Hashable, Sendable {
  @usableFromInline package enum Wish: Int, Hashable, Sendable, CaseIterable { case add, learn, remove, turn }

  @usableFromInline package var wish: Wish
  @usableFromInline package var who: Selector

  @usableFromInline package init(_ wish: Wish, _ who: Selector) {
    self.wish = wish
    self.who = who
  }
}

extension FaultAction {
  /// Whether it is over as soon as it has struck.
  @usableFromInline package var isInstant: Bool {
    switch self {
    case .restart, .reconfigure, .damage, .clock(_, .step), .membership, .handover: true
    default: false
    }
  }
}

/// A fault that a scenario names, under an id that stays with it whatever is added or removed around it.
@usableFromInline package struct PlannedFault: Hashable, Sendable {
  @usableFromInline package enum Schedule: Hashable, Sendable {
    /// Once, from `at` until `until`.
    case once(at: Instant, until: Instant, FaultAction)
    /// Again and again, as a nemesis does.
    case repeating(Nemesis)
  }

  /// Strikes again and again after a draw from `every`, as long as a strike begins within `from..<to`; each
  /// time with one branch, drawn by weight.
  @usableFromInline package struct Nemesis: Hashable, Sendable {
    @usableFromInline package var every: Distribution
    @usableFromInline package var from: Instant
    @usableFromInline package var to: Instant
    @usableFromInline package var branches: [Branch]
    /// Each seed does without some of the branches, so that the others act undisturbed.
    @usableFromInline package var swarms: Bool
    /// Strikes only while nothing of its own acts or waits.
    @usableFromInline package var oneAtATime: Bool

    @usableFromInline package init(
      every: Distribution, from: Instant, to: Instant, branches: [Branch], swarms: Bool = false,
      oneAtATime: Bool = false
    ) {
      self.every = every
      self.from = from
      self.to = to
      self.branches = branches
      self.swarms = swarms
      self.oneAtATime = oneAtATime
    }
  }

  @usableFromInline package struct Branch: Hashable, Sendable {
    @usableFromInline package var action: FaultAction
    @usableFromInline package var duration: Nanoseconds
    /// How often it is drawn, against the others; at least 1.
    @usableFromInline package var weight: UInt64

    @usableFromInline package init(action: FaultAction, duration: Nanoseconds, weight: UInt64 = 1) {
      self.action = action
      self.duration = duration
      self.weight = weight
    }
  }

  /// Whose draws decide what a fault leaves open: the id of a fault, and how often that had begun before.
  @usableFromInline package struct Luck: Hashable, Sendable {
    @usableFromInline package var fault: UInt32
    @usableFromInline package var number: UInt32

    @usableFromInline package init(fault: UInt32, number: UInt32) {
      self.fault = fault
      self.number = number
    }
  }

  @usableFromInline package var id: UInt32
  /// Another fault's draws, for one that stands for a single strike of it.
  @usableFromInline package var luck: Luck?
  /// For people: `partition leader→others at 10s`.
  @usableFromInline package var name: String
  @usableFromInline package var schedule: Schedule

  @usableFromInline package init(id: UInt32, name: String, schedule: Schedule) {
    self.id = id
    self.name = name
    self.schedule = schedule
  }
}
