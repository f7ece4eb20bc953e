package io.mailstream.webhook.provider;

import java.time.Instant;

/**
 * What a signature that does not cover the body may be used for once.
 *
 * @param id identifies the signature: 64 hexadecimal digits, and no secret
 * @param body identifies the body that came with it: the ESP's own repeat has the same
 * @param expiresAt from when on the signature is too old to be taken, and this may be forgotten
 */
public record Nonce(String id, String body, Instant expiresAt) {}
