/** How fast Mailstream is beside its peers: one command each, every part in its own process. */
package io.mailstream.benchmarks;
