package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Fault.Role;
import java.util.List;
import java.util.Map;

/** What faults can be done to. */
interface Targets {

  /** The processes, by what they are. */
  Map<Role, List<Victim>> victims();

  /** The ESP, and the network to it. */
  Esp esp();

  /** Takes the registry away. */
  void stopRegistry();

  /** Brings it back. */
  void startRegistry();

  /** Deletes the stores of a topology that does not run. */
  void wipe(int instance);
}
