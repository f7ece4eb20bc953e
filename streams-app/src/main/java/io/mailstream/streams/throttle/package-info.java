/** Limits: who may send how much, counted in token buckets that survive a restart. */
package io.mailstream.streams.throttle;
