// The yardstick beside EventQueueBenchmark.swift: the same hold model over std::priority_queue.
// Usage: priority_queue PENDING EVENTS. Prints nanoseconds of CPU time an event, and a checksum of the
// times popped, which both sides must agree on.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

struct Entry {
  uint64_t time;
  uint64_t sequence;
  uint64_t payload[8];
};

struct Later {
  bool operator()(const Entry &left, const Entry &right) const {
    return left.time != right.time ? left.time > right.time : left.sequence > right.sequence;
  }
};

// See HoldDelays in HoldModel.swift, which this repeats line by line.
struct HoldDelays {
  std::vector<uint64_t> table;
  uint64_t state = 0x9E3779B97F4A7C15;

  HoldDelays() {
    for (int index = 0; index < 4096; index++) {
      uint64_t word = next();
      uint64_t zeros = word == 0 ? 64 : __builtin_clzll(word);
      uint64_t mantissa = zeros >= 63 ? 0 : word << (zeros + 1) >> 48;
      table.push_back(((zeros << 16) + 65535 - mantissa) * 6666667 >> 16);
    }
  }

  uint64_t next() {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (state ^ state >> 29) * 0xBF58476D1CE4E5B9;
  }

  uint64_t delay() { return table[next() >> 52]; }
};

static double processSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  uint64_t pending = strtoull(argv[1], nullptr, 10);
  uint64_t events = strtoull(argv[2], nullptr, 10);
  HoldDelays delays;
  std::priority_queue<Entry, std::vector<Entry>, Later> queue;
  uint64_t sequence = 0;
  uint64_t checksum = 0;
  for (uint64_t index = 0; index < pending; index++) {
    Entry entry{delays.delay(), sequence++, {index, 1, 2, 3, 4, 5, 6, 7}};
    queue.push(entry);
  }
  auto hold = [&](uint64_t count) {
    for (uint64_t index = 0; index < count; index++) {
      Entry entry = queue.top();
      queue.pop();
      checksum = (checksum ^ entry.time ^ entry.payload[0]) * 0x100000001B3;
      entry.time += delays.delay();
      entry.sequence = sequence++;
      queue.push(entry);
    }
  };
  hold(2 * pending);
  double before = processSeconds();
  hold(events);
  double after = processSeconds();
  printf("%.6f %llu\n", (after - before) * 1e9 / double(events), (unsigned long long)checksum);
}
