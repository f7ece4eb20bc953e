/** Look-ups in the DNS: what is asked, what is answered, and the resolver that asks. */
package io.mailstream.dns;
