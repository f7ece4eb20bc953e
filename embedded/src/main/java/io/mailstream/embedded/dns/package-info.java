/** A DNS server for tests. */
package io.mailstream.embedded.dns;
