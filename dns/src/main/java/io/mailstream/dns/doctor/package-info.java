/** The examination of a sending domain: each check is records in, findings out. */
package io.mailstream.dns.doctor;
