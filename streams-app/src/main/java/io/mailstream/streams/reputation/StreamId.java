package io.mailstream.streams.reputation;

/**
 * A stream of a tenant.
 *
 * @param tenant the tenant's name
 * @param stream the stream's name
 */
public record StreamId(String tenant, String stream) {}
