import Primitives

/// What a process finds on its disk when it starts.
public struct Recovered<Record: StoredRecord>: Sendable {
  private let files: [StoredFile<Record>]
  /// 0 at the first start.
  public let restarts: UInt64
  /// The disk is not the one that the process had before, as whoever replaced it knows: whatever the process
  /// promised, it can have forgotten.
  public let isNewDisk: Bool

  /// - Parameter files: by file number.
  public init(files: [StoredFile<Record>], restarts: UInt64, isNewDisk: Bool = false) {
    self.files = files
    self.restarts = restarts
    self.isNewDisk = isNewDisk
  }

  /// Files without any damage.
  public init(files: [ContiguousArray<Record>], restarts: UInt64) {
    self.init(files: files.map { StoredFile($0) }, restarts: restarts)
  }

  /// Empty where it was never written.
  public subscript(file: FileID) -> StoredFile<Record> {
    Int(file.rawValue) < files.count ? files[Int(file.rawValue)] : StoredFile([])
  }
}

/// One record as it is read: every record carries a checksum and its place, so that what is not as it was
/// written is known for that.
public enum Stored<Record: Sendable>: Sendable {
  case intact(Record)
  /// Parts of it, or all, were never written: where they would be is what was there before the file grew.
  case torn
  /// The checksum is wrong, or the disk says that it cannot read.
  case damaged
  /// Another record of this file is here: the one that should be at this position.
  case misplaced(from: Int)
}

extension Stored: Equatable where Record: Equatable {}

/// A file as it is read.
public struct StoredFile<Record: StoredRecord>: Sendable {
  /// Something that a reader finds in the place of a record.
  public struct Scar: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      case torn, damaged
      case misplaced(from: Int)
    }

    public let position: Int
    public let kind: Kind

    public init(position: Int, kind: Kind) {
      self.position = position
      self.kind = kind
    }
  }

  /// The position of the first record: those before it were discarded.
  public let first: Int
  private let records: ContiguousArray<Record>
  /// In ascending order of position; few, and none as a rule.
  public let scars: [Scar]

  /// - Parameter records: with what should be there in the places of scars; it cannot be read.
  public init(_ records: ContiguousArray<Record>, from first: Int = 0, scars: [Scar] = []) {
    self.first = first
    self.records = records
    self.scars = scars
  }

  /// Records, intact or not.
  public var count: Int { records.count }

  /// The records before the first that is not intact.
  public var prefix: ArraySlice<Record> {
    ArraySlice(records.prefix(scars.first.map { $0.position - first } ?? records.count))
  }

  /// - Precondition: there is a record at the position.
  public subscript(position: Int) -> Stored<Record> {
    guard let scar = scars.first(where: { $0.position == position }) else {
      return .intact(records[position - first])
    }
    switch scar.kind {
    case .torn: return .torn
    case .damaged: return .damaged
    case .misplaced(let from): return .misplaced(from: from)
    }
  }

  /// Whether something is lost that may once have been durable. What is torn and nothing else was under way
  /// when the process ended, and nobody was promised it.
  public var hasLost: Bool { scars.contains { $0.kind != .torn } }
}

/// What a program can make good when its disk loses a record: by this the world keeps disk faults within what
/// a correct program recovers from.
public struct DiskLayout: Sendable {
  /// Files that are copies of one another: one of the two may be damaged.
  public let mirrors: [(FileID, FileID)]
  /// Files that the other processes have too: a minority of the processes may be without a part of theirs.
  public let replicated: [FileID]
  /// The tag of a process that has lost something and is not repaired.
  public let impaired: UInt8?

  public static let fragile = DiskLayout(mirrors: [], replicated: [], impaired: nil)

  public init(mirrors: [(FileID, FileID)], replicated: [FileID], impaired: UInt8?) {
    self.mirrors = mirrors
    self.replicated = replicated
    self.impaired = impaired
  }
}
