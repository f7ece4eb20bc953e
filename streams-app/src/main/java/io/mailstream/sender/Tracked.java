package io.mailstream.sender;

/** A record of a dispatch partition, from being polled until its end is committed. */
abstract class Tracked {

  private final long offset;
  private boolean finished;
  private boolean started;

  Tracked(long offset) {
    this.offset = offset;
  }

  /** Its offset. */
  final long offset() {
    return offset;
  }

  /** Whether it has ended; the next commit says so. */
  final boolean isFinished() {
    return finished;
  }

  /** Whether a commit has said that it is started. */
  final boolean isStarted() {
    return started;
  }

  final void finished(boolean now) {
    finished = now;
  }

  final void started(boolean now) {
    started = now;
  }
}
