import Primitives

extension Analyzer {
  public mutating func analyze(
    _ monitor: borrowing some Monitoring, _ context: LoopContext, _ settings: LoopSettings, _ outlook: Outlook
  ) -> [Diagnosis] {
    let readings = monitor.readings
    var findings = Findings(readings: readings, settings: settings, outlook: outlook)
    if !symptoms.isEmpty {
      findings.take(symptoms)
      explainLoad(&findings)
    } else {
      isExplained = nil
    }
    nameLinks(&findings)
    nameNode(&findings)
    namePeers(&findings, context)
    nameRecovery(&findings, context)
    var diagnoses = findings.diagnoses
    if diagnoses.count > 1 { diagnoses.sort(by: Diagnosis.ranks) }
    return diagnoses
  }

  /// Decides whether own work explains the load. Once decided it takes 10 % of the load to decide otherwise, and a
  /// missing figure changes nothing.
  private mutating func explainLoad(_ findings: inout Findings) {
    let id = findings.outlook.id
    guard findings.own(.cpu) else {
      isExplained = nil
      return
    }
    // A processor that is idle again tells nothing of what it was busy with, as long as the symptom lasts.
    guard let cpu = findings.fresh(.cpu, id), let own = findings.fresh(.ownCPU, id),
      cpu.value > findings.settings.limit(of: cpu, findings.outlook.thresholds) ?? 0
    else {
      if isExplained == nil { isExplained = false }
      return
    }
    let share = isExplained == true ? max(findings.settings.ownShare - 100_000, 1) : findings.settings.ownShare
    isExplained = own.value * 1_000_000 >= cpu.value * share
  }

  private func nameLinks(_ findings: inout Findings) {
    guard !findings.links.isEmpty else { return }
    var (all, ill) = (0, 0)
    for reading in findings.readings where findings.counts(reading) {
      let peer = reading.series.subject
      // A link of which both figures count is counted once, by its latency.
      if reading.series.metric == .loss, let other = findings.reading(Series(.latency, peer)),
        findings.counts(other)
      {
        continue
      }
      // What a dead neighbour does not send tells nothing about this node.
      if findings.isDead(peer) { continue }
      all += 1
      if findings.isIll(peer) { ill += 1 }
    }
    if ill >= 2, ill * 2 >= all {
      let series = findings.links.filter { !findings.isDead($0.subject) }
      let severity = max(Int64(ill) * 1_000_000 / Int64(all), findings.severity(series))
      findings.name(.nodeDegraded, findings.outlook.id, severity, series)
      for link in findings.links where findings.isDead(link.subject) { findings.nameLink(link) }
    } else {
      for link in findings.links { findings.nameLink(link) }
    }
  }

  private func nameNode(_ findings: inout Findings) {
    guard !symptoms.isEmpty else { return }
    let id = findings.outlook.id
    if findings.own(.memory) { findings.name(.memoryPressure, id, [Series(.memory, id)]) }
    var demand: [Series] = []
    if findings.own(.cpu) { demand.append(Series(.cpu, id)) }
    if findings.own(.queue) { demand.append(Series(.queue, id)) }
    // Slow answers alone are a matter of demand where nothing else accounts for them.
    if findings.own(.latency), !demand.isEmpty || findings.diagnoses.isEmpty { demand.append(Series(.latency, id)) }
    guard !demand.isEmpty else { return }
    findings.name(isExplained == false ? .runaway : .cpuSaturation, id, demand)
  }

  private func namePeers(_ findings: inout Findings, _ context: LoopContext) {
    guard context.isDecider else { return }
    for peer in findings.dead where !context.outOfService.contains(peer) {
      findings.name(.nodeDown, peer, 1_000_000, [Series(.liveness, peer)])
    }
  }

