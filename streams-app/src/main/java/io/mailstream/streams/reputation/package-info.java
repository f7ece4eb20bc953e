/**
 * The reputation guard: counts what of a stream's mail bounces and is complained about, and holds
 * the stream's mail while that is too much, or while somebody wants it held.
 */
package io.mailstream.streams.reputation;
