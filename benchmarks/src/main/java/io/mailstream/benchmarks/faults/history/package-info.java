/** What happened in a run with faults, and whether it was right. Knows neither Kafka nor AWS. */
package io.mailstream.benchmarks.faults.history;
