package io.mailstream.policy;

import java.time.Duration;

/**
 * How long a repeated request is recognised.
 *
 * @param window at least this long
 * @param buckets how many buckets the window is cut into, 1 to 24; a look-up reads one more
 */
public record Deduplication(Duration window, int buckets) {}
