package io.mailstream.benchmarks;

/** Something that is measured beside others. */
public interface Contender {

  /** Its name in the table. */
  String name();

  /**
   * Does some work and measures it.
   *
   * @param messages how many messages
   * @param round which repetition this is, from 0
   */
  Sample run(int messages, int round) throws Exception;

  /** Stands still while others have their turn, and costs them nothing. */
  default void rest() throws Exception {}
}
