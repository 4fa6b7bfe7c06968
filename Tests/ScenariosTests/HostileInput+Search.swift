extension HostileInput {
  /// A scenario with this schedule in its fifth line.
  private static func schedule(_ value: String) -> String { section("schedule: \(value)\n") }

  /// Schedules.
  static let schedules: [HostileInput] = [
    .init(
      "a mistyped schedule",
      schedule("erliest"),
      "5:11: schedule: found 'erliest'; expected earliest, mixed, pct or delays; did you mean 'earliest'?"),
    .init(
      "nothing as a schedule",
      schedule(""),
      "5:10: schedule: found nothing; expected earliest, mixed, pct or delays"),
    .init(
      "a list of schedules",
      schedule("[pct, delays]"),
      "5:11: schedule: found a list; expected earliest, mixed, pct or delays"),
    .init(
      "an unknown strategy",
      schedule("{random: {}}"),
      "5:12: unknown key 'random' in schedule; expected pct or delays"),
    .init(
      "a word with settings",
      schedule("{mixed: {}}"),
      "5:12: unknown key 'mixed' in schedule; expected pct or delays"),
    .init(
      "two strategies",
      schedule("{pct: {}, delays: {}}"),
      "5:21: schedule has both 'pct' and 'delays'; expected one of them"),
    .init(
      "no strategy",
      schedule("{}"),
      "5:11: schedule has none of pct or delays; expected one"),
    .init(
      "a strategy without a map",
      schedule("{pct: 3}"),
      "5:17: schedule.pct: found '3'; expected a map with depth, window or priorities"),
    .init(
      "an unknown setting of a strategy",
      schedule("{pct: {windows: 5ms}}"),
      "5:18: unknown key 'windows' in schedule.pct; did you mean 'window'?"),
    .init(
      "a depth of nothing",
      schedule("{pct: {depth: 0}}"),
      "5:25: schedule.pct.depth: found '0'; expected a whole number from 1 to 100"),
    .init(
      "a window of nothing",
      schedule("{pct: {window: 0s}}"),
      "5:26: schedule.pct.window: found '0s'; expected a duration above 0"),
    .init(
      "a window beyond the end",
      schedule("{pct: {window: 41s}}"),
      "5:26: schedule.pct.window: found '41s'; expected a length of time within the duration of 40s"),
    .init(
      "priorities of nobody",
      schedule("{pct: {priorities: nodes}}"),
      "5:30: schedule.pct.priorities: found 'nodes'; expected links or processes"),
    .init(
      "no delays at all",
      schedule("{delays: {bound: 0}}"),
      "5:28: schedule.delays.bound: found '0'; expected a whole number from 1 to 1000"),
    .init(
      "delays without a unit",
      schedule("{delays: {by: 10}}"),
      "5:25: schedule.delays.by: found '10'; expected a duration with its unit: ns, us, ms, s, m, h or d"),
    .init(
      "the settings of another strategy",
      schedule("{delays: {depth: 3}}"),
      "5:21: unknown key 'depth' in schedule.delays; expected bound or by"),
  ]

  /// What seeds are to meet.
  static let rareEvents: [HostileInput] = [
    .init(
      "an unknown rare event",
      expect("[{measure: elections, at_most: 5}, {sometimes: split_votes}]"),
      "5:56: expect.sometimes: found 'split_votes'; expected election_won, leader_deposed, leader_crashed, "
        + "split_vote, log_truncated, snapshot_taken, snapshot_installed, membership_changed, repair_finished, read_during_leader_change, lease_expired, session_expired, "
        + "duplicate_request, version_refused, overloaded, process_crashed, process_exited, process_paused, input_delayed, "
        + "message_lost, message_cut, message_held, message_duplicated, message_corrupted, message_filtered, "
        + "queue_full, sync_failed, sync_lost, sync_stalled, write_misdirected, torn_record, damage_found, "
        + "disk_wiped or clock_changed; did you mean 'split_vote'?"),
    .init(
      "a rare event twice",
      expect("[{measure: elections, at_most: 5}, {sometimes: [sync_lost, split_vote, sync_lost]}]"),
      "5:80: expect.sometimes: 'sync_lost' is there twice; expected it once"),
    .init(
      "no rare event",
      expect("[{measure: elections, at_most: 5}, {sometimes: []}]"),
      "5:56: expect.sometimes: found an empty list; expected a rare event or a list of them"),
    .init(
      "rare events without what they are",
      expect("[sometimes]"),
      "5:10: expect: found 'sometimes'; expected a map such as {sometimes: [process_crashed]}"),
    .init(
      "rare events alone",
      expect("[{sometimes: split_vote}]"),
      "5:9: 'sometimes' judges many runs together and none by itself; expected something of each run too, such as safety"
    ),
    .init(
      "safety and rare events without a workload",
      expect("[safety, {sometimes: split_vote}]"),
      "5:9: without a workload, safety alone proves little; expected a measured expectation too, such as {measure: leader_changes, at_least: 1}"
    ),
    .init(
      "a rare event of another program",
      "faultline: 1\nname: a\nduration: 4s\ncluster: {nodes: 3, program: gossip}\nexpect: [safety, {sometimes: split_vote}]\n",
      "5:30: no run of this scenario can meet 'split_vote'; expected process_crashed, process_exited, process_paused, "
        + "input_delayed, message_lost, message_cut, message_held, message_duplicated, message_corrupted, "
        + "message_filtered, queue_full, sync_failed, sync_lost, sync_stalled, write_misdirected, torn_record, "
        + "damage_found, disk_wiped or clock_changed"),
    .init(
      "a rare event that has a bound",
      expect("[{sometimes: split_vote, at_most: 5}]"),
      "5:34: expect.at_most belongs to a measure; expected 'sometimes' alone"),
  ]
}
