/**
 * Limits: who may send how much, counted in token buckets that survive a restart.
 *
 * <p>A limit is split evenly over the partitions. A bucket's state is written when tokens are
 * taken, through a cache that writes it out once a commit; a full bucket needs no state at all, so
 * what is kept grows with the scopes in use and not with those that exist.
 */
package io.mailstream.streams.throttle;
