package io.mailstream.sender;

/**
 * What a call's thread tells the loop of a send.
 *
 * @param outcome how it ended; null: it was not called, and comes back to be committed anew or to
 *     wait for the gate
 */
record Completion(Send send, Outcome outcome) {}
