package io.mailstream.streams.hold;

/**
 * What one tick may still do. Kafka Streams' transactions time out, so neither a long queue nor
 * large bodies may keep a tick going; what is left over is done by the next.
 */
final class Budget {

  private int records;
  private long bytes;
  private int looks;

  Budget(int records, long bytes) {
    this.records = records;
    this.bytes = bytes;
    this.looks = Math.multiplyExact(records, 10);
  }

  /** Whether another record may be taken out of the store; one always may, whatever its size. */
  boolean isLeft() {
    return records > 0 && bytes > 0 && looks > 0;
  }

  /** Counts a record taken out of the store. */
  void spend(int recordBytes) {
    records--;
    bytes -= recordBytes;
  }

  /** Counts a look at a queue that released nothing. */
  void look() {
    looks--;
  }
}
