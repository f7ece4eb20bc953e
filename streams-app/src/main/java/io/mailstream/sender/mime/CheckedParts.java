package io.mailstream.sender.mime;

/** What became of a delivery on its way to an ESP that composes the message itself. */
public sealed interface CheckedParts permits MessageParts, Composition.Refused {}
