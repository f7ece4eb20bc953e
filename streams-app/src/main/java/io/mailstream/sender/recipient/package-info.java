/** The check of a recipient before its mail is called, off unless it is configured. */
package io.mailstream.sender.recipient;
