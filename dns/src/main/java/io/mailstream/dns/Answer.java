package io.mailstream.dns;

import java.util.List;

/**
 * What the DNS said to a question.
 *
 * @param <T> what a record of the type that was asked for says
 */
public sealed interface Answer<T> {

  /**
   * There are records.
   *
   * @param values what they say, at least one
   */
  record Records<T>(List<T> values) implements Answer<T> {
    public Records {
      values = List.copyOf(values);
    }
  }

  /** The name is there, but has no record of that type. */
  record NoRecords<T>() implements Answer<T> {}

  /** There is no such name. */
  record NoName<T>() implements Answer<T> {}

  /**
   * Nobody knows: no server answered, or one answered that it failed.
   *
   * @param why for people
   */
  record Failed<T>(String why) implements Answer<T> {}

  /** What the records say; empty where there are none. */
  default List<T> values() {
    return this instanceof Records<T>(List<T> values) ? values : List.of();
  }

  /** Whether the DNS said that there is nothing: a void look-up in the terms of RFC 7208. */
  default boolean isVoid() {
    return this instanceof NoRecords<T> || this instanceof NoName<T>;
  }
}