  private mutating func nameRecovery(_ findings: inout Findings, _ context: LoopContext) {
    let id = findings.outlook.id
    var isWell = false
    if context.isOutOfService {
      // The dead are not this node's illness. Without any figure of its own it cannot be known to be well.
      isWell =
        !symptoms.contains { $0.series.metric != .liveness }
        && findings.readings.contains { $0.series.subject == id && findings.outlook.isFresh($0) }
        && findings.hasRoom
    }
    let now = findings.outlook.at
    if convalescence.update(isOut: context.isOutOfService, isWell: isWell, at: now, findings.settings) {
      findings.name(.recovered, id, 1, [])
    }
  }
}

/// What one analysis has found so far.
private struct Findings {
  let readings: ContiguousArray<Reading>
  let settings: LoopSettings
  let outlook: Outlook
  var diagnoses: [Diagnosis] = []
  /// Symptoms, by what they are about; each ascending.
  private(set) var ownMetrics: UInt8 = 0
  private(set) var links: [Series] = []
  private(set) var dead: [NodeID] = []

  init(readings: ContiguousArray<Reading>, settings: LoopSettings, outlook: Outlook) {
    self.readings = readings
    self.settings = settings
    self.outlook = outlook
  }

  mutating func take(_ symptoms: ContiguousArray<Analyzer.Symptom>) {
    for symptom in symptoms where symptom.stands {
      let series = symptom.series
      if series.metric == .liveness {
        dead.append(series.subject)
      } else if series.subject == outlook.id {
        ownMetrics |= 1 << series.metric.rawValue
      } else {
        links.append(series)
      }
    }
  }

  func own(_ metric: Metric) -> Bool { ownMetrics & 1 << metric.rawValue != 0 }

  /// Whether at least half of the processor is free for work, or nothing is known of it: who does nothing looks well though
  /// something else leaves it little.
  var hasRoom: Bool {
    guard let busy = fresh(.cpu, outlook.id), let own = fresh(.ownCPU, outlook.id) else { return true }
    return busy.value - own.value <= 500_000
  }

  func isDead(_ peer: NodeID) -> Bool { dead.contains(peer) }

  private func isLink(_ reading: Reading) -> Bool {
    let series = reading.series
    return (series.metric == .latency || series.metric == .loss) && series.subject != outlook.id
  }

  func reading(_ series: Series) -> Reading? { readings.first { $0.series == series } }

  func fresh(_ metric: Metric, _ subject: NodeID) -> Reading? {
    guard let reading = reading(Series(metric, subject)), outlook.isFresh(reading) else { return nil }
    return reading
  }

  /// Whether the link to this neighbour has a symptom.
  func isIll(_ peer: NodeID) -> Bool { links.contains { $0.subject == peer } }

  /// Whether the reading is of a link of which something is known.
  func counts(_ reading: Reading) -> Bool {
    isLink(reading) && (outlook.isFresh(reading) || isIll(reading.series.subject))
  }

  // MARK: Naming

  mutating func nameLink(_ link: Series) {
    name(link.metric == .loss ? .linkLoss : .linkLatency, link.subject, [link])
  }

  mutating func name(_ cause: Cause, _ subject: NodeID, _ series: [Series]) {
    name(cause, subject, severity(series), series)
  }

  mutating func name(_ cause: Cause, _ subject: NodeID, _ severity: Int64, _ series: [Series]) {
    diagnoses.append(Diagnosis(cause, subject, severity: severity, symptoms: series))
  }

  /// Of the worst of them.
  func severity(_ series: [Series]) -> Int64 {
    var worst: Int64 = 1
    for one in series {
      guard let reading = reading(one), let limit = settings.limit(of: reading, outlook.thresholds),
        reading.value > limit
      else { continue }
      let excess = reading.value - limit
      // A time has no upper end: twice the limit is half-way.
      let room = one.metric == .latency ? reading.value : 1_000_000 - limit
      worst = max(worst, min(excess * 1_000_000 / max(room, 1), 1_000_000))
    }
    return worst
  }
}
