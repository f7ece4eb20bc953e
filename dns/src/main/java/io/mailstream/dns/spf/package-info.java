/** The Sender Policy Framework (RFC 7208): records, and all that they refer to. */
package io.mailstream.dns.spf;
