/**
 * Everything that waits: for a limit, for its time, for its next attempt, for its account, for word
 * from the ESP. One ordered store, released by the wall clock.
 */
package io.mailstream.streams.hold;
