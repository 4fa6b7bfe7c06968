import Membership
import Primitives
import Testing

@Suite("What overrides what (section 4.2)")
struct UpdateTests {
  static let claims: [Membership.Update] = Membership.Status.allCases.flatMap { status in
    (0..<4).map { Membership.Update(n(1), status, incarnation: $0) }
  }

  /// The paper's table as it stands there; nil where it says nothing.
  static func paper(_ new: Membership.Update, over held: Membership.Update) -> Bool? {
    let (i, j) = (new.incarnation, held.incarnation)
    return switch (new.status, held.status) {
    case (.alive, .suspect), (.alive, .alive): i > j
    case (.suspect, .suspect): i > j
    case (.suspect, .alive): i >= j
    case (.dead, .alive), (.dead, .suspect): true
    case (.alive, .dead), (.suspect, .dead): false
    case (.dead, .dead): nil
    }
  }

  @Test("The rules are the paper's, but that a later incarnation is stronger than Confirm")
  func table() {
    for new in Self.claims {
      for held in Self.claims {
        let (i, j) = (new.incarnation, held.incarnation)
        let expected: Bool
        switch (new.status, held.status) {
        case (.dead, .alive), (.dead, .suspect): expected = i >= j
        case (_, .dead): expected = i > j
        default:
          guard let paper = Self.paper(new, over: held) else { continue }
          expected = paper
        }
        #expect(new.overrides(held) == expected, "\(new.words) over \(held.words)")
        // No departure within one incarnation.
        if i == j, let paper = Self.paper(new, over: held) {
          #expect(new.overrides(held) == paper, "\(new.words) over \(held.words)")
        }
      }
    }
  }

  @Test("Of two claims exactly one overrides the other, unless they are the same")
  func totality() {
    for one in Self.claims {
      for other in Self.claims {
        #expect((one.overrides(other) || other.overrides(one)) == (one != other))
        #expect(!(one.overrides(other) && other.overrides(one)))
        for third in Self.claims where one.overrides(other) && other.overrides(third) {
          #expect(one.overrides(third))
        }
      }
    }
  }

  @Test("Claims heard in any order come to the same")
  func order() {
    var luck = Luck(1)
    for _ in 0..<200 {
      var claims = Self.claims
      var roster = Roster()
      while !claims.isEmpty { _ = roster.take(claims.remove(at: Int(luck.draw(below: UInt64(claims.count))))) }
      #expect(roster.held(about: n(1)) == Membership.Update(n(1), .dead, incarnation: 3))
      #expect(roster.records.count == 1 && roster.dead == 1 && roster.suspects == 0)
    }
  }
}

@Suite("What is held about others")
struct RosterTests {
  @Test("Counts and records are those of a plain table")
  func table() {
    var luck = Luck(2)
    var roster = Roster()
    var table: [Membership.Update] = (0..<20).map { Membership.Update(n($0), .alive, incarnation: 0) }
    for _ in 0..<500 {
      let status = Membership.Status(rawValue: UInt8(luck.draw(below: 3)))!
      let update = Membership.Update(
        n(UInt32(luck.draw(below: 20))), status, incarnation: UInt32(luck.draw(below: 6)))
      let held = table[update.node.index]
      let former = roster.take(update)
      #expect(former == (update.overrides(held) ? held.status : nil))
      if former != nil { table[update.node.index] = update }
      #expect(Array(roster.records) == table.filter { $0.status != .alive || $0.incarnation > 0 })
      #expect(roster.dead == table.count { $0.status == .dead })
      #expect(roster.suspects == table.count { $0.status == .suspect })
      #expect(table.allSatisfy { roster.held(about: $0.node) == $0 })
    }
  }

  @Test("A rank names one member of those that are left, whatever is dead or excluded")
  func ranks() {
    for dead in 0..<64 {
      for excluded in 0..<64 where dead & excluded == 0 {
        var roster = Roster()
        for node in UInt32(0)..<6 where dead >> Int(node) & 1 == 1 {
          _ = roster.take(Membership.Update(n(node), .dead, incarnation: 0))
        }
        let without = ContiguousArray((UInt32(0)..<6).filter { excluded >> Int($0) & 1 == 1 }.map(n))
        let left = (UInt32(0)..<6).filter { (dead | excluded) >> Int($0) & 1 == 0 }.map(n)
        #expect(left.indices.map { roster.member(ranked: $0, without: without) } == left)
        let gone = (UInt32(0)..<6).filter { dead >> Int($0) & 1 == 1 }.map(n)
        #expect((0..<roster.dead).map { roster.deadMember(ranked: $0) } == gone)
      }
    }
  }
}
